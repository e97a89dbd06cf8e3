"""What is not loaded where somebody waits: for the console's first frame, for sshd's answer."""

import json
import subprocess
import sys

from tests.house import House
from tests.invariants.prepared import public_key
from tests.invariants.use_cases import services

FIRST_FRAME = """
import asyncio, json, sys
from pathlib import Path
from console.app import KeydeckApp
from console.launch_options import LaunchOptions
from console.tabs.keys import KeysTab

url, pepper, guest = sys.argv[1:]
app = KeydeckApp(LaunchOptions(url=url, pepper_path=Path(pepper), guest=int(guest)))

async def until_there_are_rows():
    async with app.run_test(size=(80, 24)) as pilot:
        while not [tab for tab in app.screen.query(KeysTab) if tab.current is not None]:
            await pilot.pause(0.02)
        print(json.dumps(sorted(sys.modules)))

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
"""The services by which the first frame is read."""
WITH_THEM = {"connections", "offboardings", "right_sizing", "stops", "restrictions"}
"""The services whose modules those look things up in."""


def test_the_keys_are_drawn_without_what_they_do_not_need(house: House) -> None:
    house.create("Website")
    house.store.close()
    ended = subprocess.run(
        [
            *(sys.executable, "-c", FIRST_FRAME, house.url),
            *(str(house.pepper_path), str(house.alice.person_id)),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    loaded = set(json.loads(ended.stdout))
    assert {"console.tabs.keys", "sqlalchemy.dialects.sqlite"} <= loaded
    early = {
        name for name in loaded for later in LATER if name == later or name.startswith(f"{later}.")
    }
    served = {name: service.__module__ for name, service in services().items()}
    assert {name for name, module in served.items() if module in loaded} == EARLIER | WITH_THEM
    assert early == set()


ASKED = """
import json, sys
from console.commands.entry import run

status = run(sys.argv[1:])
print(json.dumps([status, sorted(sys.modules)]))
"""
NOTHING_OF = {"textual", "rich", "alembic", "argon2", "psycopg", "pydantic", "cryptography"}


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
    assert [name for name in loaded if name.partition(".")[0] in NOTHING_OF] == []
    served = {name: service.__module__ for name, service in services().items()}
    assert {name for name, module in served.items() if module in loaded} == {"ssh_keys"}
    assert "console.commands.tables" not in loaded
