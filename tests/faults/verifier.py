"""One `keydeck serve`, as an operator would start it."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.faults.network import ROOT
from tests.house import House
from tests.postgres import OWNER


class Verifier:
    """A process that verifies, and reaches PostgreSQL at a port of some host."""

    def __init__(
        self,
        house: House,
        port: int,
        log: Path,
        *,
        lease: str | None = None,
        reached_at: str = "127.0.0.1",
        listening: str = "127.0.0.1",
        within: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start it. `within` is a command that runs another one, such as `ip netns exec …`."""
        # No TLS: the line in between tells one message of the server from another.
        store = (
            f"postgresql+psycopg://{OWNER}@{reached_at}:{port}/"
            f"{house.store.database.url.database}?sslmode=disable&gssencmode=disable"
        )
        arguments = ["serve", "--host", listening, "--port", "0"]
        arguments += ["--lease", lease] if lease else []
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [*within, sys.executable, "-m", "console", *arguments],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=ROOT,
                env={
                    **os.environ,
                    **(environment or {}),
                    "KEYDECK_STORE": store,
                    "KEYDECK_PEPPER_FILE": str(house.pepper_path),
                    "PYTHONUTF8": "1",
                },
            )
        self._log = log
        self.address = ""

    def await_ready(self) -> None:
        """Wait until it accepts connections; then it has its address, as `host:port`."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert " on http://" in line, self._log.read_text("utf-8")
        self.address = line.partition(" on http://")[2].partition(" ")[0]

    def pause(self) -> None:
        """Stop it where it is."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on where it was."""
        self.process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """Make sure that it has ended."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
