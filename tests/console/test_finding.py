"""Jumping to a key by pasting any part of it, wherever one is, and leaving no secret behind."""

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from console.widgets.filter_bar import FilterBar
from store.domain.key_string import mint
from tests.console.driving import (
    LARGE,
    console,
    looked_again,
    opened,
    over,
    press,
    screen_text,
    sees,
    table,
    type_in,
    until,
)
from tests.house import House

pytestmark = pytest.mark.anyio


def current(pilot: Pilot[None]) -> str | None:
    """Return the current key's name."""
    key = table(pilot).current
    return key.name if key else None


async def test_a_leaked_key_pasted_on_the_table_is_gone_to_though_the_filter_hides_it(
    house: House,
) -> None:
    for number in range(40):
        house.create(f"Key {number:02}")
    leaked = house.create("Website").secret.reveal()
    async with opened(console(house), shows="Key 00") as pilot:
        await press(pilot, "slash")
        await type_in(pilot, "key")
        await press(pilot, "enter")
        await until(pilot, lambda: table(pilot).total == 40, "the filtered list")
        pilot.app.post_message(Paste(f"12:00 error\n  Authorization: Bearer {leaked}\n"))
        await until(pilot, lambda: current(pilot) == "Website", "the key")
        await sees(pilot, "Website")
        assert leaked[17:30] not in screen_text(pilot)
        await press(pilot, "3")
        await sees(pilot, "created key")
        pilot.app.post_message(Paste(house.store.keys.show(house.alice, "Key 07").id))
        await until(pilot, lambda: current(pilot) == "Key 07", "from another tab")
        await over(pilot, "keep")
    for file in house.pepper_path.parent.iterdir():
        assert leaked.split("_")[2].encode() not in file.read_bytes()


async def test_words_find_one_key_or_filter_and_what_finds_nothing_is_not_shown(
    house: House,
) -> None:
    for name in ("Web one", "Web two", "Zapier: orders"):
        house.create(name)
    async with opened(console(house), shows="Web two") as pilot:
        pilot.app.post_message(Paste("Zapier: orders\n"))
        await until(pilot, lambda: current(pilot) == "Zapier: orders", "the key")
        pilot.app.post_message(Paste("correct horse battery"))
        await sees(pilot, "No key has what was pasted in its id, its name or a holder's.")
        assert "horse" not in screen_text(pilot)
        pilot.app.post_message(Paste(mint("jw", "AAAAAAAAAAA1").key.reveal()))
        await sees(pilot, "No key of this workspace has the id jw_AAAAAAAAAAA1.")
        pilot.app.post_message(Paste("web"))
        await until(pilot, lambda: table(pilot).total == 2, "both")
        assert table(pilot).has_focus


async def test_what_is_pasted_brings_no_control_character_to_the_screen(house: House) -> None:
    house.create("Alpine")
    house.create("Pine")
    app = console(house)
    async with opened(app, LARGE, shows="Pine") as pilot:
        app.screen.post_message(Paste("ne\x00\x1b]52;c;aGk=\x07"))
        await over(pilot, "verbs")
        await looked_again(pilot)
        strips = app.screen._compositor.render_strips()
        assert not any("\x1b" in segment.text for strip in strips for segment in strip)
        app.screen.query_one(FilterBar).field.value = "a\x1b]52;c;aGk=\x07"
        await sees(pilot, "No key matches")
        strips = app.screen._compositor.render_strips()
        assert not any("\x1b" in segment.text for strip in strips for segment in strip)


async def test_of_several_keys_in_a_line_the_one_that_is_meant_is_chosen(house: House) -> None:
    first, second = house.create("Website"), house.create("Zapier")
    stranger = mint("jw").key.reveal()
    line = f"{stranger} {first.secret.reveal()},{second.secret.reveal()} {first.secret.reveal()}"
    async with opened(console(house), shows="Zapier") as pilot:
        pilot.app.post_message(Paste(line))
        await sees(pilot, "2 keys of this workspace were pasted")
        assert second.secret.reveal()[17:30] not in screen_text(pilot)
        await press(pilot, "down", "enter")
        await until(pilot, lambda: current(pilot) == "Zapier", "the key")
        pilot.app.post_message(Paste(stranger))
        await sees(pilot, "No key of this workspace has the id jw_")
