"""What a key does, twice pressed, close to another one, or where it can do nothing."""

import pytest
from textual.events import Paste
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input

from console.keyboard import Keyboard
from console.type_ahead import DOUBLE
from tests.console.driving import (
    LARGE,
    console,
    opened,
    press,
    screen_text,
    sees,
    table,
    type_ahead,
    type_in,
    until,
)
from tests.house import House

pytestmark = pytest.mark.anyio


def current(pilot: Pilot[None]) -> str | None:
    """Return the current key's id."""
    key = table(pilot).current
    return key.id if key else None


async def test_a_second_enter_on_revoke_opens_nothing_below_it(house: House) -> None:
    house.create("Website")
    app = console(house)
    async with opened(app, shows="Website") as pilot:
        await press(pilot, "X")
        await type_in(pilot, "Website")
        type_ahead(pilot, "enter")
        type_ahead(pilot, "enter")
        await sees(pilot, "is revoked: committed")
        await pilot.pause(DOUBLE)
        assert not isinstance(app.screen, ModalScreen)
        await press(pilot, "enter")
        await sees(pilot, "esc Close")


async def test_escape_and_a_key_right_after_it_are_those_two(house: House) -> None:
    typed = Keyboard().feed("\x1b3")
    async with opened(console(house)) as pilot:
        await press(pilot, "question_mark")
        await sees(pilot, "What the keys do")
        for event in typed:
            pilot.app.post_message(event)
        await sees(pilot, "When (UTC)")


async def test_a_key_is_said_to_be_stored_only_where_nobody_said_so(house: House) -> None:
    issued = house.create("Website")
    app = console(house)
    async with opened(app, shows="Website") as pilot:
        await sees(pilot, "i Stored")
        await press(pilot, "i")
        await sees(pilot, "It was never used. keydeck can neither show it again")
        await press(pilot, "enter")
        await until(pilot, lambda: not isinstance(app.screen, ModalScreen), "cancelled")
        assert house.store.keys.show(house.alice, issued.key.id).confirmed_at is None
        await press(pilot, "enter", "i", "tab", "enter")
        await sees(pilot, "“Website” is stored, by your word.")
        await until(pilot, lambda: "i Stored" not in screen_text(pilot), "the hint to go")
        assert house.store.keys.show(house.alice, issued.key.id).confirmed_at is not None
        await press(pilot, "i")
        await sees(pilot, "“Website” is no unconfirmed key")


async def test_a_verb_says_why_it_does_nothing_where_only_reading_is_wanted(house: House) -> None:
    house.create("Website")
    async with opened(console(house, read_only=True), shows="Website") as pilot:
        for verb in ("n", "X", "i"):
            await press(pilot, verb)
            await sees(pilot, "Read only: this console changes nothing.")
            pilot.app.clear_notifications()
            await until(pilot, lambda: "Read only" not in screen_text(pilot), "the toast to go")
        await press(pilot, "enter", "X")
        await sees(pilot, "Read only: this console changes nothing.")


async def test_revoking_says_when_nobody_uses_what_is_to_take_over(house: House) -> None:
    issued = house.create("Website")
    rotated = house.store.rotations.rotate(house.alice, issued.key.id, overlap_ms=None).unwaited()
    successor = f"jw_{rotated.successor.id[:5]}…"
    async with opened(console(house), LARGE, shows="Website") as pilot:
        pilot.app.post_message(Paste(f"jw_{issued.key.id}"))
        await until(pilot, lambda: current(pilot) == issued.key.id, "the older key")
        await press(pilot, "X")
        await sees(pilot, f"{successor} was never used, and nobody said that it is stored")


@pytest.mark.parametrize("leave", ["ctrl+c", "ctrl+q"])
async def test_what_leaves_the_console_closes_what_is_open_first(house: House, leave: str) -> None:
    house.create("Website")
    app = console(house)
    async with opened(app, shows="Website") as pilot:
        for opening in (["n", *"Kiosk"], ["question_mark"], ["ctrl+p"], ["X"]):
            await press(pilot, *opening)
            await until(pilot, lambda: isinstance(app.screen, ModalScreen), "a dialog")
            await press(pilot, leave)
            await until(pilot, lambda: not isinstance(app.screen, ModalScreen), "the workspace")
        if leave == "ctrl+c":
            await press(pilot, "slash", *"Web", leave)
            await until(pilot, lambda: not isinstance(app.focused, Input), "the table")
            assert app.is_running
        await press(pilot, leave)
        await until(pilot, lambda: not app.is_running, "the end")


async def test_leaving_ends_well_whatever_is_still_typed(house: House) -> None:
    async with opened(console(house)) as pilot:
        for key in "jk" * 50:
            type_ahead(pilot, key)
