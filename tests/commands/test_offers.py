"""What the commands offer, written there so that they start at once, is what there is."""

import pytest

from console.commands import connections, groups, keys
from console.theme import THEMES
from store.domain.connections import LIFETIMES
from store.domain.keys import State
from store.domain.rotation import DEFAULT_OVERLAP
from store.domain.times import duration


@pytest.mark.parametrize(
    ("offered", "there"),
    [
        (connections.LIFETIMES, LIFETIMES),
        (groups.THEMES, THEMES),
        (keys.STATES, [state.value for state in State]),
    ],
)
def test_what_is_offered_is_what_there_is_in_its_order(
    offered: tuple[str, ...], there: object
) -> None:
    assert [*offered] == [*there]  # type: ignore[misc]


def test_an_overlap_that_is_not_named_is_the_one_of_everywhere() -> None:
    [overlap] = [one for one in keys.rotate.params if one.name == "overlap"]
    assert duration(str(overlap.default)) == DEFAULT_OVERLAP
