"""What limits would have refused is told of whole windows."""

import pytest

from store.domain.limits import limits
from store.domain.times import DAY, MINUTE
from tests.house import House, use


@pytest.mark.parametrize(("span", "days"), [("month", 35), ("30d", 35), ("20d", 25)])
def test_of_a_long_window_the_one_before_is_told_of_whole(
    house: House, span: str, days: int
) -> None:
    key = house.create().key
    [window] = limits([f"5/{span}"])
    # Half of it at the beginning of a window, half of it at its end; then most of the next one.
    begins = window.around(house.clock.now() + 70 * DAY)[0]
    ends = window.around(begins)[1]
    for at in (begins, ends - MINUTE):
        house.clock.advance(at - house.clock.now())
        use(house, key, times=3)
    house.clock.advance(ends + (days - 20) * DAY - house.clock.now())
    [found] = house.store.limits.foresee(house.alice, key.id, (window,))
    assert (found.since <= begins, found.busiest, found.refused) == (True, 6, 1)
    assert house.clock.now() - found.since >= 30 * DAY


def test_a_short_window_is_looked_for_in_the_last_thirty_days_whatever_else_is_asked(
    house: House,
) -> None:
    key = house.create().key
    use(house, key, times=3)
    house.clock.advance(31 * DAY)
    wanted = limits(["1/1h", "1/60d"])
    hour, long = house.store.limits.foresee(house.alice, key.id, wanted)
    assert (hour.busiest, hour.since) == (0, house.clock.now() - 30 * DAY)
    assert long.refused == 2
