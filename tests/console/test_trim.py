"""One key takes away what a key does not use, after saying what was seen."""

import pytest

from store.domain.scopes import canonical
from store.domain.times import DAY
from store.service.keys import NewKey
from tests.console.driving import LARGE, SMALL, console, opened, press, sees
from tests.house import House, granted_scopes, use

pytestmark = pytest.mark.anyio

SEEN = "events:write: never used in 84 days, 3 requests with events:read."


def oversized(house: House) -> str:
    """Make a key that used one of its two scopes in 84 days."""
    wanted = NewKey("Website", granted_scopes("events:read events:write"), None)
    key = house.store.keys.create(house.alice, wanted).key
    house.store.keys.confirm(house.alice, key.id)
    house.clock.advance(84 * DAY)
    use(house, key, "events:read", times=3)
    return key.id


async def test_the_pane_proposes_and_t_trims_after_saying_what_was_seen(house: House) -> None:
    key_id = oversized(house)
    async with opened(console(house), LARGE, shows="Website") as pilot:
        await sees(pilot, "t  events:write: never used in 84")
        await press(pilot, "t")
        await sees(pilot, "Trim “Website”")
        await sees(pilot, SEEN)
        await sees(pilot, "What stays: Can view events. Cannot create or edit anything.")
        await press(pilot, "enter")
        assert canonical(house.store.keys.show(house.alice, key_id).scopes).count(" ") == 1
        await press(pilot, "t")
        await sees(pilot, "Trim “Website”")
        await press(pilot, "tab", "enter")
        await sees(pilot, "is trimmed. The audit keeps what was seen.")
        await press(pilot, "t")
        await sees(pilot, "no scope that was unused for 60 days")
    assert canonical(house.store.keys.show(house.alice, key_id).scopes) == "events:read"


async def test_t_works_from_the_details_too_and_where_nothing_is_used_it_revokes(
    house: House,
) -> None:
    oversized(house)
    house.clock.advance(61 * DAY)
    async with opened(console(house), SMALL, shows="Website") as pilot:
        await press(pilot, "enter")
        await sees(pilot, "Unused for 61 d.")
        await press(pilot, "t")
        await sees(pilot, "Revoke “Website”")
        await sees(pilot, "Nothing would be left of “Website”.")
