"""A rotation's screen and the calendar, driven by hand on a real store."""

import asyncio

import pytest

from console.dialogs import calendar
from console.dialogs.rotation import RotationDialog
from store.domain.credential import Credential
from store.domain.keys import Key, State
from store.domain.rotation import RotationStatus
from store.domain.times import DAY, HOUR
from store.domain.verdicts import Verdict
from store.errors import NotAMember
from store.service.keys import NewKey
from store.service.rotation_progress import WatchedRotation
from store.verifier.usage.batch import Batch
from store.verifier.usage.rows import write
from tests.console.dialog_host import DialogHost
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
from tests.house import House, granted_scopes

pytestmark = pytest.mark.anyio


def call(house: House, key: Key, agent: bytes = b"python-requests") -> None:
    """Count a request with a key, now, as a verifier does."""
    row = Credential(
        key.id, house.alice.workspace_id, "", "", "", b"", "", "events:read", None, None
    )
    batch = Batch()
    batch.count(row, Verdict.VALID, house.clock.now(), "10.0.3.7", ["events:read"], agent)
    write(house.store.database, batch)


def rotated(house: House) -> tuple[Key, Key]:
    """Make a key that Zapier uses, rotate it, and return the old and the new one."""
    old = house.create("Zapier", "events:read").key
    house.store.keys.confirm(house.alice, old.id)
    call(house, old)
    done = house.store.rotations.rotate(house.alice, old.id).unwaited()
    house.store.keys.confirm(house.alice, done.successor.id)
    return done.predecessor, done.successor


def shown(house: House, key: Key) -> Key:
    """Return a key as it is now."""
    return house.store.keys.show(house.alice, key.id)


async def test_the_screen_follows_a_rotation_and_revokes_only_what_is_safe_or_named(
    house: House,
) -> None:
    old, new = rotated(house)
    async with opened(console(house), SMALL, shows="Zapier") as pilot:
        await press(pilot, "r")
        await sees(pilot, "Rotation of Zapier")
        await sees(pilot, "Not yet: nothing has used the new key.")
        await sees(pilot, "Put it where the old one is used: 10.0.3.7 (python-requests).")
        # What happens elsewhere shows by itself.
        house.clock.advance(HOUR)
        call(house, new, b"Zapier")
        call(house, old, b"nightly")
        await sees(pilot, "Not yet: 10.0.3.7 (nightly) used the old key now.")
        await press(pilot, "f")
        await sees(pilot, "It is not safe yet.")
        await press(pilot, "enter")
        await sees(pilot, "Type “Zapier” to do it all the same.")
        await type_in(pilot, "Zap")
        await press(pilot, "enter")
        await sees(pilot, "Type “Zapier” to do it all the same.")
        await press(pilot, "escape")
        await sees(pilot, "Rotation of Zapier")
        assert shown(house, old).state(house.clock.now()) is State.ACTIVE
        house.clock.advance(DAY)
        await sees(pilot, "Safe to revoke: Zapier moved 24 h ago, nothing has used the old key")
        await press(pilot, "f")
        await sees(pilot, "Every request with the old key is refused")
        await press(pilot, "tab", "enter")
        await sees(pilot, "Done: the old key was revoked")
        assert shown(house, old).state(house.clock.now()) is State.REVOKED
        # What is over offers nothing more.
        await press(pilot, "a", "e")
        assert "Finish" not in screen_text(pilot)
        await press(pilot, "escape")
        await sees(pilot, "API keys")


async def test_named_it_is_revoked_though_somebody_still_calls(house: House) -> None:
    old, _ = rotated(house)
    async with opened(console(house), shows="Zapier") as pilot:
        await press(pilot, "r")
        await sees(pilot, "Rotation of Zapier")
        await press(pilot, "f")
        await sees(pilot, "It is not safe yet.")
        await type_in(pilot, "zapier")
        await press(pilot, "enter")
        await sees(pilot, "Done: the old key was revoked")
        assert shown(house, old).state(house.clock.now()) is State.REVOKED
        # Nothing has moved, so that is not ticked off.
        await sees(pilot, "● both live ── ○ moving ── ○ quiet ── ● done")


async def test_the_new_key_is_rotated_over_an_older_one_in_use_only_by_its_name(
    house: House,
) -> None:
    old, _ = rotated(house)
    async with opened(console(house), shows="Zapier") as pilot:
        await press(pilot, "r")
        await sees(pilot, "Rotation of Zapier")
        await press(pilot, "r")
        await sees(pilot, "which this key is replacing, stops at once.")
        await press(pilot, "enter")
        await sees(pilot, "is in use.")
        assert shown(house, old).state(house.clock.now()) is State.ACTIVE
        await type_in(pilot, "Zapier")
        await press(pilot, "enter")
        await sees(pilot, "The new key of Zapier is ready.")
        assert shown(house, old).state(house.clock.now()) is State.EXPIRED


async def test_from_the_new_key_the_overlap_is_extended_and_the_rotation_abandoned(
    house: House,
) -> None:
    old, new = rotated(house)
    for number in range(3):
        call(house, old, b"agent %d" % number)
    async with opened(console(house), shows="Zapier") as pilot:
        await pilot.app.screen.go_to_key(new.id)  # type: ignore[attr-defined]
        await press(pilot, "r")
        await sees(pilot, "both work until 1 Dec")
        await press(pilot, "e")
        await sees(pilot, "Extend the overlap")
        await press(pilot, "left")
        await sees(pilot, "That is sooner than now.")
        # What decides comes first, then who it is.
        await sees(pilot, "It cuts off 4 callers seen in the last 30 days: 4 requests")
        for named in ("10.0.3.7 (agent 2)", "10.0.3.7 (agent 1)", "and 1 caller more"):
            await sees(pilot, named)
        await press(pilot, "right")
        await until(pilot, lambda: "cuts off" not in screen_text(pilot), "a later end cuts nobody")
        await press(pilot, "right", "enter")
        await sees(pilot, "both work until 24 Dec")
        assert shown(house, old).expires_at == house.clock.now() + 30 * DAY
        call(house, new)
        await press(pilot, "a")
        await sees(pilot, "The new key is in use")
        await type_in(pilot, "Zapier")
        await press(pilot, "enter")
        await sees(pilot, "Abandoned: the new key was revoked")
        progress = house.store.rotation_progress.watch(house.alice, old.id).progress
        assert progress.status(house.clock.now()) is RotationStatus.ABANDONED
        assert shown(house, old).expires_at == house.clock.now() + 90 * DAY


async def test_read_only_a_rotation_is_seen_and_nothing_is_offered(house: House) -> None:
    old, _ = rotated(house)
    app = console(house, read_only=True, ascii_only=True)
    async with opened(app, shows="Zapier") as pilot:
        await press(pilot, "r")
        await sees(pilot, "Rotation of Zapier")
        await press(pilot, "escape", "ctrl+p")
        await type_in(pilot, "rotation of")
        await sees(pilot, "how far it has come")
        await press(pilot, "enter")
        await sees(pilot, "Rotation of Zapier")
        assert "Finish" not in screen_text(pilot)
        assert screen_text(pilot).isascii()
        await press(pilot, "f", "a", "e")
        await sees(pilot, "Rotation of Zapier")
        assert shown(house, old).state(house.clock.now()) is State.ACTIVE


async def test_the_calendar_leads_from_a_day_to_what_its_key_needs(house: House) -> None:
    granted = granted_scopes("events:read")
    now = house.clock.now()
    for name, ends, every in (
        ("Far", now + 91 * DAY, None),
        ("Later", now + 40 * DAY, None),
        ("Monthly", None, 30),
    ):
        wanted = NewKey(name, granted, ends, every, ())
        key = house.store.keys.create(house.alice, wanted).key
        house.store.keys.confirm(house.alice, key.id)
        if name == "Later":
            call(house, key, b"Datev")
    async with opened(console(house), LARGE, shows="Monthly") as pilot:
        await press(pilot, "c")
        await sees(pilot, "The next 90 days")
        await sees(pilot, "2 due, 0 within 14 d")
        text = screen_text(pilot)
        assert "24 Dec  in 30 d   rotation due  Monthly" in text
        assert "10.0.3.7 (Datev)" in text
        await press(pilot, "down", "r")
        await sees(pilot, "Rotate “Later”")
        await press(pilot, "escape")
        await press(pilot, "c")
        await sees(pilot, "The next 90 days")
        await press(pilot, "e")
        await sees(pilot, "Extend “Monthly”")
        await press(pilot, "escape")
        await press(pilot, "c")
        await sees(pilot, "The next 90 days")
        await press(pilot, "down", "enter")
        await sees(pilot, "/ filter")
        tab = pilot.app.screen.tab  # type: ignore[attr-defined]
        assert tab.current.name == "Later"


async def test_the_calendar_follows_the_store_and_reads_on_as_one_goes_down(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar, "PAGE", 2)
    granted, now = granted_scopes("events:read"), house.clock.now()

    def due_in(days: int, name: str) -> None:
        house.store.keys.create(house.alice, NewKey(name, granted, now + days * DAY))

    for days in (20, 30, 40, 50):
        due_in(days, f"In {days}")
    async with opened(console(house), LARGE, shows="In 50") as pilot:
        await press(pilot, "c")
        await sees(pilot, "the first 2 due")
        await press(pilot, "down")
        await sees(pilot, "  4 due, 0 within 14 d")
        due_in(10, "In 10")
        await sees(pilot, "the first 4 due, 1 within 14 d")
        # The row that was the current one is it still, though one stands before it now.
        await press(pilot, "enter")
        await sees(pilot, "/ filter")
        tab = pilot.app.screen.tab  # type: ignore[attr-defined]
        await until(pilot, lambda: tab.current.name == "In 30", "the key")


async def test_what_cannot_be_read_any_more_is_not_told_to_a_screen_that_is_gone(
    house: House,
) -> None:
    old, _ = rotated(house)
    watched = house.store.rotation_progress.watch(house.alice, old.id)
    asked, over = asyncio.Event(), asyncio.Event()

    async def read() -> WatchedRotation:
        asked.set()
        await over.wait()
        raise NotAMember("Acme Events")

    dialog = RotationDialog(watched, read, house.clock.now, prefix="jw")
    app = DialogHost(dialog)
    async with app.run_test() as pilot:
        await asked.wait()
        # As when somebody is let go: the session ends, and with it every screen.
        dialog._pruning = True
        await dialog.query_one("#wrong").remove()
        over.set()
        await pilot.pause()
        assert app.screen is dialog
