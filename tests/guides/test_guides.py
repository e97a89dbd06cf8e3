"""Each guide, word for word: the very keys that another system made open what they are to.

Kong and Unkey cannot be had here: their files are written as their manuals have them.
"""

import base64
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from secrets import token_hex, token_urlsafe

import pytest
import yaml

from store.domain.clock import FixedClock, SystemClock
from tests.conftest import MoveIn
from tests.house import PASSWORD
from tests.packages import node_modules, run
from tests.test_walls import ROOT
from tests.verifier.serving import Served, eventually, serving

HERE = Path(__file__).parent
GUIDES = ROOT / "console" / "topics"
PYTHON = sys.executable
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

Made = dict[str, str]
"""Keys by name; none whose name begins with `gone` comes along."""


def drf(folder: Path) -> Made:
    """Make keys in a Django project."""
    shutil.copy(HERE / "drf_manage.py", folder / "manage.py")
    run(PYTHON, "manage.py", "migrate", "-v", "0", cwd=folder)
    shutil.copy(HERE / "drf_make.py", folder)
    return _made(run("sh", "-c", f"{PYTHON} manage.py shell -v 0 < drf_make.py", cwd=folder))


def keyshield(folder: Path) -> Made:
    """Make keys by keyshield's service, with either hasher."""
    pepper = token_hex(16)
    (folder / "pepper.txt").write_text(f"{pepper}\n")
    return _made(run(PYTHON, HERE / "keyshield_make.py", "keys.db", pepper, cwd=folder))


def betterauth(folder: Path) -> Made:
    """Make keys by better-auth's plugin."""
    modules = node_modules(HERE / "package.json", "--legacy-peer-deps")
    table = folder / "apikey.json"
    return _made(run("node", HERE / "betterauth_make.mjs", table, cwd=modules.parent))


def kong(folder: Path) -> Made:
    """Write a declarative file, a credential in each of the places where one may stand."""
    made = {"billing": token_urlsafe(24), "shop": token_urlsafe(24)}
    told = {
        "_format_version": "3.0",
        "consumers": [
            {"username": "billing", "keyauth_credentials": [{"key": made["billing"]}]},
            {"id": "6d2f", "username": "shop"},
        ],
        "keyauth_credentials": [{"consumer": "6d2f", "key": made["shop"]}],
    }
    (folder / "kong.yaml").write_text(yaml.safe_dump(told))
    return made


def unkey(folder: Path) -> Made:
    """Write what Unkey keeps of keys, in both ways in which it is written."""
    made = {name: f"acme_{token_urlsafe(16)}" for name in ("Billing", "Shop", "gone: off")}
    rows: list[dict[str, object]] = []
    for name, key in made.items():
        digest = base64.b64encode(hashlib.sha256(key.encode()).digest()).decode()
        written = {"value": digest, "variant": "sha256_base64"} if name == "Shop" else digest
        rows.append({"name": name, "hash": written, "permissions": ["events.read"]})
    rows[1]["expires"] = int((datetime.now(UTC).timestamp() + 86_400) * 1000)
    rows[2]["enabled"] = False
    (folder / "unkey.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return made


def _made(said: str) -> Made:
    made: Made = json.loads(said)
    return made


@pytest.fixture(scope="module")
def serves(move_in: MoveIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served store."""
    folder = tmp_path_factory.mktemp("guides")
    with (
        move_in(folder, FixedClock(SystemClock().now())) as house,
        serving(house, folder / "stderr") as server,
        server.client() as client,
    ):
        yield Served(house, server, client)


@pytest.mark.parametrize("source", [drf, keyshield, betterauth, kong, unkey])
def test_keys_of_another_system_go_on_working_once_its_guide_was_followed(
    serves: Served, tmp_path: Path, source: Callable[[Path], Made]
) -> None:
    house = serves.house
    made = source(tmp_path)
    alive = {name: key for name, key in made.items() if not name.startswith("gone")}
    blocks = dict(_BLOCK.findall((GUIDES / f"{source.__name__}.md").read_text("utf-8")))
    script = "export.mjs" if "js" in blocks else "export.py"
    (tmp_path / script).write_text(blocks["js" if "js" in blocks else "python"])
    said = run(
        *("sh", "-e", "-c", blocks["sh"]),
        cwd=tmp_path,
        PATH=f"{Path(PYTHON).parent}:{os.environ['PATH']}",
        KEYDECK_STORE=house.url,
        KEYDECK_PEPPER_FILE=str(house.pepper_path),
        KEYDECK_AS=house.alice.email,
        KEYDECK_PASSWORD=PASSWORD,
    )
    assert said == ""
    for name, key in alive.items():
        eventually(partial(_opens, serves, key))
        told = serves.ask("/verify?scope=events:read", key).json()
        assert told["name"].startswith(name)
        assert told["scopes"] == ["events:read"]
        assert ("Shop" in name) == (told["expires_at"] is not None)
        assert serves.ask("/verify", key[:-1] + "_").status_code in (401, 503)
    for key in made.keys() - alive.keys():
        assert not _opens(serves, made[key])
    eventually(lambda: _all_moved(serves))


def _all_moved(serves: Served) -> bool:
    arrived = serves.house.store.imports.arrived(serves.house.alice)
    return arrived.moved == arrived.imported


def _opens(serves: Served, key: str) -> bool:
    return serves.ask("/verify", key).status_code == 200
