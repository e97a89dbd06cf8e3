"""Taking steps: those of a story, or whatever comes."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from store.domain.clock import FixedClock
from tests.house import NOON, House, moved_in
from tests.vouching.looking import Found
from tests.vouching.machine import STEPS, Vouching


def tell(pattern: House, steps: Sequence[tuple[str, dict[str, object]]]) -> None:
    """Take some steps, and look after each. Raises Found.

    `pattern` is a house on SQLite that nobody has open.
    """
    with tempfile.TemporaryDirectory(prefix="keydeck-") as folder:

        class Telling(Vouching):
            @staticmethod
            def open() -> tuple[House, House]:
                return _pair(pattern, Path(folder))

        told = Telling()
        try:
            for name, given in steps:
                getattr(told, name)(**given)
                told.everybody_acts_where_somebody_vouched_for_them_alone()
                told.bolt_sees_the_same_as_if_acme_had_never_heard_of_them()
        finally:
            told.teardown()


def _pair(pattern: House, folder: Path) -> tuple[House, House]:
    pair = []
    for name in ("here", "twin"):
        place = Path(tempfile.mkdtemp(prefix=name, dir=folder))
        pair.append(moved_in(pattern, place, FixedClock(NOON)))
    return pair[0], pair[1]


def search(
    pattern: House, examples: int, *, seeded: int = 1, steps: int = STEPS
) -> tuple[str | None, int]:
    """Return what was found in so many examples, None for nothing, and how many steps were tried.

    `pattern` is a house on SQLite that nobody has open.
    """
    with tempfile.TemporaryDirectory(prefix="keydeck-") as folder:
        within = Path(folder)

        def opened() -> tuple[House, House]:
            # One example at a time: what the one before left behind goes.
            for one in within.iterdir():
                shutil.rmtree(one, ignore_errors=True)
            return _pair(pattern, within)

        taken = 0

        class Searching(Vouching):
            open = staticmethod(opened)

            def step_was_taken(self) -> None:
                nonlocal taken
                taken += 1

        try:
            run_state_machine_as_test(
                seed(seeded)(Searching),
                settings=settings(
                    max_examples=examples,
                    stateful_step_count=steps,
                    deadline=None,
                    database=None,
                    derandomize=False,
                    phases=(Phase.generate,),
                    suppress_health_check=list(HealthCheck),
                    verbosity=Verbosity.quiet,
                    report_multiple_bugs=False,
                ),
            )
        except Found as found:
            return str(found), taken
    return None, taken
