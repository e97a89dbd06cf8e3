"""The Connections tab: who is connected, and everything an admin does about it."""

import pytest
from textual.screen import ModalScreen

from console.screens.workspace import WorkspaceScreen
from console.tabs.connections import _row
from console.text.badges import SIXTEEN
from console.widgets.row_list import RowList
from store.domain.connections import short_code
from store.domain.keys import State
from store.domain.scopes import canonical
from store.domain.times import DAY
from tests.console.driving import (
    LARGE,
    SMALL,
    console,
    opened,
    press,
    screen_text,
    sees,
    type_in,
    until,
)
from tests.house import House

pytestmark = pytest.mark.anyio


async def test_a_code_shows_who_asks_and_approves_no_more_than_was_asked(house: House) -> None:
    brought = house.ask("Claude", "events:read events:write quotes:read")
    app = console(house)
    async with opened(app, SMALL) as pilot:
        await press(pilot, "2")
        await sees(pilot, "No assistant is connected yet.")
        await press(pilot, "a")
        await type_in(pilot, "BBBB-BBBB")
        await press(pilot, "enter")
        await sees(pilot, "No assistant waits for approval under this code.")
        await type_in(pilot, short_code(brought.browser.reveal()).lower())
        await press(pilot, "enter")
        await sees(pilot, "127.0.0.1:33418")
        await sees(pilot, "Can view events and quotes. Cannot create or edit anything.")
        # Writing quotes was not asked for.
        await press(pilot, "w", "enter")
        await sees(pilot, "It did not ask for quotes:write.")
        await press(pilot, "r", "enter")
        await until(pilot, lambda: isinstance(app.screen, WorkspaceScreen), "the tab")
        await sees(pilot, "Not opened")
    [made] = house.store.connections.all(house.alice)
    assert canonical(made.scopes) == "events:read quotes:read"


async def test_what_it_was_connected_as_before_can_end_with_the_yes(house: House) -> None:
    before = house.connect()
    brought = house.ask()
    async with opened(console(house)) as pilot:
        await press(pilot, "2", "a")
        await type_in(pilot, short_code(brought.browser.reveal()))
        await press(pilot, "enter")
        await sees(pilot, f"connected as {before.id}")
        pilot.app.screen.query_one("#earlier").focus()
        await press(pilot, "right", "enter")
        await sees(pilot, "What it was connected as before has ended.")
    now = {one.id: one for one in house.store.connections.all(house.alice)}
    [made] = now.keys() - {before.id}
    assert now[before.id].revision == now[made].revision, "in one commit"


async def test_denying_a_code_connects_nothing(house: House) -> None:
    brought = house.ask()
    async with opened(console(house)) as pilot:
        await press(pilot, "2", "a")
        await type_in(pilot, short_code(brought.browser.reveal()))
        await press(pilot, "enter")
        await sees(pilot, "Answer to")
        await pilot.click("#deny")
        await sees(pilot, "“Claude” was denied.")
    assert house.store.connections.all(house.alice) == []
    assert house.store.audit_trail.newest(house.alice, limit=1)[0].action == "connection.denied"


async def test_a_connection_is_narrowed_and_revoked_by_its_name(house: House) -> None:
    made, _ = house.opened("events:read quotes:read")
    app = console(house)
    async with opened(app, LARGE) as pilot:
        await press(pilot, "2")
        await sees(pilot, "events:r quotes:r")
        await press(pilot, "s", "space", "enter")
        await sees(pilot, "may do no more than that")
        # An enter right behind the one that closed a dialog is taken for its echo.
        await press(pilot, "down", "enter")
        await sees(pilot, "narrowed it - events:read")
        await press(pilot, "escape", "X")
        await sees(pilot, "Every call of it is refused")
        await type_in(pilot, "ChatGPT")
        await press(pilot, "enter")
        await sees(pilot, "to revoke it.")
        await press(pilot, *["backspace"] * 7)
        await type_in(pilot, "claude")
        await press(pilot, "enter")
        await sees(pilot, "is revoked: committed")
        await sees(pilot, "✕ Revoked")
    found = house.store.connections.show(house.alice, made.id)
    assert (found.state(house.clock.now()), canonical(found.scopes)) == (
        State.REVOKED,
        "quotes:read",
    )


async def test_how_an_assistant_is_connected_is_told_with_the_address(house: House) -> None:
    async with opened(console(house), LARGE) as pilot:
        await press(pilot, "2", "n")
        for told in (
            "http://127.0.0.1:8080/mcp",
            "claude mcp add --transport http keydeck",
            "ChatGPT",
            ".cursor/mcp.json",
            "code --add-mcp",
        ):
            await sees(pilot, told)


async def test_a_name_that_steers_a_terminal_is_drawn_harmless(house: House) -> None:
    house.connect()
    with house.store.database.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE connections SET name = ?", ("[red]x[/red]\x1b]52;c;ZXZpbA==\x07\u202e",)
        )
    async with opened(console(house), LARGE) as pilot:
        await press(pilot, "2")
        await sees(pilot, "[red]x[/red]")
        for keys in (("enter",), ("escape", "s"), ("escape", "X")):
            await press(pilot, *keys)
            await until(pilot, lambda: isinstance(pilot.app.screen, ModalScreen), "the dialog")
            await sees(pilot, "[red]x[/red]")
            assert "\x1b" not in screen_text(pilot)
            assert "\u202e" not in screen_text(pilot)


def test_each_state_has_the_tone_that_it_has_of_keys(house: House) -> None:
    connected, _ = house.opened()
    later = connected.expires_at

    def tone(now: int) -> str:
        [found] = [
            one for one in house.store.connections.all(house.alice) if one.id == connected.id
        ]
        return _row(found, now, ascii_only=False).tone

    now = house.clock.now()
    assert [tone(at) for at in (now, later - DAY, later)] == ["active", "expiring", "expired"]
    house.store.connections.revoke(house.alice, connected.id).unwaited()
    assert tone(now) == "revoked"
    assert {f"row-list--{each}" for each in SIXTEEN} - RowList.COMPONENT_CLASSES == {
        "row-list--rotating"
    }, "what no connection is"
