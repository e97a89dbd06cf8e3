"""The lines between verifiers and PostgreSQL, as a test works them: see `proxy`."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from tests.faults.proxy import Mode

ROOT = Path(__file__).parents[2]


class Network:
    """Several lines to one server."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.ports: list[int] = json.loads(_pipe(process.stdout).readline())
        """One for each line."""

    def behave(self, mode: Mode, *lines: int) -> None:
        """Let lines, by default all, behave so from now on."""
        for line in lines or range(len(self.ports)):
            self._order(line=line, mode=mode.value)

    def lead_to(self, folder: Path) -> None:
        """Let every new connection lead to the server whose socket is in a folder."""
        for line in range(len(self.ports)):
            self._order(line=line, to=socket_in(folder))

    def _order(self, **order: Any) -> None:
        _pipe(self._process.stdin).write(json.dumps(order) + "\n")
        _pipe(self._process.stdin).flush()
        assert _pipe(self._process.stdout).readline() == "done\n"


@contextmanager
def network(folder: Path, lines: int) -> Iterator[Network]:
    """Give lines to the server whose socket is in a folder."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.proxy", socket_in(folder), str(lines)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        try:
            yield Network(process)
        finally:
            process.kill()


def socket_in(folder: Path) -> str:
    """Return the path of the socket that PostgreSQL has in a folder."""
    return str(folder / ".s.PGSQL.5432")


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe
