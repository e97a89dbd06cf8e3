"""Chromium approves, and goes on wherever assistants wait; and the Inspector's own page."""

import json
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from store.domain.clock import FixedClock, SystemClock
from tests.assistants.browser.inspector import looked_at
from tests.assistants.clients.programs import INSPECTOR
from tests.assistants.table import Row, unstopped
from tests.assistants.walking import walking
from tests.house import PASSWORD, build, granted_scopes
from tests.packages import node_modules, run
from tests.verifier.serving import Served, serving

HERE = Path(__file__).parent
_PLAIN: dict[str, int] = {"width": 1280, "javaScriptEnabled": True, "keyboard": False}
PEOPLE: dict[str, dict[str, int]] = {
    "a mouse": _PLAIN,
    "a keyboard alone": {**_PLAIN, "keyboard": True},
    "a telephone": {**_PLAIN, "width": 360},
    "no JavaScript": {**_PLAIN, "javaScriptEnabled": False},
}


class Waiting(BaseHTTPRequestHandler):
    """An assistant's callback: it goes on to another origin, to a scheme, or stays."""

    onward = ""

    def do_GET(self) -> None:
        """Answer as the path says."""
        if self.path.startswith("/onward"):
            self.send_response(302)
            self.send_header("Location", self.onward)
        else:
            self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
        """Say nothing."""


class _Six(HTTPServer):
    address_family = socket.AF_INET6


@contextmanager
def _waiting(host: str, onward: str = "") -> Iterator[int]:
    handler = type("One", (Waiting,), {"onward": onward})
    kind = _Six if ":" in host else HTTPServer
    with kind((host, 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


def rows() -> Iterator[Row]:
    """Try each callback with each person, and the Inspector's page."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        why = "not to be had: apt-get install chromium"
        yield Row("the browser", "Chromium", why, well=False, skipped=True)
        return
    version = run(program, "--version", cwd=HERE).strip()
    packages = node_modules(HERE / "package.json")
    with tempfile.TemporaryDirectory() as name, _waiting("127.0.0.1") as other:
        folder = Path(name)
        for script in HERE.glob("*.mjs"):
            shutil.copy(script, folder)
        (folder / "node_modules").symlink_to(packages)
        house = build(folder)
        assert isinstance(house.clock, FixedClock)
        house.clock.advance(SystemClock().now() - house.clock.now())
        elsewhere = f"http://127.0.0.1:{other}/there"
        with (
            serving(house, folder / "stderr") as server,
            server.client() as client,
            _waiting("127.0.0.1", elsewhere) as moving,
            _waiting("127.0.0.1", "vscode://vscode.mcp/callback") as opening,
            _waiting("::1") as six,
        ):
            served = Served(house, server, client)
            callbacks = {
                "the same machine": (f"http://127.0.0.1:{moving}/stay", "/stay?"),
                "on to another origin": (f"http://127.0.0.1:{moving}/onward", elsewhere),
                "on to a program": (f"http://127.0.0.1:{opening}/onward", "/onward?"),
                "[::1]": (f"http://[::1]:{six}/stay", "[::1]"),
                "a program's scheme": ("cursor://anysphere.cursor/callback", "cursor://"),
            }
            for callback, (address, arrives) in callbacks.items():
                wrong = {}
                for person, how in PEOPLE.items():
                    told = _approved(served, folder, program, address, how)
                    if not _arrives(told, how, arrives):
                        wrong[person] = told
                came = str(wrong) if wrong else f"arrives: {', '.join(PEOPLE)}"
                yield Row(f"callback: {callback}", version, came, well=not wrong)
            stays = f"http://127.0.0.1:{moving}/stay"
            wrong = {}
            for person, how in PEOPLE.items():
                told = _noticed(served, folder, program, stays, how)
                if told["kept"] != "alice@acme.ex" or not _arrives(told, how, "/stay?"):
                    wrong[person] = told
            came = str(wrong) if wrong else f"noticed, nothing typed is lost: {', '.join(PEOPLE)}"
            yield Row("approved in the console meanwhile", version, came, well=not wrong)
            yield from unstopped(looked_at(served, folder, program), INSPECTOR.name)


def _arrives(told: dict[str, Any], how: dict[str, int], where: str) -> bool:
    """Return whether somebody arrives there, refused by no policy, on a page that fits."""
    places = [*told["went"], told["at"], str(told["link"])]
    refused = any("Content Security Policy" in one for one in told["refused"])
    return any(where in one for one in places) and not refused and told["wide"] <= how["width"]


def _approved(
    served: Served, folder: Path, program: str, address: str, how: dict[str, int]
) -> dict[str, Any]:
    given = {"email": "alice@acme.example", "password": PASSWORD, "program": program}
    given["url"] = _asking(served, address)
    said = run("node", "approve.mjs", json.dumps({**given, **how}), cwd=folder)
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def _noticed(
    served: Served, folder: Path, program: str, address: str, how: dict[str, int]
) -> dict[str, Any]:
    given = json.dumps({"url": _asking(served, address), "program": program, **how})
    command = ["node", "notice.mjs", given]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as person:
        assert person.stdout is not None
        ask_id = person.stdout.readline().strip()[-12:]
        asks, alice = served.house.store.authorization_requests, served.house.alice
        asks.approve(alice, ask_id, granted_scopes("events:read"), "30d").unwaited()
        found: dict[str, Any] = json.loads(person.stdout.read())
    return found


def _asking(served: Served, address: str) -> str:
    """Return where an assistant that waits at an address sends its browser."""
    with walking(served) as walk:
        assert walk.register("Claude", address).status_code == 201
        query = walk.wanted(redirect_uri=address)
        return str(walk.browser.build_request("GET", "/oauth/authorize", params=query).url)
