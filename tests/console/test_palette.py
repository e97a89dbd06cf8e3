"""The palette: every verb, tab, workspace and key by name; a whole key pasted is cut down."""

import pytest
from textual.command import CommandInput
from textual.pilot import Pilot

from console.widgets.palette_box import PaletteBox
from store.secrets import Secret
from tests.console.driving import (
    LARGE,
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


async def test_it_offers_every_verb_and_no_screenshot(house: House) -> None:
    async with opened(console(house), (100, 60)) as pilot:
        await sees(pilot, "No keys yet")
        await press(pilot, "ctrl+p")
        for verb in ("New key", "Scope", "Rotate", "Revoke", "Theme", "Activity", "Help", "Quit"):
            await sees(pilot, verb)
        assert "Screenshot" not in screen_text(pilot)


async def test_it_goes_to_a_key_by_a_part_of_its_name(house: House) -> None:
    for name in ("Accounting", "Website", "Zapier"):
        house.create(name)
    async with opened(console(house), LARGE, shows="Zapier") as pilot:
        await press(pilot, "ctrl+p")
        await type_in(pilot, "zap")
        await sees(pilot, "Go to jw_")
        await press(pilot, "enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, PaletteBox), "the table")
        await until(pilot, lambda: _current(pilot) == "Zapier", "the key")


async def test_a_whole_key_that_is_pasted_is_masked_at_once_and_found(house: House) -> None:
    issued = house.create("Website")
    house.create("Zapier")
    key = issued.secret.reveal()
    async with opened(console(house), LARGE, shows="Zapier") as pilot:
        await press(pilot, "ctrl+p")
        field = pilot.app.screen.query_one(CommandInput)
        field.value = f"leaked: {key}"
        assert key not in field.value
        field.value = key
        assert field.value == f"jw_{issued.key.id}"
        await sees(pilot, "Website")
        assert key[16:40] not in screen_text(pilot)


async def test_it_goes_to_another_workspace_of_the_same_person(house: House) -> None:
    house.store.operator.add_workspace("Acme Labs", "alice@acme.example", Secret(PASSWORD))
    house.create("Website")
    async with opened(console(house, workspace="acme-events"), LARGE, shows="Website") as pilot:
        await press(pilot, "ctrl+p")
        await type_in(pilot, "labs")
        await sees(pilot, "Go to this workspace, on pro")
        await press(pilot, "enter")
        await sees(pilot, "No keys yet")
        await sees(pilot, "Acme Labs")


def _current(pilot: Pilot[None]) -> str | None:
    key = table(pilot).current
    return key.name if key else None
