"""`python -m tests.assistants.browser`: Chromium approves, and goes on wherever assistants wait."""

import json
import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from store.domain.clock import FixedClock, SystemClock
from tests.assistants.browser.inspector import looked_at
from tests.assistants.walking import walking
from tests.house import PASSWORD, build
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


def main() -> int:
    """Try each callback with each person, and the Inspector's page; 1 where one does not arrive."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        print("There is no Chromium here: apt-get install chromium.", file=sys.stderr)
        return 1
    packages = node_modules(HERE / "package.json")
    bad = 0
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
                for person, how in PEOPLE.items():
                    told = _approved(served, folder, program, address, how)
                    places = [*told["went"], told["at"], str(told["link"])]
                    wrong = [one for one in told["refused"] if "Content Security Policy" in one]
                    wide = told["wide"] > how["width"]
                    well = any(arrives in one for one in places) and not wrong and not wide
                    bad += not well
                    print(f"{callback} · {person}: {'arrives' if well else told}")
            try:
                print(looked_at(served, folder, program))
            except AssertionError as error:
                bad += 1
                print(f"MCP Inspector, its page: {error}")
    return 1 if bad else 0


def _approved(
    served: Served, folder: Path, program: str, address: str, how: dict[str, int]
) -> dict[str, Any]:
    with walking(served) as walk:
        assert walk.register("Claude", address).status_code == 201
        query = walk.wanted(redirect_uri=address)
        url = str(walk.browser.build_request("GET", "/oauth/authorize", params=query).url)
    given = {"url": url, "email": "alice@acme.example", "password": PASSWORD, "program": program}
    said = run("node", "approve.mjs", json.dumps({**given, **how}), cwd=folder)
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


if __name__ == "__main__":
    raise SystemExit(main())
