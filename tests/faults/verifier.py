"""One `keydeck serve`, as an operator would start it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.faults.network import ROOT
from tests.faults.stands import Place


class Verifier:
    """A process that verifies, and those it starts."""

    def __init__(
        self,
        url: str,
        pepper_path: Path,
        log: Path,
        *,
        lease: str | None = None,
        workers: int = 1,
        place: Place | None = None,
    ) -> None:
        """Start it on a store, with its errors in `log`."""
        place = place or Place()
        arguments = ["serve", "--host", place.reached_at, "--port", "0"]
        arguments += ["--workers", str(workers), *(("--lease", lease) if lease else ())]
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
                    "KEYDECK_STORE": url,
                    "KEYDECK_PEPPER_FILE": str(pepper_path),
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

    def stop(self) -> None:
        """Let it end as an operator would: it gives up its lease."""
        self.process.terminate()
        self.process.wait()

    def end(self) -> None:
        """Make sure that it has ended; several workers see that the first process has."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
