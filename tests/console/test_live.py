"""Live: what another admin does to the same file, through a store of their own, as one sees it."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from console.tabs.key_loader import KeyLoader, Request, Snapshot
from store.domain.keys import Key, State
from store.domain.people import Actor, Role
from store.domain.times import DAY
from store.operations.open import open_store
from store.operations.store import Store
from store.verifier.usage.batch import Batch, Used
from store.verifier.usage.rows import write
from tests.console.driving import (
    LARGE,
    PATIENCE,
    console,
    looked_again,
    opened,
    press,
    screen_text,
    sees,
    table,
    type_in,
    until,
)
from tests.house import House, granted_scopes

pytestmark = pytest.mark.anyio


@dataclass
class Elsewhere:
    """Mia, an admin too, with the store opened a second time."""

    store: Store
    mia: Actor

    def revoke(self, key: Key) -> None:
        """Revoke a key."""
        self.store.keys.revoke(self.mia, key.id, "leaked")

    def widen(self, key: Key) -> None:
        """Let a key write events too."""
        wanted = granted_scopes("events:read events:write")
        self.store.keys.rescope(self.mia, key.id, wanted)


@pytest.fixture
def elsewhere(house: House) -> Iterator[Elsewhere]:
    """Mia at another terminal."""
    mia = house.add_member("mia@acme.example", Role.ADMIN)
    store = open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)
    yield Elsewhere(store, mia)
    store.close()


def row_of(pilot: Pilot[None], name: str) -> str:
    """Return the line of a key in the list, empty where it is not in sight."""
    return next((line for line in screen_text(pilot).splitlines()[6:] if name in line), "")


def told(pilot: Pilot[None]) -> str:
    """Return what the dialog or, without one, the latest toast says is in the way."""
    found = pilot.app.screen.query("#wrong")
    toasts = [one.message for one in pilot.app._notifications]
    return str(found.first(Static).content) if found else "".join(toasts[-1:])


async def test_changed_and_new_rows_are_marked_and_neither_cursor_nor_scroll_moves(
    house: House, elsewhere: Elsewhere
) -> None:
    for number in range(60):
        house.create(f"Key {number:02}")
    async with opened(console(house), shows="Key 00") as pilot:
        for _ in range(30):
            await press(pilot, "down")
        top, current = table(pilot).scroll_offset.y, table(pilot).current
        assert current is not None
        assert current.name == "Key 30"
        elsewhere.widen(house.store.keys.show(house.alice, "Key 28"))
        await until(pilot, lambda: "•" in row_of(pilot, "Key 28"), "the mark")
        house.create("Key 29b", actor=elsewhere.mia)
        await until(pilot, lambda: "•" in row_of(pilot, "Key 29b"), "the mark of the new row")
        assert table(pilot).current is not None
        assert table(pilot).current.id == current.id  # type: ignore[union-attr]
        assert table(pilot).scroll_offset.y == top + 1
        assert "•" not in row_of(pilot, "Key 31")


async def test_being_used_is_no_change_and_leaves_no_mark(house: House) -> None:
    issued = house.create("Website")
    async with opened(console(house), shows="Website") as pilot:
        await looked_again(pilot)
        batch = Batch()
        now = house.clock.now()
        batch.used[(house.alice.workspace_id, issued.key.id)] = Used(now, now, "10.0.3.7")
        write(house.store.database, batch)
        await until(pilot, lambda: row_of(pilot, "Website").endswith("now"), "its use")
        assert "•" not in screen_text(pilot)


async def test_a_row_that_leaves_the_filter_is_named_and_the_next_takes_its_place(
    house: House, elsewhere: Elsewhere
) -> None:
    for name in ("A one", "B two", "C three"):
        house.create(name)
    async with opened(console(house), shows="C three") as pilot:
        await press(pilot, "slash")
        await type_in(pilot, "state:active")
        await press(pilot, "enter", "down")
        await sees(pilot, "3 of 3 match")
        elsewhere.revoke(house.store.keys.show(house.alice, "B two"))
        await sees(pilot, "“B two” no longer matches the filter.")
        current = table(pilot).current
        assert current is not None
        assert current.name == "C three"
        assert table(pilot).cursor == 1


@pytest.mark.parametrize(
    ("verb", "begin", "kept"),
    [
        ("s", ("r",), "+ quotes:read"),
        ("e", ("4",), "4"),
        ("r", ("left", "left"), "24 Nov 2026 13:00 UTC"),
    ],
)
async def test_an_edit_of_a_key_that_changed_says_who_changed_what_and_keeps_the_input(
    house: House, elsewhere: Elsewhere, verb: str, begin: tuple[str, ...], kept: str
) -> None:
    key = house.create("Website", "events:read").key
    async with opened(console(house), LARGE, shows="Website") as pilot:
        await press(pilot, verb)
        await until(pilot, lambda: len(pilot.app.screen_stack) > 2, "the dialog")
        await press(pilot, *begin)
        if verb == "e":
            await type_in(pilot, "5d")
        elsewhere.widen(key)
        await press(pilot, "enter", *(("enter",) if verb in "se" else ()))
        who = "scoped by mia@acme.example at 12:00:00 UTC (+ events:write)"
        await until(pilot, lambda: who in told(pilot), who)
        if verb == "e":
            assert pilot.app.screen.query_one("#date", Input).value == "2027-01-08"
        else:
            await sees(pilot, kept)
        await press(pilot, "enter", *(("enter",) if verb in "se" else ()))
        await until(pilot, lambda: who not in told(pilot), "done on the second go")
    now = house.store.keys.show(house.alice, key.id)
    if verb == "s":
        assert now.scopes == granted_scopes("events:read quotes:read availability:read")
    elif verb == "e":
        assert now.expires_at == house.clock.now() + 45 * DAY
    else:
        assert now.successor is not None


@pytest.mark.parametrize("verb", ["s", "e", "r", "X"])
async def test_whoever_was_second_is_told_who_revoked_it_first(
    house: House, elsewhere: Elsewhere, verb: str
) -> None:
    key = house.create("Website", "events:read").key
    async with opened(console(house), LARGE, shows="Website") as pilot:
        await press(pilot, verb)
        await until(pilot, lambda: len(pilot.app.screen_stack) > 2, "the dialog")
        if verb == "X":
            await type_in(pilot, "Website")
        if verb == "s":
            await press(pilot, "r", "enter")
        elsewhere.revoke(key)
        await press(pilot, "enter")
        who = "by mia@acme.example on 24 Nov 2026 at 12:00:00 UTC"
        await until(pilot, lambda: who in told(pilot), who)
        await press(pilot, "escape")
        await sees(pilot, "✕ Revoked")
    assert house.store.keys.show(house.alice, key.id).revoked_by == "mia@acme.example"


async def test_a_batch_names_who_changed_a_key_and_goes_on_when_told_to(
    house: House, elsewhere: Elsewhere
) -> None:
    first, second = house.create("First", "events:read"), house.create("Second", "events:read")
    async with opened(console(house), LARGE, shows="Second") as pilot:
        await press(pilot, "asterisk", "s")
        await sees(pilot, "2 keys")
        await press(pilot, "r")
        elsewhere.widen(first.key)
        await press(pilot, "enter", "enter")
        await sees(pilot, "1 of 2 done. 1 could not be done and stays marked.")
        await sees(pilot, "scoped by mia@acme.example")
        assert table_of(pilot) == {first.key.id: "First"}
        await sees(pilot, "Scope 1 key all the same")
        await press(pilot, "enter")
        await sees(pilot, "Scope “First”: 1 of 1 done.")
        assert table_of(pilot) == {}
    for issued in (first, second):
        scopes = house.store.keys.show(house.alice, issued.key.id).scopes
        assert scopes == granted_scopes("events:read quotes:read availability:read")


def table_of(pilot: Pilot[None]) -> dict[str, str]:
    """Return the marks of the table, whatever lies over it."""
    from console.widgets.key_table import KeyTable

    return pilot.app.screen_stack[1].query_one(KeyTable).marked


async def test_details_that_are_open_follow_the_store(house: House, elsewhere: Elsewhere) -> None:
    key = house.create("Website", "events:read").key
    async with opened(console(house), shows="Website") as pilot:
        await press(pilot, "enter")
        await sees(pilot, "Can view events. Cannot create or edit anything.")
        await sees(pilot, "r Rotate")
        elsewhere.revoke(key)
        await sees(pilot, "mia revoked it")
        await sees(pilot, "Because  leaked")
        await until(pilot, lambda: "r Rotate" not in screen_text(pilot), "no verb for the dead")
        assert house.store.keys.show(house.alice, key.id).state(0) is State.REVOKED


async def test_where_the_cursor_goes_while_the_store_is_read_it_stays(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(120):
        house.create(f"Key {number:03}")
    hold, held, go_on = threading.Event(), threading.Event(), threading.Event()
    load = KeyLoader.load

    def slow(self: KeyLoader, request: Request) -> Snapshot:
        found = load(self, request)
        if hold.is_set():
            held.set()
            go_on.wait(PATIENCE)
        return found

    monkeypatch.setattr(KeyLoader, "load", slow)
    app = console(house)
    async with opened(app, shows="Key 000") as pilot:
        await press(pilot, "G")
        await sees(pilot, "Key 119")
        hold.set()
        house.create("Key 999")
        app.look_again()
        await until(pilot, held.is_set, "a look under way")
        # The first rows are not at hand.
        await press(pilot, "g")
        hold.clear()
        go_on.set()
        await sees(pilot, "Key 000")
        await sees(pilot, "121 active")
        assert table(pilot).cursor == 0
