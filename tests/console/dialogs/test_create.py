"""Create: three short steps, nothing made before the last, nothing typed lost."""

import pytest
from textual.pilot import Pilot

from store.domain.limits import to_stored
from store.domain.listing import KeyQuery
from store.domain.times import DAY
from tests.console.driving import console, opened, press, screen_text, sees, type_in, until
from tests.house import House

pytestmark = pytest.mark.anyio


async def begin(pilot: Pilot[None], name: str = "Website") -> None:
    """Open the dialog and leave its first step."""
    await press(pilot, "n")
    await sees(pilot, "1 of 3")
    await type_in(pilot, name)
    await press(pilot, "enter")


def keys_of(house: House) -> int:
    """Return how many keys Alice's workspace has."""
    return house.store.keys.count(house.alice, KeyQuery())


async def test_a_name_a_box_and_three_enters_make_a_key(house: House) -> None:
    async with opened(console(house), shows="No keys yet") as pilot:
        await begin(pilot)
        await sees(pilot, "2 of 3")
        await press(pilot, "space", "enter")
        await sees(pilot, "Can view availability. Cannot create or edit anything.")
        await sees(pilot, "Expires 22 Feb 2027 (12:00 UTC), in 90 d.")
        assert keys_of(house) == 0, "nothing is made before the last step"
        await press(pilot, "enter")
        await sees(pilot, "Website is ready.")
    key = house.store.keys.show(house.alice, "Website")
    assert {str(one) for one in key.scopes} == {"availability:read"}
    assert key.expires_at == house.clock.now() + 90 * DAY
    assert key.confirmed_at is None, "nobody has said that it is stored"


async def test_what_else_a_key_carries_is_given_from_the_review_and_read_there_in_plain_words(
    house: House,
) -> None:
    async with opened(console(house), shows="No keys yet") as pilot:
        await begin(pilot)
        await press(pilot, "space", "enter", "m")
        await sees(pilot, "optional")
        await press(pilot, *"customer_42", "tab", *'tier=gold team="north pole"', "tab")
        await press(pilot, *"100/1m 5000/1d?", "tab")
        await press(pilot, *"203.0.113.7/24", "enter")
        await sees(pilot, "Write 203.0.113.0/24.")
        await press(pilot, *(["backspace"] * 4), *"0/24", "tab", "right", "tab", *"7d", "enter")
        await sees(pilot, "3 of 3")
        for sentence in (
            "Used 100 times a minute; only counted beyond 5,000 times a day.",
            "Used from 203.0.113.0/24; others are refused.",
            "Works from 1 Dec 2026 12:00 UTC, in 7 d.",
            # Its 90 days count from then.
            "Expires 1 Mar 2027 (12:00 UTC), in 97 d.",
            "Belongs to customer_42.",
            "Labelled team=north pole, tier=gold.",
        ):
            await sees(pilot, sentence)
        # What is left with esc is as it was before.
        await press(pilot, "m", *"x", "escape", "m")
        await sees(pilot, "customer_42")
        assert "customer_42x" not in screen_text(pilot)
        await press(pilot, "escape", "enter")
        await sees(pilot, "Website is ready.")
    key = house.store.keys.show(house.alice, "Website")
    assert (key.owner, key.labels) == ("customer_42", {"team": "north pole", "tier": "gold"})
    assert to_stored(key.limits) == "5000/1d? 100/1m"
    assert str(key.networks) == "enforced 203.0.113.0/24"
    assert key.not_before == house.clock.now() + 7 * DAY
    assert (key.expires_at, key.lifetime_ms) == (key.not_before + 90 * DAY, 90 * DAY)


async def test_nothing_is_granted_until_somebody_grants_it(house: House) -> None:
    async with opened(console(house), shows="No keys yet") as pilot:
        await begin(pilot)
        await sees(pilot, "Nothing is granted.")
        await press(pilot, "enter")
        await sees(pilot, "Grant at least one permission")
        await press(pilot, "w", "enter")
        await sees(pilot, "Can view availability, events and quotes and create and edit")


async def test_a_taken_name_is_said_at_the_first_step(house: House) -> None:
    house.create("Website")
    async with opened(console(house), shows="Website") as pilot:
        await begin(pilot, "WEBSITE")
        await sees(pilot, "already")
        await sees(pilot, "1 of 3")
        assert "WEBSITE" in screen_text(pilot)


async def test_a_name_taken_meanwhile_loses_nothing_that_was_typed(house: House) -> None:
    async with opened(console(house), shows="No keys yet") as pilot:
        await begin(pilot)
        await sees(pilot, "2 of 3")
        await press(pilot, "r", "enter")
        await sees(pilot, "3 of 3")
        house.create("Website")
        await press(pilot, "enter")
        await sees(pilot, "1 of 3")
        await sees(pilot, "already")
        await type_in(pilot, " 2")
        await press(pilot, "enter", "enter")
        await sees(pilot, "Can view availability, events and quotes. Cannot create or edit")


async def test_a_custodian_who_left_meanwhile_loses_nothing_that_was_typed(house: House) -> None:
    house.add_member("mia@acme.example")
    async with opened(console(house), shows="No keys yet") as pilot:
        await press(pilot, "n")
        await sees(pilot, "Held by")
        await type_in(pilot, "Website")
        await press(pilot, "tab", "tab", "tab")
        await type_in(pilot, "mia@acme.example")
        await press(pilot, "enter")
        await sees(pilot, "2 of 3")
        await press(pilot, "space", "enter")
        await sees(pilot, "3 of 3")
        house.store.people.leave(house.alice, "mia@acme.example")
        await press(pilot, "enter")
        await sees(pilot, "1 of 3")
        assert "Website" in screen_text(pilot)
    assert keys_of(house) == 0


async def test_escape_goes_back_a_step_and_at_last_leaves_without_a_key(house: House) -> None:
    async with opened(console(house), shows="No keys yet") as pilot:
        await begin(pilot)
        await sees(pilot, "2 of 3")
        await press(pilot, "space", "enter")
        await sees(pilot, "3 of 3")
        await press(pilot, "escape")
        await sees(pilot, "2 of 3")
        await sees(pilot, "Can view availability.")
        await press(pilot, "escape")
        await sees(pilot, "1 of 3")
        await press(pilot, "escape")
        await sees(pilot, "No keys yet")
    assert keys_of(house) == 0


async def test_never_comes_with_a_warning_and_a_rotation_interval(house: House) -> None:
    async with opened(console(house), shows="No keys yet") as pilot:
        await press(pilot, "n")
        await sees(pilot, "1 of 3")
        await type_in(pilot, "Website")
        await press(pilot, "tab", "right", "right", "right")
        await sees(pilot, "A key that never expires leaks for ever.")
        await sees(pilot, "[90 d]")
        await press(pilot, "enter")
        await sees(pilot, "2 of 3")
        await press(pilot, "space", "enter")
        await sees(pilot, "Never expires.")
        await sees(pilot, "every 90 d")


async def test_a_date_means_the_end_of_its_day_and_is_shown_as_an_instant(house: House) -> None:
    async with opened(console(house), shows="No keys yet") as pilot:
        await press(pilot, "n")
        await sees(pilot, "1 of 3")
        await type_in(pilot, "Website")
        await press(pilot, "tab")
        await type_in(pilot, "2027-01-31")
        await sees(pilot, "31 Jan 2027 23:59 UTC")
        await press(pilot, "enter")
        await sees(pilot, "2 of 3")


@pytest.mark.parametrize("text", ["2026-01-01", "31.1.2027", "soon"])
async def test_a_date_that_is_none_stays_at_the_first_step(house: House, text: str) -> None:
    async with opened(console(house), shows="No keys yet") as pilot:
        await press(pilot, "n")
        await sees(pilot, "1 of 3")
        await type_in(pilot, "Website")
        await press(pilot, "tab", "right", "right", "tab")
        await type_in(pilot, text)
        await press(pilot, "enter")
        await until(pilot, lambda: pilot.app.screen.query_one("#wrong").display, "why not")
        assert "1 of 3" in screen_text(pilot)
        assert "Website" in screen_text(pilot)


async def test_a_custodian_must_be_in_the_workspace(house: House) -> None:
    house.add_member("mia@acme.example")
    async with opened(console(house), shows="No keys yet") as pilot:
        await press(pilot, "n")
        await sees(pilot, "Held by")
        await type_in(pilot, "Website")
        await press(pilot, "tab", "tab", "tab")
        await type_in(pilot, "bob@bolt.example")
        await press(pilot, "enter")
        await sees(pilot, "is not in this workspace")
        await press(pilot, "ctrl+u")
        await type_in(pilot, "mia@acme.example")
        await press(pilot, "enter")
        await sees(pilot, "2 of 3")
        await press(pilot, "space", "enter", "enter")
        await sees(pilot, "Website is ready.")
    details = house.store.keys.details(
        house.alice, house.store.keys.show(house.alice, "Website").id
    )
    assert {holder.email for holder in details.holders} == {
        "alice@acme.example",
        "mia@acme.example",
    }
