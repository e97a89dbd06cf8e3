"""The Activity tab: the audit as it grows, page by page, filtered, and an entry in full."""

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from textual.events import MouseScrollDown, Paste
from textual.pilot import Pilot
from textual.screen import ModalScreen

from console.tabs.activity import PAGE, ActivityTab
from console.widgets.field import SearchField
from console.widgets.row_list import RowList
from store.domain.audit.actions import Action
from tests.console.driving import (
    LARGE,
    PATIENCE,
    console,
    looked_again,
    opened,
    press,
    screen_text,
    sees,
    type_ahead,
    type_in,
    until,
)
from tests.house import House, meddle

pytestmark = pytest.mark.anyio


def rows(pilot: Pilot[None]) -> RowList:
    """Return the list that is open."""
    [found] = [one for one in pilot.app.screen.query(RowList) if one.region]
    return found


def without_bar(pilot: Pilot[None]) -> list[str]:
    """Return the lines of the screen without the scroll bar."""
    return [line[:78].rstrip() for line in screen_text(pilot).splitlines()]


def counted(call: Callable[..., Any], calls: list[Any]) -> Callable[..., Any]:
    """Return a call that notes what it was given."""

    def note(*given: Any, **more: Any) -> Any:
        calls.append(more)
        return call(*given, **more)

    return note


@pytest.mark.sqlite_only
async def test_v_says_whether_the_audit_is_as_it_was_written(house: House) -> None:
    house.create("Website")
    async with opened(console(house), LARGE, shows="Website") as pilot:
        await press(pilot, "3")
        await sees(pilot, "When (UTC)")
        await press(pilot, "v")
        await sees(pilot, "The audit is as it was written")
        meddle(house, "UPDATE audit SET subject_name = 'Mobile' WHERE subject_name = 'Website'")
        await press(pilot, "v")
        await sees(pilot, "only.")


async def test_the_newest_entry_is_on_top_and_opens_in_full(house: House) -> None:
    house.create("Website")
    house.store.keys.revoke(house.alice, "Website", "it leaked")
    async with opened(console(house), shows="Website") as pilot:
        await press(pilot, "3")
        await sees(pilot, "revoked key")
        lines = [line.strip(" ▌").split() for line in screen_text(pilot).splitlines()]
        assert [line[1:] for line in lines if line[1:2] == ["alice"]][:2] == [
            ["alice", "revoked", "key", "Website"],
            ["alice", "created", "key", "Website"],
        ]
        assert "signed in" not in screen_text(pilot)
        await press(pilot, "s")
        await sees(pilot, "signed in")
        await press(pilot, "s")
        await until(pilot, lambda: "signed in" not in screen_text(pilot), "them to be left out")
        await press(pilot, "enter")
        await sees(pilot, "it leaked")
        await sees(pilot, "alice@acme.example")


async def test_enter_right_after_words_opens_an_entry_that_has_them(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.create("Website")
    house.create("Zapier")
    found, read = threading.Event(), ActivityTab.read

    def slow(self: ActivityTab) -> Callable[[], None] | None:
        return read(self) if self._text != "web" or found.wait(PATIENCE) else None

    monkeypatch.setattr(ActivityTab, "read", slow)
    monkeypatch.setattr("console.type_ahead.PATIENCE", PATIENCE)
    async with opened(console(house), shows="Website") as pilot:
        await press(pilot, "3")
        await sees(pilot, "created key")
        for key in ("slash", *"web", "enter", "enter"):
            type_ahead(pilot, key)
        await until(pilot, lambda: pilot.app.focused is rows(pilot), "the field to be left")
        await pilot.pause()
        assert not isinstance(pilot.app.screen, ModalScreen)
        found.set()
        await sees(pilot, "of the audit")
        assert re.search(r"To +Website", screen_text(pilot)), screen_text(pilot)


async def test_what_is_new_comes_in_at_the_top_and_moves_nobody(house: House) -> None:
    for number in range(30):
        house.create(f"Key {number:02}")
    async with opened(console(house), shows="Key 00") as pilot:
        await press(pilot, "3")
        await sees(pilot, "Key 29")
        assert pilot.app.focused is rows(pilot)
        house.create("Newest")
        await sees(pilot, "Newest")
        await press(pilot, "down", "down")
        current = rows(pilot).current
        house.create("Newer still")
        await sees(pilot, "Newer still")
        assert rows(pilot).current == current
        await press(pilot, "pagedown", "pagedown")
        current, text = rows(pilot).current, without_bar(pilot)
        before = len(rows(pilot)._rows)
        house.create("Unseen")
        await until(pilot, lambda: len(rows(pilot)._rows) > before, "the entry")
        assert rows(pilot).current == current
        assert without_bar(pilot) == text
        rows(pilot).scroll_to(y=3, animate=False, immediate=True)
        await pilot.pause()
        text, before = without_bar(pilot), len(rows(pilot)._rows)
        house.create("Unseen, too")
        await until(pilot, lambda: len(rows(pilot)._rows) > before, "the entry")
        assert without_bar(pilot) == text, "scrolled by mouse, away from the current row"
        await press(pilot, "g")
        await sees(pilot, "Unseen, too")


async def test_it_reads_a_page_at_a_time_further_down_and_nothing_while_nothing_happens(
    house: House,
) -> None:
    with house.store.transactions.writing(raise_revision=False) as mutation:
        for number in range(2 * PAGE):
            mutation.audit(
                house.alice.workspace_id, house.alice, Action.KEY_CREATED, "x", f"No {number}"
            )
    app = console(house)
    async with opened(app) as pilot:
        calls: list[Any] = []
        app.store.audit_trail.newest = counted(app.store.audit_trail.newest, calls)  # type: ignore[method-assign]
        await press(pilot, "3")
        await sees(pilot, f"No {2 * PAGE - 1}")
        for _ in range(2):
            await looked_again(pilot)
        assert len(calls) == 1, "an audit in which nothing happens is read once"
        await press(pilot, "G")
        await until(pilot, lambda: len(rows(pilot)._rows) == 2 * PAGE, "the second page")
        house.create("Meanwhile")
        await until(pilot, lambda: len(rows(pilot)._rows) == 2 * PAGE + 1, "the new entry")
        assert [call["limit"] for call in calls] == [PAGE, PAGE, 1]
        for _ in range(200):
            rows(pilot).post_message(_scrolled(rows(pilot)))
        await until(pilot, lambda: len(rows(pilot)._rows) > 2 * PAGE + 1, "by mouse, too")


def _scrolled(widget: RowList) -> MouseScrollDown:
    return MouseScrollDown(widget, 5, 5, 0, 1, 0, False, False, False)


async def test_the_filter_takes_what_is_read_and_a_leaked_key_and_esc_clears_it(
    house: House,
) -> None:
    issued = house.create("Website")
    house.create("Zapier")
    house.add_member()
    house.store.people.leave(house.alice, "mia@acme.example")
    async with opened(console(house), LARGE, shows="Zapier") as pilot:
        await press(pilot, "3")
        await sees(pilot, "created key")
        await press(pilot, "slash")
        await type_in(pilot, "let go")
        await until(pilot, lambda: len(rows(pilot)._rows) == 1, "the one entry")
        assert "mia@acme.example" in screen_text(pilot)
        await press(pilot, "escape")
        await sees(pilot, "Zapier")
        await pilot.click("#activity-filter")
        pilot.app.post_message(Paste(f"GET /?key={issued.secret.reveal()} 200"))
        await sees(pilot, f"jw_{issued.key.id}")
        await until(pilot, lambda: len(rows(pilot)._rows) == 1, "the key's entries")
        assert issued.secret.reveal()[17:30] not in screen_text(pilot)
        await press(pilot, "escape", "slash")
        await type_in(pilot, "nope")
        await sees(pilot, "No entry matches “nope”. Esc clears the filter.")


async def test_members_are_told_why_there_is_nothing_to_see(house: House) -> None:
    house.add_member()
    app = console(house, email="mia@acme.example")
    async with opened(app, shows="Only workspace admins") as pilot:
        assert "X Revoke" not in screen_text(pilot), "revoking is for admins, too"
        assert "Revoking stays possible" not in screen_text(pilot)
        await press(pilot, "3")
        await sees(pilot, "Only workspace admins and viewers can read the audit.")
        assert "created" not in screen_text(pilot)


async def test_terms_that_only_keys_have_are_left_out_of_the_search_and_said_so(
    house: House,
) -> None:
    house.create("Website")
    house.create("Zapier")
    async with opened(console(house), shows="Website") as pilot:
        await press(pilot, "3", "slash")
        pilot.app.screen.query_one("#activity-filter", SearchField).value = "zapier by:alice"
        await sees(pilot, "“by:alice” is for keys, and left out.")
        await until(pilot, lambda: "Website" not in screen_text(pilot), "what matches")
        assert "Zapier" in screen_text(pilot)
        await press(pilot, "escape")
        await sees(pilot, "Website")
        assert "left out" not in screen_text(pilot)
