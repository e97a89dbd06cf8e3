"""Every use case and every command, each with its processor time and the rows read for it."""

import asyncio
import functools
import inspect
import io
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, suppress
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from click import ClickException

from store.domain.people import Plan
from store.errors import KeydeckError
from tests.benchmarks.processor import server_seconds
from tests.commands.driven import Reader, call
from tests.commands.examples import EXAMPLES, furnish
from tests.growth.asking import ask_everything
from tests.growth.test_flat import by_name
from tests.growth.work import Tally, tallied
from tests.house import PASSWORD, House
from tests.invariants.everything import MUTATIONS
from tests.invariants.reading import read_everything
from tests.invariants.use_cases import services, use_cases

PARTS = ("commands", "reads", "mutations", "requests")
_FIRST = (
    *("keys scope", "connections scope", "rotations extend", "rotations show"),
    *("people role", "people password", "people offboarding keep"),
)
"""Before what ends that of which they are an example."""
_LAST, _AFTERWARDS = "audit archive", "archive the audit"
"""What takes most of the audit away, and what would stand in its way."""

Costs = dict[str, tuple[float, int]]
"""By case: milliseconds of processor time, and how much was read for it."""


class Measuring:
    """What the cases cost that are carried out while it is entered."""

    def __init__(self, server: psutil.Process | None) -> None:
        self.spent: dict[str, list[float]] = {}
        self.read: dict[str, list[int]] = {}
        self.tally: Tally | None = None
        self._server = server
        self._inside = False

    @contextmanager
    def case(self, name: str) -> Iterator[None]:
        """Measure one; what is called inside another is part of that."""
        if self._inside:
            yield
            return
        self._inside = True
        begun, read = self._seconds(), self.tally.total if self.tally else 0
        try:
            yield
        finally:
            self._inside = False
            if self.tally is None:
                self.spent.setdefault(name, []).append(1000 * (self._seconds() - begun))
            else:
                self.read.setdefault(name, []).append(self.tally.total - read)

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count what is read, which slows down what is counted."""
        with tallied() as self.tally:
            yield
        self.tally = None

    def costs(self) -> Costs:
        """Return the medians."""
        return {
            name: (median(spent), round(median(self.read.get(name, [0]))))
            for name, spent in self.spent.items()
        }

    def _seconds(self) -> float:
        return time.process_time() + server_seconds(self._server)


def measure(
    house: House, folder: Path, measuring: Measuring, parts: Sequence[str], wanted: str, times: int
) -> None:
    """Carry parts of all out on a store, some times, and measure what has a word in its name.

    What ends something for good is done once; it is a store of its own.
    """
    os.environ["KEYDECK_PEPPER_FILE"] = str(house.pepper_path)
    os.environ["KEYDECK_PASSWORD"] = PASSWORD
    folder.mkdir(parents=True)
    with _use_cases(measuring, wanted):
        if "commands" in parts:
            furnish(house)
            for name in (*_FIRST, *(name for name in EXAMPLES if name not in (*_FIRST, _LAST))):
                _command(house, measuring, folder, name, wanted)
        if "reads" in parts:
            for _ in range(times):
                read_everything(house)
        if "mutations" in parts:
            by_name(house)
            for mutation in [one for one in MUTATIONS if one.name != _AFTERWARDS] * times:
                # Whoever was let in is not let in again.
                with suppress(KeydeckError):
                    mutation.call(house, mutation.prepare(house))
        for _ in range(times if "requests" in parts else 0):
            with measuring.case("every kind of request"):
                asyncio.run(ask_everything(house))
        if "commands" in parts:
            _command(house, measuring, folder, _LAST, wanted)
            [afterwards] = [one for one in MUTATIONS if one.name == _AFTERWARDS]
            afterwards.call(house, afterwards.prepare(house))


def _command(house: House, measuring: Measuring, folder: Path, name: str, wanted: str) -> None:
    if wanted not in f"keydeck {name}":
        return
    try:
        asked = EXAMPLES[name](house, folder)
        with measuring.case(f"`keydeck {name}`"), redirect_stderr(io.StringIO()):
            call(house, asked, Reader())
    except (KeydeckError, ClickException) as error:
        print(f"keydeck {name}: {error}", file=sys.stderr)
    # One of them takes it away.
    house.store.operator.set_plan("acme-events", Plan.PRO)


@contextmanager
def _use_cases(measuring: Measuring, wanted: str) -> Iterator[None]:
    """Measure each use case wherever it is called."""
    before = []
    for service, kind in services().items():
        for name in use_cases(kind):
            if wanted in f"{service}.{name}":
                real = vars(kind)[name]
                before.append((kind, name, real))
                setattr(kind, name, _watched(measuring, f"{service}.{name}", real))
    try:
        yield
    finally:
        for kind, name, real in before:
            setattr(kind, name, real)


def _watched(measuring: Measuring, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(real)
    def watched(*given: Any, **named: Any) -> Any:
        with measuring.case(name):
            result = real(*given, **named)
            # What is read while it is asked for is asked for here.
            return iter(list(result)) if inspect.isgenerator(result) else result

    return watched
