"""The Verifiers tab: who serves, who is in trouble and what to do, live."""

import pytest

from tests.console.driving import console, opened, press, screen_text, sees, until
from tests.house import House
from tests.running import tell

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """Textual runs on asyncio."""
    return "asyncio"


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_who_is_in_trouble_stands_first_and_it_is_said_what_to_do(
    house: House, size: tuple[int, int]
) -> None:
    database = house.store.database
    now = house.clock.now()
    async with opened(console(house), size, shows="No keys") as pilot:
        await press(pilot, "5")
        await sees(pilot, "No verifier runs. keydeck serve starts one.")
        # What is told elsewhere shows by itself.
        tell(database, "web-1", seen_at=now, recent_requests=12)
        await sees(pilot, "● Serving")
        await sees(pilot, "web-1 (4711) reads each key anew")
        tell(database, "web-2", seen_at=now - 60_000)
        await sees(pilot, "✕ Gone")
        tell(database, "web-0", seen_at=now - 10_000)
        await sees(pilot, "◔ Behind")
        text = screen_text(pilot)
        assert text.index("✕ Gone") < text.index("◔ Behind") < text.index("● Serving")
        assert "reads through" in text
        assert ("10.0.3.7:8080" in text) is (size[0] == 140)
        # Nobody has moved: what stands first is what is said.
        await sees(pilot, "web-2 (4711) has told nothing for 1 min. Start it again")
        await press(pilot, "down")
        await sees(pilot, "web-0 (4711) has told nothing for 10 s. Look at its machine")
        await press(pilot, "end")
        await sees(pilot, "web-2 (4711) is gone. web-1 (4711) reads each key anew")


async def test_members_see_no_verifier(house: House) -> None:
    tell(house.store.database, "web-1", seen_at=house.clock.now())
    house.add_member()
    app = console(house, email="mia@acme.example")
    async with opened(app, shows="Only workspace admins") as pilot:
        await press(pilot, "5")
        await sees(pilot, "see the verifiers")
        await until(pilot, lambda: "web-1" not in screen_text(pilot), "no host")
