"""Each assistant, one after the other, and what came of each step."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from store.domain.clock import FixedClock, SystemClock
from tests.assistants.clients.programs import PROGRAMS, Program
from tests.assistants.clients.story import STEPS, WORKED, Told, told
from tests.assistants.table import Row, unstopped
from tests.house import build
from tests.verifier.serving import Served, serving


def rows(names: Sequence[str] = ()) -> Iterator[Row]:
    """Try those of these names, or all without any."""
    for program in PROGRAMS:
        if not names or program.name in names:
            yield from unstopped(_tried(program), program.name)


def _tried(program: Program) -> Iterator[Row]:
    # A home of its own, and a house: nobody uses up what another may do in an hour.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        house = build(folder)
        assert isinstance(house.clock, FixedClock)
        house.clock.advance(SystemClock().now() - house.clock.now())
        with serving(house, folder / "stderr") as server, server.client() as client:
            found = told(program, Served(house, server, client), folder / "home")
    missing = found.steps.get("not to be had")
    came = f"not to be had: {missing}" if missing else _said(found)
    yield Row(program.name, program.package, came, found.well, skipped=bool(missing))


def _said(found: Told) -> str:
    """Return the steps that worked, and what came of each other."""
    worked = [step for step in STEPS if found.steps.get(step) == WORKED]
    others = [f"{step}: {said}" for step, said in found.steps.items() if said != WORKED]
    missing = [f"{step}: not reached" for step in STEPS if step not in found.steps]
    return "; ".join([f"{WORKED}: {', '.join(worked) or 'none'}", *others, *missing])
