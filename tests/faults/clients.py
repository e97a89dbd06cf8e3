"""The clients of the verifiers, as a test works them: see `asking`."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from tests.faults.asking import RATE
from tests.faults.network import ROOT


class Asked(NamedTuple):
    """One request: see `asking.Asked`."""

    verifier: int
    valid: bool
    key_id: str
    asked: int
    answered: int
    status: int


class Clients:
    """They keep asking with the keys they are told."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._turn = threading.Lock()

    def use(self, valid: Sequence[str], doomed: Sequence[str]) -> None:
        """Ask with these keys from now on, more often with the last ones."""
        self._order(valid=list(valid), doomed=list(doomed))

    def ask_now(self, key: str) -> None:
        """Ask every verifier at once."""
        self._order(now=key)

    def told(self) -> list[Asked]:
        """Return what was asked and is over, since the last time."""
        assert self._process.stdout is not None
        self._order(tell=True)
        return [Asked(*one) for one in json.loads(self._process.stdout.readline())]

    def _order(self, **order: object) -> None:
        assert self._process.stdin is not None
        with self._turn:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()


@contextmanager
def clients(addresses: Sequence[str], rate: float = RATE) -> Iterator[Clients]:
    """Give clients of verifiers, each at `host:port`, that ask so often a second."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.asking", str(rate), *addresses],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        try:
            yield Clients(process)
        finally:
            process.kill()
