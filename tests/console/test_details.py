"""A key in full: the pane beside the list, and the dialog where there is no room for it."""

import hashlib
from collections import deque

import pytest
from textual.pilot import Pilot

from console.verbs.catalogue.keys import OFFERED
from console.widgets.hint_bar import HintBar
from console.widgets.key_details import KeyDetails
from store.domain.foreign import known
from store.domain.key_string import Secret
from store.domain.people import Role
from store.domain.times import DAY, MINUTE
from store.domain.usage import Refusal
from store.domain.verdicts import Verdict
from store.service.importing import ForeignKey
from store.service.keys import NewKey
from store.verifier.usage.batch import Batch, Used
from store.verifier.usage.rows import write
from tests.console.driving import (
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

WIDE = (130, 24)


def pane(pilot: Pilot[None]) -> KeyDetails:
    """Return the pane."""
    return pilot.app.screen.query_one("#details", KeyDetails)


def used(house: House, key_id: str) -> None:
    """Let a key be used for an hour, and be refused in some minutes of it."""
    batch, now, where = Batch(), house.clock.now(), house.alice.workspace_id
    for minute in range(0, 60, 3):
        at = now - now % MINUTE - minute * MINUTE
        batch.verdicts[(where, key_id, at, Verdict.VALID)] = 4
    batch.verdicts[(where, key_id, now - now % MINUTE - 30 * MINUTE, Verdict.SCOPE)] = 2
    batch.used[(where, key_id)] = Used(now - DAY, now, "10.0.3.7")
    batch.scope_used[(where, key_id, "events:read")] = Used(now - DAY, now, "10.0.3.7")
    agent, path = "python-requests/2.32", "/api/v1/quotes"
    refused = Refusal(now - 30 * MINUTE, Verdict.SCOPE, "10.0.3.8", agent, "POST", path, "r-1")
    batch.refusals[(where, key_id)] = deque([refused])
    write(house.store.database, batch)


async def test_the_pane_says_who_did_what_and_how_it_is_used(house: House) -> None:
    mia = house.add_member("mia@acme.example", Role.ADMIN)
    key = house.create("Website", "events:read").key
    house.store.keys.confirm(house.alice, key.id)
    house.store.keys.rescope(mia, key.id, granted_scopes("events:read quotes:write"))
    house.store.keys.extend(house.alice, key.id, house.clock.now() + 40 * DAY)
    used(house, key.id)
    async with opened(console(house), (130, 60), shows="Website") as pilot:
        for said in (
            "Can view events and create and edit",
            "Expires  3 Jan 2027, in 40 d",
            "Held by  alice",
            "Created  24 Nov 2026 by alice",
            "80 allowed, 2 refused: scope 2",
            "last used now by 10.0.3.7",
            "quotes:write  never used",
            "30 min ago scope    10.0.3.8",
            "POST /api/v1/quotes",
            "python-requests/2.32",
            "s  Refused 30 min ago for",
            "alice moved its expiry",
            "to 3 Jan 2027, was 22 Feb 2027",
            "mia scoped it",
            "+ quotes:write",
            "alice stored it",
        ):
            await sees(pilot, said)
        lines = screen_text(pilot).splitlines()
        allowed = next(line for line in lines if line.endswith(" allowed"))
        refused = next(line for line in lines if line.endswith(" refused"))
        bars = refused[allowed.index("▏") + 1 : -len(" refused")]
        assert bars.strip(), "refusals have a bar of their own"


async def test_of_a_key_that_was_brought_along_it_is_said_how_far_it_has_come(
    house: House,
) -> None:
    digest = Secret(hashlib.sha256(b"a value of somebody else").hexdigest())
    wanted = NewKey("Brought", granted_scopes("events:read"), house.clock.now() + 90 * DAY)
    told = ForeignKey(2, wanted, known("sha256-hex", digest))
    [outcome] = house.store.imports.bring(house.alice, [told])
    house.create("Website")
    async with opened(console(house), (130, 40), shows="◇ Foreign") as pilot:
        await press(pilot, "slash")
        await type_in(pilot, "note:foreign")
        await press(pilot, "enter")
        await until(pilot, lambda: "Website" not in screen_text(pilot), "the foreign one")
        await sees(pilot, "made elsewhere, hashed by")
        await press(pilot, "r")
        await sees(pilot, "keydeck's own shape, not that of the key")
        await press(pilot, "escape")
        # As the verifier writes it down.
        with house.store.transactions.keeping() as unit:
            unit.keys.set_moved(house.alice.workspace_id, str(outcome.key_id))
        await sees(pilot, "No key matches")
        await press(pilot, "escape")
        await sees(pilot, "made elsewhere; kept by")
        await press(pilot, "r")
        await sees(pilot, "keydeck's own shape, not that of the key")
        await press(pilot, "escape")
        await press(pilot, "end")
        await sees(pilot, "Nobody said that it is stored.")
        assert "made elsewhere" not in screen_text(pilot)


async def test_enter_goes_to_the_pane_to_scroll_it_and_esc_comes_back(house: House) -> None:
    key = house.create("Website", "events:read").key
    for days in range(40, 60):
        house.store.keys.extend(house.alice, key.id, house.clock.now() + days * DAY)
    async with opened(console(house), WIDE, shows="Website") as pilot:
        await press(pilot, "enter")
        await until(pilot, lambda: pane(pilot).has_focus, "the pane has the focus")
        await sees(pilot, "Back to the list")
        await press(pilot, "G")
        await until(pilot, lambda: pane(pilot).scroll_y > 0, "scrolled")
        at = pane(pilot).scroll_y
        await looked_again(pilot)
        assert pane(pilot).scroll_y == at, "looking at the store does not scroll"
        await press(pilot, "escape")
        await until(pilot, lambda: table(pilot).has_focus, "the list has the focus")
        await sees(pilot, "n New")


async def test_verbs_work_from_the_pane_and_from_the_dialog(house: House) -> None:
    house.create("Website", "events:read")
    async with opened(console(house), WIDE, shows="Website") as pilot:
        await press(pilot, "enter", "s")
        await sees(pilot, "What “Website” may do")
    async with opened(console(house), shows="Website") as pilot:
        await press(pilot, "enter")
        await sees(pilot, "e Extend")
        await press(pilot, "e")
        await sees(pilot, "Extend “Website”")


@pytest.mark.parametrize("size", [(80, 24), WIDE])
async def test_where_only_reading_is_wanted_details_offer_no_verb(
    house: House, size: tuple[int, int]
) -> None:
    house.create("Website", "events:read")
    async with opened(console(house, read_only=True), size, shows="Website") as pilot:
        await press(pilot, "enter")
        await sees(pilot, "Nobody said that it is stored.")
        assert "r  Nobody" not in screen_text(pilot)
        await press(pilot, "s", "r", "X", "e")
        for verb in ("Scope", "Rotate", "Revoke", "Extend"):
            assert f"{verb} “Website”" not in screen_text(pilot)
        # Where the pane has the focus, its line of keys is at the bottom; else it is the dialog's.
        hints = {hint.label for hint in pilot.app.screen.query_one(HintBar).hints}
        assert "Why" in hints
        assert not hints & {verb.label for verb in OFFERED if verb.changes}
