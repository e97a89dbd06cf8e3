"""How a key was taken at the console, and what becomes of a leaver's keys there."""

from pathlib import Path

import pytest

from console.app import KeydeckApp
from console.clipboard.outcome import Level, Outcome
from console.dialogs.offboarding_record import RecordDialog
from console.dialogs.reveal import RevealDialog
from console.screens.workspace import WorkspaceScreen
from store.domain.keys import State
from store.domain.people import Actor, KnownBy, Role
from store.errors import StoreBusy
from store.service.holders import HolderService
from tests.console.driving import LARGE, SMALL, console, opened, press, sees, type_in, until
from tests.house import House

pytestmark = pytest.mark.anyio

TOM = "tom@acme.example"


@pytest.fixture
def app(house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> KeydeckApp:
    """The console, with a clipboard that says what became of a copy."""
    made = console(house)
    monkeypatch.setattr(made, "copy", lambda value: Outcome(Level.SENT, "Sent.", "nowhere"))
    monkeypatch.chdir(tmp_path)
    return made


def ways(house: House, name: str) -> set[KnownBy]:
    """Return in which ways Alice knows a key."""
    return {one.how for one in house.store.keys.details(house.alice, name).holders}


async def test_showing_copying_and_writing_a_key_are_written_down_and_a_blank_is_not(
    house: House, app: KeydeckApp
) -> None:
    key = house.create("Website").key
    async with opened(app, LARGE, shows="Website") as pilot:
        await press(pilot, "r", "enter")
        await until(pilot, lambda: isinstance(app.screen, RevealDialog), "the key")
        successor = house.store.keys.show(house.alice, key.id).successor or ""
        known = {KnownBy.CREATED, KnownBy.SHOWN}
        await until(pilot, lambda: ways(house, successor) == known, "the showing")
        await press(pilot, "w")
        await until(pilot, lambda: ways(house, successor) == known | {KnownBy.FILED}, "the file")
        await press(pilot, "c")
        known |= {KnownBy.FILED, KnownBy.COPIED}
        await until(pilot, lambda: ways(house, successor) == known, "the copy")
        await press(pilot, "b")
        await sees(pilot, "A blank was sent after it.")
    copies = [
        one for one in house.store.audit_trail.newest(house.alice) if one.action == "key.copied"
    ]
    assert len(copies) == 1


async def test_a_ledger_that_cannot_be_written_is_said_and_holds_nothing_up(
    house: House, app: KeydeckApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(self: HolderService, actor: Actor, key_id: str, how: KnownBy) -> None:
        raise StoreBusy("store.db")

    monkeypatch.setattr(HolderService, "taken", busy)
    house.create("Website")
    async with opened(app, LARGE, shows="Website") as pilot:
        await press(pilot, "r", "enter")
        await sees(pilot, "How you took the key was not written down")
        await press(pilot, "c")
        await sees(pilot, "Sent. Paste below to check.")


async def test_a_leavers_keys_are_decided_one_by_one_by_whoever_goes_on(
    house: House, app: KeydeckApp, tmp_path: Path
) -> None:
    tom = house.add_member(TOM, Role.ADMIN)
    keys = {name: house.create(name, actor=tom).key for name in ("Lab", "Shop", "Website")}
    async with opened(app, SMALL, shows="Website") as pilot:
        await press(pilot, "4")
        await sees(pilot, TOM)
        await press(pilot, "down", "L")
        await sees(pilot, "3 active keys may be known to tom")
        await press(pilot, "tab", "enter")
        await sees(pilot, "0 of 3 decided")
        assert TOM not in {one.email for one in house.store.people.all(house.alice)}
        await press(pilot, "K")
        await sees(pilot, "Keep “Lab”")
        await press(pilot, "enter")
        await sees(pilot, "Say why: it is part of the record.")
        await type_in(pilot, "no data")
        await press(pilot, "enter")
        await sees(pilot, "1 of 3 decided")
        await press(pilot, "escape")
        await until(pilot, lambda: isinstance(app.screen, WorkspaceScreen), "the tab")
        await sees(pilot, "2 to decide")

        # Rotated by somebody else meanwhile: that is taken for the decision.
        successor = house.store.rotations.rotate(house.alice, "Shop").unwaited().successor.id
        house.store.keys.confirm(house.alice, successor)
        await press(pilot, "enter")
        await sees(pilot, "1 of 3 decided")
        await press(pilot, "r")
        await sees(pilot, "2 of 3 decided")
        await press(pilot, "X")
        await sees(pilot, "Revoke “Website”")
        await type_in(pilot, "Website")
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, RecordDialog), "the record")
        await sees(pilot, "Lab: kept: no data")
        await press(pilot, "w")
        await sees(pilot, "Written to")
        await press(pilot, "escape")
        await until(pilot, lambda: isinstance(app.screen, WorkspaceScreen), "the tab")
        await sees(pilot, "all decided")
        await press(pilot, "enter")
        await sees(pilot, "Website: revoked")
    done = house.store.offboardings.show(house.alice, TOM)
    assert done.finished_at is not None
    assert [one.decided.successor for one in done.keys if one.decided] == [None, successor, None]
    website = house.store.keys.show(house.alice, keys["Website"].id)
    assert website.state(house.clock.now()) is State.REVOKED
    [written] = tmp_path.glob("keydeck-offboarding-*.md")
    assert "| Website |" in written.read_text()


async def test_a_dialog_left_without_rotating_decides_nothing(
    house: House, app: KeydeckApp
) -> None:
    tom = house.add_member(TOM, Role.ADMIN)
    house.create("Website", actor=tom)
    house.store.people.leave(house.alice, TOM)
    async with opened(app, SMALL, shows="Website") as pilot:
        await press(pilot, "4")
        await sees(pilot, "1 to decide")
        await press(pilot, "down", "enter")
        await sees(pilot, "0 of 1 decided")
        await press(pilot, "r")
        await sees(pilot, "tom may know this key, and can go on with it until the overlap ends.")
        await press(pilot, "escape")
        await sees(pilot, "0 of 1 decided")
        await press(pilot, "r")
        await sees(pilot, "Overlap")
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, RevealDialog), "the key")
        reveal = app.screen
        assert isinstance(reveal, RevealDialog)
        await press(pilot, "c")
        await sees(pilot, "Sent. Paste below to check.")
        await press(pilot, "tab")
        reveal.query_one("#stored").focus()
        await press(pilot, "enter", "enter")
        await until(pilot, lambda: isinstance(app.screen, RecordDialog), "the record")
        await sees(pilot, "Website: replaced by jw_")


async def test_somebody_who_is_back_leaves_what_waits_for_a_decision_open(
    house: House, app: KeydeckApp
) -> None:
    tom = house.add_member(TOM, Role.ADMIN)
    house.create("Website", actor=tom)
    house.store.people.leave(house.alice, TOM)
    async with opened(app, LARGE, shows="Website") as pilot:
        await press(pilot, "4")
        await sees(pilot, "1 to decide")
        await press(pilot, "n")
        await type_in(pilot, TOM)
        await press(pilot, "tab")
        await type_in(pilot, "Tom")
        await press(pilot, "enter")
        await sees(pilot, f"Code for {TOM}")
        await press(pilot, "tab", "enter")
        await sees(pilot, "1 key waits for a decision; it stays open.")


async def test_a_new_key_that_nobody_stored_is_made_anew_before_it_counts(
    house: House, app: KeydeckApp
) -> None:
    tom = house.add_member(TOM, Role.ADMIN)
    house.create("Website", actor=tom)
    house.store.people.leave(house.alice, TOM)
    lost = house.store.rotations.rotate(house.alice, "Website").unwaited().successor.id
    async with opened(app, SMALL, shows="Website") as pilot:
        await press(pilot, "4")
        await sees(pilot, "1 to decide")
        await press(pilot, "down", "enter")
        await sees(pilot, "rotated, but nobody stored the new key")
        await press(pilot, "r")
        await sees(pilot, "Rotate “Website” again")
        await press(pilot, "tab", "enter")
        await until(pilot, lambda: isinstance(app.screen, RevealDialog), "the key")
        await press(pilot, "i", "i")
        await until(pilot, lambda: isinstance(app.screen, RecordDialog), "the record")
    [one] = house.store.offboardings.show(house.alice, TOM).keys
    assert one.decided is not None
    assert one.decided.successor == lost
