"""Where one is: several workspaces, a console that only reads, help for where the focus is."""

from collections.abc import Iterator

import pytest
from textual.app import App
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen

from console import topics
from console.host import READ_ONLY
from console.palette import Everything
from console.screens.hints import bar
from console.screens.workspace import WorkspaceScreen
from console.verbs.catalogue import ENTRIES, ON_TAB
from console.verbs.catalogue.everywhere import HELP, REVOKE_ANY
from console.verbs.catalogue.keys import DETAILS, FILTER_KEYS
from store.domain.key_string import Secret
from store.domain.people import Plan
from tests.console.driving import (
    LARGE,
    SMALL,
    console,
    opened,
    press,
    screen_text,
    sees,
    table,
    type_in,
    until,
)
from tests.house import PASSWORD, House

pytestmark = pytest.mark.anyio


async def test_switching_leaves_filter_order_and_marks_behind_and_names_the_place(
    house: House,
) -> None:
    house.store.operator.add_workspace("Acme Labs", "alice@acme.example", Secret(PASSWORD))
    house.store.operator.set_colour("acme-labs", "red")
    labs = house.store.sign_in.sign_in("alice@acme.example", Secret(PASSWORD), "acme-labs")
    house.create("Website")
    house.create("Playground", actor=labs)
    app = console(house, workspace="acme-events")
    async with opened(app, SMALL, shows="Website") as pilot:
        await press(pilot, "o", "space", "slash")
        await type_in(pilot, "web")
        await press(pilot, "enter", "W")
        await sees(pilot, "acme-labs, pro")
        await press(pilot, "down", "enter")
        await sees(pilot, "Playground")
        assert "Acme Labs" in screen_text(pilot)
        assert "PRO" in screen_text(pilot)
        assert "Website" not in screen_text(pilot)
        assert table(pilot).marked == {}
        assert app.actor.workspace_id == labs.workspace_id
        await press(pilot, "3")
        await sees(pilot, "made the workspace")
        assert "Website" not in screen_text(pilot)


async def test_each_workspace_says_what_closes_its_keys(house: House) -> None:
    house.accept(house.bob, house.alice)
    async with opened(console(house, workspace="acme-events"), LARGE) as pilot:
        house.store.operator.set_plan("acme-events", Plan.FREE)
        await sees(pilot, "API keys require the Pro plan; Acme Events is on free.")
        await sees(pilot, "Revoking stays possible: X")
        await press(pilot, "question_mark")
        await sees(pilot, "revoke one by its name, its id or the key itself")
        await press(pilot, "escape", "W", "down", "enter")
        await sees(pilot, "Only workspace admins and viewers can list API keys.")
        await sees(pilot, "Bolt Catering")
        assert "Revok" not in screen_text(pilot)
        await press(pilot, "X")
        assert isinstance(pilot.app.screen, WorkspaceScreen)


def bound(node: DOMNode) -> Iterator[tuple[str, bool]]:
    """Return the keys bound on a node, those that leave the console left out.

    With whether each does the same on every tab: what is no verb, on the screen or the app.
    """
    leaving = ("quit", "suspend", "interrupt", "copy_text")
    for key, bindings in node._bindings.key_to_bindings.items():
        if not any(word in one.action for one in bindings for word in leaving):
            verb = any(one.action.startswith("press(") for one in bindings)
            yield key, isinstance(node, App | Screen) and not verb


MOVES = {
    *"123456",
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "tab", "shift+tab"),
    *("ctrl+pageup", "ctrl+pagedown", "j", "k", "g", "G"),
}
"""What goes somewhere, on every tab alike."""


async def test_where_only_reading_is_wanted_no_first_key_is_offered(house: House) -> None:
    async with opened(console(house, read_only=True), shows="No keys yet.") as pilot:
        await press(pilot, "y")
        await sees(pilot, "There is no key here yet.")
        assert "makes" not in screen_text(pilot)


async def test_where_only_reading_is_wanted_no_key_hint_entry_or_help_changes_anything(
    house: House,
) -> None:
    house.add_member()
    for name in ("One", "Two"):
        house.create(name)
    house.store.key_views.of(house.alice)
    app = console(house, read_only=True)
    async with opened(app, (110, 60), shows="Two") as pilot:
        await sees(pilot, "READ ONLY")
        revision, seen = house.store.revision(), house.store.audit_trail.latest(house.alice)
        pressed: set[tuple[str, str]] = set()
        for tab in "1234":
            await press(pilot, tab)
            await pilot.pause(0.3)
            assert app.focused is not None
            nodes = [node for node in app.focused.ancestors_with_self if isinstance(node, DOMNode)]
            here = app.screen, app.focused
            here_or_everywhere = {
                (key, "" if everywhere else tab)
                for node in nodes
                for key, everywhere in bound(node)
            }
            new, pressed = here_or_everywhere - pressed, pressed | here_or_everywhere
            for key in sorted({key for key, _ in new} - MOVES):
                await press(pilot, key)
                title = ""
                while isinstance(app.screen, ModalScreen):
                    title = f"{type(app.screen).__name__}"
                    await press(pilot, "escape")
                assert title in ("", "HelpDialog", "EntryDialog", "DetailsDialog", "PaletteBox",
                                 "ReferenceDialog", "CalendarDialog", "WhyDialog",
                                 "ConnectDialog", "SshKeysDialog"), key  # fmt: skip
                if (app.screen, app.focused) != here:
                    await press(pilot, "escape", tab)
                assert app.is_running, key
        assert table(pilot).marked == {}
        assert (house.store.revision(), house.store.audit_trail.latest(house.alice)) == (
            revision,
            seen,
        )
        await press(pilot, "1")
        palette = Everything(app.screen, None)
        offered = {entry.action for _, entry in palette._commands()}
        changing = {entry.action for entry in ENTRIES if entry.changes}
        assert {DETAILS.action, FILTER_KEYS.action, HELP.action} <= offered
        assert not offered & changing
        for tab in (*ON_TAB, "pane", "filtering"):
            assert not {hint.action for hint in bar(tab, looks_only=READ_ONLY)} & changing
        await press(pilot, "question_mark")
        await sees(pilot, "see it in full")
        for gone in ("create a key", "replace it, with", "and for good", "that are marked"):
            assert gone not in screen_text(pilot)
        await press(pilot, "escape", "enter")
        await until(pilot, lambda: isinstance(app.screen, ModalScreen), "the details")
        assert "Revoke" not in screen_text(pilot)
        await press(pilot, "X")
        assert type(app.screen).__name__ == "DetailsDialog"
        app.verbs.start(REVOKE_ANY, None)
        await sees(pilot, "Read only: this console changes nothing.")
        assert house.store.key_views.of(house.alice).filter == ""
    assert house.store.revision() == revision


async def test_help_is_for_where_the_focus_is(house: House) -> None:
    house.create("Website")
    async with opened(console(house), LARGE, shows="Website") as pilot:
        await press(pilot, "slash", "f1")
        await sees(pilot, "state:")
        assert "replace it, with an overlap" not in screen_text(pilot)
        await press(pilot, "f1", "escape", "question_mark")
        await sees(pilot, "replace it, with an overlap")
        await press(pilot, "escape", "4", "question_mark")
        await sees(pilot, "let somebody go")
        await press(pilot, "escape", "1", "X", "f1")
        await sees(pilot, "What the keys do")
        await sees(pilot, "Cancel")
        await press(pilot, "escape")
        await until(pilot, lambda: type(pilot.app.screen).__name__ == "RevokeDialog", "the dialog")


async def test_help_leads_to_the_texts_that_keydeck_help_shows(house: House) -> None:
    async with opened(console(house)) as pilot:
        await press(pilot, "question_mark", "t")
        await sees(pilot, topics.topic(topics.names()[0]).summary[:30])
        await press(pilot, "end", "enter")
        last = topics.topic(topics.names()[-1])
        await sees(pilot, f"keydeck help {last.name}")
        await sees(pilot, last.summary[:30])
        await press(pilot, "escape", "escape")
        assert not isinstance(pilot.app.screen, ModalScreen)


async def test_hints_and_tabs_are_clickable_on_every_tab(house: House) -> None:
    async with opened(console(house)) as pilot:
        await pilot.click("TabBar", offset=(33, 0))
        await sees(pilot, "made the workspace")
        await pilot.click("HintBar", offset=(2, 0))
        await sees(pilot, "Entry")
        await press(pilot, "escape")
        await pilot.click("TabBar", offset=(46, 0))
        await sees(pilot, "Last sign-in")
        await pilot.click("HintBar", offset=(2, 0))
        await sees(pilot, "Add a person")
