"""Times as people say them."""

import pytest

from console.text.times import ago, distance, expiry
from store.domain.times import DAY, HOUR, MINUTE, SECOND

NOW = 1_795_521_600_000
YEAR = 365 * DAY


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (0, "0 s"),
        (59_999, "59 s"),
        (MINUTE, "1 min"),
        (HOUR - 1, "59 min"),
        (HOUR, "1 h"),
        (2 * DAY - 1, "47 h"),
        (2 * DAY, "2 d"),
        (YEAR, "365 d"),
        (366 * DAY, "1 y"),
        (3 * YEAR, "3 y"),
    ],
)
def test_what_has_passed_is_said_in_whole_units(length: int, said: str) -> None:
    assert distance(length) == said
    assert ago(NOW - length, NOW) == ("now" if length < SECOND else f"{said} ago")


@pytest.mark.parametrize(
    ("left", "said"),
    [
        pytest.param(90 * DAY - 4 * SECOND, "in 90 d", id="a key that was just made"),
        (90 * DAY, "in 90 d"),
        (89 * DAY + 11 * HOUR, "in 89 d"),
        (2 * DAY - MINUTE, "in 2 d"),
        (HOUR - SECOND, "in 1 h"),
        (SECOND, "in 1 s"),
        (YEAR - MINUTE, "in 365 d"),
        (2 * YEAR - DAY, "in 2 y"),
        (0, "now"),
        (-2 * DAY, "2 d ago"),
    ],
)
def test_what_is_left_is_said_to_the_nearest_unit(left: int, said: str) -> None:
    assert expiry(NOW + left, NOW) == said


def test_no_time_is_never() -> None:
    assert expiry(None, NOW) == ago(None, NOW) == "never"
