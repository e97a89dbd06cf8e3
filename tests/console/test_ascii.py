"""`--ascii`, looked at screen by screen."""

import pytest
from rich.cells import cell_len

from console.text.plain import spelt
from tests.console.driving import LARGE, console, opened, press, screen_text, sees
from tests.house import House

pytestmark = pytest.mark.anyio

SCREENS = {
    ("X",): "cannot be undone",
    ("n",): "1 of 3",
    ("r",): "Overlap",
    ("c",): "The next 90 days",
    ("question_mark",): "What the keys do",
    ("ctrl+p",): "create a key",
    ("slash", *"nope"): "No key matches",
}


@pytest.mark.parametrize(
    ("line", "spelt_out"),
    [
        ("Copying…    ", "Copying... "),
        ("Copying…", "Copyin.."),
        ("Warehouse s…  events:r", "Warehouse s.. events:r"),
        ("Warehouse s… events:r", "Warehouse .. events:r"),
        ("倉庫… x", "倉庫. x"),
        ("“é” ─ •", '"é" - ~'),
    ],
)
def test_an_ellipsis_takes_the_room_there_is_and_no_cell_more(line: str, spelt_out: str) -> None:
    assert spelt(line).rstrip() == spelt_out.rstrip()
    assert cell_len(spelt(line)) == cell_len(line)


async def test_nothing_is_drawn_that_is_not_ascii(house: House) -> None:
    house.create("Website")
    house.store.keys.revoke(house.alice, house.create("Old site").key.id)
    async with opened(console(house, ascii_only=True), LARGE, shows="Old site") as pilot:
        assert screen_text(pilot).isascii()
        for keys, text in SCREENS.items():
            await press(pilot, *keys)
            await sees(pilot, text)
            drawn = screen_text(pilot)
            assert drawn.isascii(), [char for char in drawn if not char.isascii()]
            await press(pilot, "escape")
            await sees(pilot, "Old site")
