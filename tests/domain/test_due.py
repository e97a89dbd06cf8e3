"""What is due of a key, and when."""

from dataclasses import replace

import pytest

from store.domain.due import Why, due
from store.domain.times import DAY
from tests.domain.test_keys import KEY, NOW

TODAY = replace(KEY, created_at=NOW, expires_at=None)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"expires_at": NOW + 14 * DAY}, [(Why.EXPIRES, NOW + 14 * DAY)]),
        ({"expires_at": NOW + 14 * DAY + 1}, []),
        ({"expires_at": NOW}, []),
        ({"expires_at": NOW + DAY, "revoked_at": NOW}, []),
        ({"rotate_every_days": 14}, [(Why.ROTATION_DUE, NOW + 14 * DAY)]),
        ({"rotate_every_days": 15}, []),
        (
            {"rotate_every_days": 30, "created_at": NOW - 33 * DAY},
            [(Why.ROTATION_DUE, NOW - 3 * DAY)],
        ),
        (
            {"rotate_every_days": 9, "expires_at": NOW + DAY},
            [(Why.EXPIRES, NOW + DAY), (Why.ROTATION_DUE, NOW + 9 * DAY)],
        ),
        (
            {"rotate_every_days": 9, "expires_at": NOW + 10 * DAY},
            [(Why.ROTATION_DUE, NOW + 9 * DAY), (Why.EXPIRES, NOW + 10 * DAY)],
        ),
        (
            {
                "rotate_every_days": 1,
                "expires_at": NOW + 7 * DAY,
                "rotating": True,
                "successor": "successor000",
            },
            [(Why.OVERLAP_ENDS, NOW + 7 * DAY)],
        ),
        # Its rotation is over: what it has is its own end and its own interval again.
        (
            {"rotate_every_days": 9, "expires_at": NOW + 7 * DAY, "successor": "successor000"},
            [(Why.EXPIRES, NOW + 7 * DAY), (Why.ROTATION_DUE, NOW + 9 * DAY)],
        ),
        (
            {"expires_at": NOW + 7 * DAY, "rotating": True, "predecessor": "predecessor0"},
            [(Why.EXPIRES, NOW + 7 * DAY)],
        ),
    ],
)
def test_the_dates_of_a_key_within_a_fortnight(
    change: dict[str, int], expected: list[tuple[Why, int]]
) -> None:
    key = replace(TODAY, **change)  # type: ignore[arg-type]
    assert due(key, NOW + 14 * DAY, NOW) == expected
