"""Networks of a key: how they are written, who is in them, what is left of two."""

import pytest

from store.domain.key_networks import (
    KeyNetworks,
    from_stored,
    key_networks,
    strictest,
    takes_away,
)
from store.errors import Invalid


def enforced(*ranges: str) -> KeyNetworks:
    """Return networks outside of which requests are refused."""
    return key_networks(ranges, enforced=True)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (["203.0.113.7"], "203.0.113.7/32"),
        (["2001:DB8::/48", "203.0.113.0/24"], "203.0.113.0/24 2001:db8::/48"),
        (["203.0.113.0/25,203.0.113.128/25"], "203.0.113.0/24"),
        (["10.0.0.0/8", "10.1.0.0/16"], "10.0.0.0/8"),
        (["::ffff:203.0.113.0/120"], "203.0.113.0/24"),
        (["::ffff:203.0.113.7"], "203.0.113.7/32"),
    ],
)
def test_they_are_kept_in_one_way(given: list[str], kept: str) -> None:
    found = key_networks(given, enforced=False)
    assert str(found) == f"observed {kept}"
    assert from_stored(str(found)) == found


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("203.0.113.7/24", r"Write 203\.0\.113\.0/24"),
        ("2001:db8::1/48", "Write 2001:db8::/48"),
        ("0.0.0.0/0", "every address"),
        ("::/0", "every address"),
        ("::ffff:0:0/96", "every address"),
        ("example.com", "not a network"),
        ("203.0.113.0/33", "not a network"),
        ("fe80::1%eth0", "not a network"),
        (" ", "Name a network"),
    ],
)
def test_what_is_none_is_refused(given: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        enforced(given)
    with pytest.raises(Invalid, match="50 networks"):
        enforced(*(f"10.{one}.0.0/24" for one in range(51)))


def test_ipv4_is_in_its_network_however_it_was_seen_and_the_unknown_are_in_none() -> None:
    found = enforced("203.0.113.0/24", "2001:db8::/48")
    for inside in ("203.0.113.255", "::ffff:203.0.113.1", "2001:db8:0:ffff::1"):
        assert found.admit(inside)
    for outside in ("203.0.114.0", "::ffff:203.0.114.0", "2001:db8:1::", "::203.0.113.1"):
        assert not found.admit(outside)
    for nobody in (None, "", "unknown", "203.0.113.1:80", "unix"):
        assert not found.admit(nobody)


def test_of_two_what_both_admit_is_left_and_what_is_enforced_wins() -> None:
    wide, narrow = enforced("10.0.0.0/8", "2001:db8::/32"), enforced("10.1.0.0/16", "192.0.2.0/24")
    assert strictest(wide, narrow) == strictest(narrow, wide) == enforced("10.1.0.0/16")
    assert strictest(wide, narrow._replace(enforced=False)) == wide
    assert strictest(enforced("192.0.2.0/24"), wide) == wide


def test_only_what_refuses_somebody_who_was_let_in_takes_something_away() -> None:
    wide, narrow = enforced("10.0.0.0/8"), enforced("10.1.0.0/16")
    assert takes_away(None, wide)
    assert takes_away(wide, narrow)
    assert takes_away(wide._replace(enforced=False), wide)
    for before, after in ((narrow, wide), (wide, wide), (wide, None)):
        assert not takes_away(before, after)
    assert not takes_away(None, wide._replace(enforced=False))
