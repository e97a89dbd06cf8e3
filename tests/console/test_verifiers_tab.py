"""The Verifiers tab: who serves, who is in trouble and what to do, live."""

import pytest
from sqlalchemy import text

from store.persistence.database import Database
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
        await sees(pilot, "web-1 (4711) at 10.0.3.7:8080 reads each key anew")
        tell(database, "web-2", seen_at=now - 60_000)
        await sees(pilot, "✕ Gone")
        tell(database, "web-0", seen_at=now - 10_000)
        await sees(pilot, "◔ Behind")
        shown = screen_text(pilot)
        assert shown.index("✕ Gone") < shown.index("◔ Behind") < shown.index("● Serving")
        assert "none" in shown
        assert ("10.0.3.7:8080" in shown) is (size[0] == 140)
        # Nobody has moved: what stands first is what is said.
        await sees(pilot, "web-2 (4711) has told nothing for 1 min. Start it again")
        await press(pilot, "down")
        await sees(pilot, "web-0 (4711) has told nothing for 10 s. Look at its machine")
        await press(pilot, "end")
        await sees(pilot, "web-2 (4711) is gone. web-1 (4711) at 10.0.3.7:8080 reads each key anew")


async def test_of_a_store_that_cannot_be_read_nobody_is_said_to_serve(house: House) -> None:
    database = house.store.database
    tell(database, "web-1", seen_at=house.clock.now())
    async with opened(console(house), shows="No keys") as pilot:
        await press(pilot, "5")
        await sees(pilot, "● Serving")
        rename(database, "verifiers", "elsewhere")
        await sees(pilot, "? Unknown")
        await sees(pilot, ": nobody knows what came of them.")
        assert "Serving" not in screen_text(pilot)
        rename(database, "elsewhere", "verifiers")
        await sees(pilot, "● Serving")


async def test_whoever_was_replaced_stands_last_and_need_not_be_started(house: House) -> None:
    now = house.clock.now()
    tell(house.store.database, "old", host="web-1", seen_at=now - 60_000)
    tell(house.store.database, "new", host="web-1", process=12, started_at=now, seen_at=now)
    async with opened(console(house), shows="No keys") as pilot:
        await press(pilot, "5")
        await sees(pilot, "web-1 (12) at 10.0.3.7:8080 reads each key anew")
        await press(pilot, "end")
        await sees(pilot, "web-1 (4711) is gone, replaced by web-1 (12).")


def rename(database: Database, table: str, to: str) -> None:
    """Take a table away from under a console, or bring it back."""
    with database.writing() as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO {to}"))


async def test_members_see_no_verifier(house: House) -> None:
    tell(house.store.database, "web-1", seen_at=house.clock.now())
    house.add_member()
    app = console(house, email="mia@acme.example")
    async with opened(app, shows="Only workspace admins") as pilot:
        await press(pilot, "5")
        await sees(pilot, "see the verifiers")
        await until(pilot, lambda: "web-1" not in screen_text(pilot), "no host")


async def test_x_forgets_one_that_is_gone_and_says_of_one_that_lives_why_not(house: House) -> None:
    now = house.clock.now()
    tell(house.store.database, "web-1", seen_at=now - 60_000)
    tell(house.store.database, "web-2", seen_at=now)
    async with opened(console(house), shows="No keys") as pilot:
        await press(pilot, "5")
        await sees(pilot, "✕ Gone")
        await press(pilot, "X")
        await sees(pilot, "Forget web-1 (4711)?")
        await press(pilot, "tab", "enter")
        await sees(pilot, "Off the list: web-1 (4711).")
        await until(pilot, lambda: "✕ Gone" not in screen_text(pilot), "it is off the list")
        await press(pilot, "X")
        await sees(pilot, "is not gone")
    assert [one.id for one in house.store.verifiers.all(house.alice)] == ["web-2"]
