"""An admin's desk: a store, its verifier on a socket, and a command line beside it."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.house import PASSWORD, House
from tests.terminal.screen import surroundings
from tests.verifier.serving import PATIENCE_S


@dataclass(frozen=True)
class Desk:
    """Everything is done as Alice of Acme Events, unless somebody else is named."""

    house: House
    api: str
    folder: Path

    def keydeck(
        self, *arguments: str, exits: int = 0, email: str = "alice@acme.example"
    ) -> subprocess.CompletedProcess[str]:
        """Run a command line in a process of its own, and see how it ended."""
        done = subprocess.run(
            [sys.executable, "-m", "console", *arguments],
            env=surroundings(
                self.folder,
                KEYDECK_STORE=self.house.url,
                KEYDECK_PEPPER_FILE=str(self.house.pepper_path),
                KEYDECK_AS=email,
                KEYDECK_PASSWORD=PASSWORD,
            ),
            cwd=self.folder,
            capture_output=True,
            text=True,
        )
        assert done.returncode == exits, (arguments, done.stdout, done.stderr)
        return done

    def json(self, *arguments: str, **more: Any) -> Any:
        """Run a command line with --json, and return what it printed."""
        return json.loads(self.keydeck(*arguments, "--json", **more).stdout)

    def ask(self, path: str, key: str | None = None, **more: Any) -> httpx.Response:
        """Send a request as an integration does."""
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        headers |= more.pop("headers", {})
        method = more.pop("method", "GET")
        with httpx.Client(trust_env=False, timeout=PATIENCE_S) as client:
            return client.request(method, f"{self.api}{path}", headers=headers, **more)
