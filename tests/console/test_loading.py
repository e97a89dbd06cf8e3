"""What is not loaded where somebody waits: for the console's first frame, for sshd's answer."""

import json
import subprocess
import sys

from store.domain.listing import View
from tests.house import House
from tests.invariants.prepared import public_key
from tests.invariants.use_cases import services

STARTED = """
import json, os, sys
from pathlib import Path
import console.app, console.loading
from console.launch_options import LaunchOptions
from console.screens import workspace
from console.tabs.keys import KeysTab

# However busy the machine is.
console.loading.LOOK_WITHIN = workspace.DRAWN_WITHIN = 60

url, pepper, guest, when = sys.argv[1:]
app = console.app.KeydeckApp(LaunchOptions(url=url, pepper_path=Path(pepper), guest=int(guest)))

def say():
    tables = [tab.table for tab in app.screen.query(KeysTab)]
    drawn = [table.current.name for table in tables if table.drawn.is_set()]
    print(json.dumps([drawn, sorted(sys.modules)]), flush=True)
    os._exit(0)

async def until_there_are_rows():
    async with app.run_test(size=(80, 24)) as pilot:
        while not [tab for tab in app.screen.query(KeysTab) if tab.current is not None]:
            await pilot.pause(0.02)
        say()

if when == "before the store is loaded":
    console.app.load_store = say
import asyncio
asyncio.run(until_there_are_rows())
"""
LATER = (
    *("console.dialogs", "console.palette", "console.commands", "console.demo", "console.recipes"),
    *("console.screens.set_up", "console.tabs.activity", "console.tabs.connections"),
    *("console.tabs.people", "console.tabs.verifiers", "pyperclip", "click"),
    *("sqlalchemy.orm", "sqlalchemy.dialects.postgresql", "psycopg", "alembic"),
    *("store.verifier", "store.operations.move", "store.operations.scan", "store.sample"),
    *("starlette", "uvicorn", "msgspec", "jinja2", "mcp", "pydantic", "h11", "cryptography"),
)
EARLIER = {"sign_in", "keys", "key_views", "people"}
"""The services by which it is read where a first look is not enough."""
WITH_THEM = {"connections", "offboardings", "right_sizing", "stops", "restrictions", "limits"}
"""The services whose modules those look things up in."""


def started(house: House, when: str) -> tuple[list[str], set[str]]:
    """Return the current key that is drawn, and what is loaded, in a console of its own."""
    house.store.close()
    given = (house.url, str(house.pepper_path), str(house.alice.person_id), when)
    ended = subprocess.run(
        [sys.executable, "-c", STARTED, *given],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    drawn, loaded = json.loads(ended.stdout)
    return drawn, set(loaded)


def of_them(loaded: set[str], named: tuple[str, ...]) -> set[str]:
    return {
        name for name in loaded for later in named if name == later or name.startswith(f"{later}.")
    }


def test_a_guests_keys_are_drawn_before_anything_of_the_use_cases_is_loaded(house: House) -> None:
    house.create("Website")
    drawn, loaded = started(house, "before the store is loaded")
    assert drawn == ["Website"]
    unwanted = (*LATER, "sqlalchemy", "store.service", "store.operations.open", "argon2")
    assert of_them(loaded, unwanted) == set()


def test_the_keys_are_drawn_without_what_they_do_not_need(house: House) -> None:
    house.create("Website")
    # Which keys a filter finds is not asked at a first look.
    house.store.key_views.keep(house.alice, View("web"))
    _, loaded = started(house, "when there are rows")
    assert {"console.tabs.keys", "sqlalchemy.dialects.sqlite"} <= loaded
    served = {name: service.__module__ for name, service in services().items()}
    assert {name for name, module in served.items() if module in loaded} == EARLIER | WITH_THEM
    assert of_them(loaded, LATER) == set()


ASKED = """
import json, sys
from console.commands.entry import run

status = run(sys.argv[1:])
print(json.dumps([status, sorted(sys.modules)]))
"""
NOTHING_OF = (
    *("sqlalchemy", "textual", "rich", "alembic", "argon2", "psycopg", "pydantic", "cryptography"),
    *("store.service", "console.commands.tables"),
)


def test_sshd_has_its_answer_without_what_that_does_not_need(house: House) -> None:
    key = house.store.ssh_keys.add(house.alice.email, public_key(house))
    house.store.close()
    asked = ("--store", house.url, "--pepper-file", str(house.pepper_path), "authorized-keys")
    ended = subprocess.run(
        [sys.executable, "-c", ASKED, *asked, key.fingerprint],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    entry, told = ended.stdout.splitlines()
    status, loaded = json.loads(told)
    assert (status, str(key.public) in entry) == (0, True)
    assert of_them(set(loaded), NOTHING_OF) == set()
