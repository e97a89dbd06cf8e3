"""What an integration is told with every answer while its key comes to its end."""

from email.utils import parsedate_to_datetime

import httpx
import pytest

from store.domain.clock import SystemClock
from store.domain.credential import Credential
from store.domain.keys import EXPIRING_WITHIN
from store.domain.times import DAY, HOUR, SECOND, instant_of
from store.service.keys import NewKey
from store.verifier.lookup.open import open_lookup
from store.verifier.notices import REMEMBERED, Notices
from tests.house import granted_scopes
from tests.verifier.serving import Served


def issue(served: Served, name: str, expires_in: int | None) -> tuple[str, str]:
    """Make a key that expires so far from now; return its id and its full string."""
    house = served.house
    house.clock.instant = SystemClock().now()
    ends = None if expires_in is None else house.clock.now() + expires_in
    granted = granted_scopes("availability:read events:read events:write")
    issued = house.store.keys.create(house.alice, NewKey(name, granted, ends))
    return issued.key.id, issued.secret.reveal()


def told(answer: httpx.Response) -> tuple[int, int] | None:
    """Return since when a key is deprecated and when it sets, in seconds; None where not told."""
    since, sunset = answer.headers.get("Deprecation"), answer.headers.get("Sunset")
    assert (since is None) == (sunset is None)
    if since is None:
        return None
    # RFC 9651 3.3.7: an integer after an @, and nothing else.
    assert since[0] == "@"
    assert str(int(since[1:])) == since[1:]
    # RFC 9110 5.6.7: an HTTP-date is always in GMT.
    assert sunset.endswith(" GMT")
    return int(since[1:]), instant_of(parsedate_to_datetime(sunset)) // SECOND


def test_a_key_near_its_expiry_says_so_on_every_answer_it_is_let_in_for(served: Served) -> None:
    key_id, key = issue(served, "Near", 10 * DAY)
    shown = served.house.store.keys.show(served.house.alice, key_id)
    assert shown.expires_at is not None
    # It lives for less than the fortnight in which a key is near its expiry.
    expected = (shown.created_at // SECOND, shown.expires_at // SECOND)
    answers = [
        served.ask("/verify", key),
        served.ask("/availability", key),
        served.ask("/verify", key, "HEAD"),
        served.ask("/events/ev_none", key),
        served.ask("/events", key, "POST", json={"name": 1}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 404, 422]
    assert [told(answer) for answer in answers] == [expected] * 5
    assert told(served.ask("/quotes", key)) is None, "one that was not let in is told nothing"


def test_a_key_far_from_its_expiry_or_without_one_says_nothing(served: Served) -> None:
    for name, expires_in in (("Far", 15 * DAY), ("Never", None)):
        _, key = issue(served, name, expires_in)
        assert told(served.ask("/verify", key)) is None
        assert told(served.ask("/availability", key)) is None


@pytest.mark.parametrize(
    ("expires_in", "overlap"), [(90 * DAY, 30 * DAY), (90 * DAY, None), (None, HOUR)]
)
def test_a_key_that_is_replaced_says_since_when_and_until_when_and_its_successor_nothing(
    served: Served, expires_in: int | None, overlap: int | None
) -> None:
    house = served.house
    key_id, key = issue(served, f"Replaced {expires_in} {overlap}", expires_in)
    house.clock.advance(DAY)
    rotated = house.store.rotations.rotate(house.alice, key_id, overlap_ms=overlap).unwaited()
    ends = rotated.predecessor.expires_at
    assert ends is not None
    assert told(served.ask("/verify", key)) == (house.clock.now() // SECOND, ends // SECOND)
    house.store.keys.confirm(house.alice, rotated.successor.id)
    assert told(served.ask("/verify", rotated.secret.reveal())) is None


def test_a_replaced_key_without_an_end_has_no_date_to_tell(served: Served) -> None:
    key_id, key = issue(served, "Open for ever", None)
    served.house.store.rotations.rotate(served.house.alice, key_id, overlap_ms=None)
    assert told(served.ask("/verify", key)) is None


def test_a_worker_hears_of_a_rotation_and_of_its_end_within_a_minute(served: Served) -> None:
    house = served.house
    key_id, _ = issue(served, "Watched", 90 * DAY)
    lookup = open_lookup(house.store.database)
    notices = Notices(lookup.rotated_at)

    def told_after(milliseconds: int) -> bool:
        row = lookup.key(key_id)
        assert isinstance(row, Credential)
        house.clock.advance(milliseconds)
        return notices.of(row, house.clock.now()) != ()

    assert not told_after(0)
    # What its own row says is never remembered: the overlap moved its expiry.
    house.store.rotations.rotate(house.alice, key_id)
    assert told_after(0)
    house.store.keys.revoke(house.alice, house.store.keys.show(house.alice, key_id).successor or "")
    house.store.keys.extend(house.alice, key_id, house.clock.now() + 90 * DAY)
    assert not told_after(0)
    house.store.rotations.rotate(house.alice, key_id, overlap_ms=None)
    assert not told_after(REMEMBERED - 1)
    assert told_after(1)
    house.store.rotation_progress.abandon(house.alice, key_id)
    assert told_after(REMEMBERED - 1)
    assert not told_after(1)
    # Nor is it late for the day from which on it is near its end.
    near = 90 * DAY - EXPIRING_WITHIN - 2 * REMEMBERED
    assert not told_after(near - 10)
    assert told_after(10)
    lookup.close()
