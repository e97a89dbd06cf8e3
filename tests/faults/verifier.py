"""One `keydeck serve`, as an operator would start it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.faults.network import ROOT
from tests.faults.places import Place
from tests.house import House
from tests.postgres import OWNER


class Verifier:
    """A process that verifies, and reaches PostgreSQL through a line."""

    def __init__(
        self,
        house: House,
        port: int,
        log: Path,
        *,
        lease: str | None = None,
        place: Place | None = None,
    ) -> None:
        """Start it. `port` is the one at which PostgreSQL is reached."""
        place = place or Place()
        # No TLS: the line in between tells one message of the server from another.
        store = (
            f"postgresql+psycopg://{OWNER}@{place.database_at}:{port}/"
            f"{house.store.database.url.database}?sslmode=disable&gssencmode=disable"
        )
        arguments = ["serve", "--host", place.reached_at, "--port", "0"]
        arguments += ["--lease", lease] if lease else []
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [*place.within, sys.executable, "-m", "console", *arguments],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=ROOT,
                env={
                    **os.environ,
                    **place.environment,
                    "KEYDECK_STORE": store,
                    "KEYDECK_PEPPER_FILE": str(house.pepper_path),
                    "PYTHONUTF8": "1",
                },
            )
        self._log = log
        self.address = ""

    @property
    def host(self) -> str:
        """Where its clients reach it."""
        return self.address.rpartition(":")[0]

    @property
    def port(self) -> int:
        """At which port."""
        return int(self.address.rpartition(":")[2])

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
