"""Offboarding: which keys of somebody who left still wait for a decision."""

from dataclasses import replace

import pytest

from store.domain.offboarding import Decided, Decision, KnownKey, Offboarding
from store.domain.people import KnownBy
from store.domain.usage import Traffic
from tests.domain.test_keys import KEY, NOW

KEPT = Decided(Decision.KEEP, "Only ever on our server", None, NOW, "alice@acme.example")
KNOWN = KnownKey(KEY, (KnownBy.SHOWN,), NOW, Traffic(NOW, {}, {}, {}, None), None)


@pytest.mark.parametrize(
    ("known", "waits"),
    [
        (KNOWN, True),
        (replace(KNOWN, decided=KEPT), False),
        # It opens nothing any more, whoever knows it.
        (replace(KNOWN, key=replace(KEY, revoked_at=NOW)), False),
        (replace(KNOWN, key=replace(KEY, expires_at=NOW)), False),
        (replace(KNOWN, key=replace(KEY, expires_at=NOW + 1)), True),
        (replace(KNOWN, decided=KEPT, key=replace(KEY, revoked_at=NOW)), False),
    ],
)
def test_a_key_waits_while_it_works_and_nobody_has_decided(known: KnownKey, waits: bool) -> None:
    assert known.waits(NOW) is waits


def test_what_is_left_to_do_is_what_waits_in_the_order_it_is_in() -> None:
    first, last = replace(KNOWN, since=1), replace(KNOWN, since=2)
    keys = (first, replace(KNOWN, decided=KEPT), last)
    left = Offboarding(1, 2, "bob@acme.example", "Bob", NOW, "alice@acme.example", None, None, keys)
    assert left.waiting(NOW) == (first, last)
