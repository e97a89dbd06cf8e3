"""What a rotation does to expiry, case by case."""

from dataclasses import replace

import pytest

from store.errors import AlreadyRevoked, AlreadyRotating, KeyExpired, RefusedByRule
from store.rotation import Expiries, check_rotatable, expiries
from store.times import DAY, HOUR
from tests.domain.test_states import KEY, NOW


@pytest.mark.parametrize(
    ("expires_at", "lifetime", "overlap", "successor", "predecessor"),
    [
        (None, None, 7 * DAY, None, NOW + 7 * DAY),
        (None, None, None, None, None),
        (NOW + 60 * DAY, 90 * DAY, 7 * DAY, NOW + 90 * DAY, NOW + 7 * DAY),
        (NOW + HOUR, 90 * DAY, 7 * DAY, NOW + 90 * DAY, NOW + HOUR),
        (NOW + 60 * DAY, 90 * DAY, None, NOW + 90 * DAY, NOW + 60 * DAY),
    ],
)
def test_the_successor_lives_as_long_and_the_predecessor_never_longer_than_it_would_have(
    expires_at: int | None,
    lifetime: int | None,
    overlap: int | None,
    successor: int | None,
    predecessor: int | None,
) -> None:
    key = replace(KEY, expires_at=expires_at, lifetime_ms=lifetime)
    assert expiries(key, overlap, NOW) == Expiries(successor, predecessor)


@pytest.mark.parametrize(
    ("change", "standing", "refusal"),
    [
        ({"revoked_at": NOW}, None, AlreadyRevoked),
        ({"revoked_at": NOW, "expires_at": NOW}, None, AlreadyRevoked),
        ({"expires_at": NOW}, None, KeyExpired),
        ({}, "jw_abcde…", AlreadyRotating),
    ],
)
def test_the_dead_and_the_already_replaced_are_refused(
    change: dict[str, int], standing: str | None, refusal: type[RefusedByRule]
) -> None:
    with pytest.raises(refusal):
        check_rotatable(replace(KEY, **change), standing, NOW)  # type: ignore[arg-type]


def test_an_active_key_without_a_successor_can_be_rotated() -> None:
    check_rotatable(KEY, None, NOW)
