"""The palette: every verb, tab, workspace and key by name; a whole key pasted is cut down."""

import asyncio

import pytest
from textual.command import CommandInput, Hits
from textual.events import Paste
from textual.pilot import Pilot

from console.palette import Everything
from console.widgets.palette_box import PaletteBox
from store.domain.key_string import Secret
from store.domain.people import Plan
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
from tests.house import PASSWORD, House

pytestmark = pytest.mark.anyio


async def test_it_offers_what_can_be_done_here_each_with_its_key(house: House) -> None:
    house.create("Website")
    async with opened(console(house), (100, 60), shows="Website") as pilot:
        await press(pilot, "ctrl+p")
        for line in (
            "Rotate “Website”  r  replace it, with an overlap",
            "New key  n",
            "Theme",
            "Activity  3  open the tab",
            "Help  ?",
            "Quit  q",
        ):
            await sees(pilot, line)
        assert "Screenshot" not in screen_text(pilot)
        await press(pilot, "escape", "space", "ctrl+p")
        await sees(pilot, "Revoke 1 marked  X")
        assert "Rotate “" not in screen_text(pilot)
        await press(pilot, "escape", "escape")
        house.store.keys.revoke(house.alice, "Website")
        await sees(pilot, "✕ Revoked")
        await press(pilot, "ctrl+p")
        await sees(pilot, "Copy id “Website”")
        assert "Rotate “" not in screen_text(pilot)
        await press(pilot, "escape", "4", "ctrl+p")
        await sees(pilot, "Add a person  n")
        assert "New key" not in screen_text(pilot)


async def test_it_goes_to_a_key_by_a_part_of_its_name(house: House) -> None:
    for name in ("Accounting", "Website", "Zapier"):
        house.create(name)
    async with opened(console(house), LARGE, shows="Zapier") as pilot:
        await press(pilot, "ctrl+p")
        await type_in(pilot, "zap")
        await sees(pilot, "go to jw_")
        await press(pilot, "enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, PaletteBox), "the table")
        await until(pilot, lambda: _current(pilot) == "Zapier", "the key")


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Let the palette find what fits “website” only once this is set."""
    found, search = asyncio.Event(), Everything.search

    async def slow(self: Everything, query: str) -> Hits:
        if query == "website":
            await found.wait()
        async for hit in search(self, query):
            yield hit

    monkeypatch.setattr(Everything, "search", slow)
    return found


async def _typed(pilot: Pilot[None], *keys: str) -> None:
    """Open the palette, type “website” and more at once, and wait until the first is there."""
    await press(pilot, "ctrl+p")
    await sees(pilot, "New key")
    for key in (*"website", *keys):
        type_ahead(pilot, key)
    field = pilot.app.screen.query_one(CommandInput)
    await until(pilot, lambda: field.value == "website", "what was typed")
    await pilot.pause()
    assert isinstance(pilot.app.screen, PaletteBox)


async def test_enter_and_arrows_mean_what_was_typed_however_fast_they_follow(
    house: House, found: asyncio.Event
) -> None:
    for name in ("Accounting", "Website", "Website of old"):
        house.create(name)
    async with opened(console(house), LARGE, shows="Accounting") as pilot:
        await _typed(pilot, "up", "enter", "slash", *"acc")
        found.set()
        await until(pilot, lambda: not isinstance(pilot.app.screen, PaletteBox), "the table")
        await until(pilot, lambda: _current(pilot) == "Accounting", "the filtered list")


async def test_a_leaked_key_is_masked_at_once_and_found_behind_marks_and_a_filter(
    house: House,
) -> None:
    issued = house.create("Website")
    house.create("Zapier")
    key = issued.secret.reveal()
    async with opened(console(house), LARGE, shows="Zapier") as pilot:
        await press(pilot, "slash")
        await type_in(pilot, "zap")
        await until(pilot, lambda: "Website" not in screen_text(pilot), "the filtered list")
        await press(pilot, "enter", "space", "ctrl+p")
        field = pilot.app.screen.query_one(CommandInput)
        pilot.app.post_message(Paste(f"\x1b]52;c;Zm9v\x07 leaked: {key} at noon"))
        await until(pilot, lambda: field.value, "the paste")
        assert field.value == f"jw_{issued.key.id}"
        await sees(pilot, "go to jw_")
        assert key[16:40] not in screen_text(pilot)
        assert pilot.app.clipboard == ""
        await press(pilot, "enter")
        await until(pilot, lambda: _current(pilot) == "Website", "the key")
        assert list(table(pilot).marked.values()) == ["Zapier"]


async def test_it_goes_on_where_the_plan_closes_the_keys(house: House) -> None:
    house.store.operator.add_workspace("Acme Labs", "alice@acme.example", Secret(PASSWORD))
    house.store.operator.set_plan("acme-labs", Plan.FREE)
    app = console(house, workspace="acme-labs")
    async with opened(app, LARGE, shows="Acme Labs is on free") as pilot:
        await press(pilot, "ctrl+p")
        await sees(pilot, "Revoke a key…")
        assert "New key" not in screen_text(pilot)
        await type_in(pilot, "acme")
        await sees(pilot, "Acme Events  go to this workspace, on pro")


async def test_it_goes_to_another_workspace_of_the_same_person(house: House) -> None:
    house.store.operator.add_workspace("Acme Labs", "alice@acme.example", Secret(PASSWORD))
    house.create("Website")
    async with opened(console(house, workspace="acme-events"), LARGE, shows="Website") as pilot:
        await press(pilot, "ctrl+p")
        await type_in(pilot, "labs")
        await sees(pilot, "go to this workspace, on pro")
        await press(pilot, "enter")
        await sees(pilot, "No keys yet")
        await sees(pilot, "Acme Labs")


def _current(pilot: Pilot[None]) -> str | None:
    key = table(pilot).current
    return key.name if key else None


@pytest.mark.parametrize("name", ["[@click=app.quit]Zap[/]", "[/x] Zap", "[b]Zap[/b]"])
async def test_a_name_that_looks_like_markup_is_a_name_and_does_nothing(
    house: House, name: str
) -> None:
    house.create(name)
    app = console(house)
    async with opened(app, (100, 60), shows="Zap") as pilot:
        await press(pilot, "ctrl+p")
        await type_in(pilot, "scope")
        await sees(pilot, f"Scope “{name}”")
        strips = app.screen._compositor.render_strips()
        metas = [segment.style.meta for strip in strips for segment in strip if segment.style]
        assert not any("quit" in str(meta.get("@click")) for meta in metas)
