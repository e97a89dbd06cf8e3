"""A search for something that has ended and works again, by chance."""

import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.house import House
from tests.restores.world import CHANGES, Nothing, Revived, World

STEPS = 24

# Most of what is done is done twice as often: chance needs some keys to try.
_CHANGES = (*CHANGES, "create", "revoke", "rescope", "expire", "rotate", "leave", "join")
_which = st.integers(0, 11)


class Restores(RuleBasedStateMachine):
    """One store, its people and its operator."""

    pattern: House
    moves = True

    def __init__(self) -> None:
        super().__init__()
        self._at_the_end = ExitStack()
        folder = self._at_the_end.enter_context(tempfile.TemporaryDirectory(prefix="keydeck-"))
        self.world = World(self.pattern, Path(folder))
        self._at_the_end.callback(lambda: self.world.close())
        # Two to begin with, of which each knows what the other does not.
        for which in (1, 2):
            for what in ("create", "connect", "join"):
                self.world.do(what, which)
            self.world.back_up()

    @rule(what=st.sampled_from(_CHANGES), which=_which)
    def change(self, what: str, which: int) -> None:
        """Let people do something."""
        self.world.do(what, which)

    @rule()
    def back_up(self) -> None:
        """Make a backup."""
        self.world.back_up()

    @rule(which=_which)
    def restore(self, which: int) -> None:
        """Restore one."""
        self.world.restore(which)

    @rule(which=_which)
    def restore_another(self, which: int) -> None:
        """Restore one, as often again."""
        self.world.restore(which)

    @rule(which=_which, rarely=st.integers(0, 3))
    def lose(self, which: int, rarely: int) -> None:
        """Lose the file and restore one, or put one in its place by hand."""
        with suppress(Nothing):
            if rarely == 0:
                self.world.lose(which)
            elif rarely == 1:
                self.world.set_back(which)

    @rule()
    def confirm(self) -> None:
        """Let the operator confirm."""
        self.world.confirm_restored()

    @rule(rarely=st.integers(0, 3))
    def move(self, rarely: int) -> None:
        """Copy the store elsewhere."""
        if self.moves and rarely == 0:
            self.world.move()

    @invariant()
    def nothing_begins_again(self) -> None:
        """What has ended is refused."""
        self.world.check()

    def teardown(self) -> None:
        """Ask about every key there was, and end."""
        with self._at_the_end:
            self.world.ask()


@dataclass(frozen=True)
class Found:
    """What a search has tried, and what it found."""

    examples: int
    steps: int
    revived: str | None


def search(
    pattern: House,
    examples: int,
    *,
    seeded: int | None = None,
    broken: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Found:
    """Search in some examples, by default in the same ones each time; `broken` leaves a rule out.

    Raises Revived where it finds something although nothing is left out.
    """
    counted = Counter[str]()

    class Search(Restores):
        def __init__(self) -> None:
            super().__init__()
            counted["examples"] += 1

        def check_invariants(self, *arguments: object, **named: object) -> None:
            counted["steps"] += 1
            super().check_invariants(*arguments, **named)  # type: ignore[arg-type]

    Search.pattern = pattern
    revived = None
    try:
        with broken():
            run_state_machine_as_test(
                Search if seeded is None else seed(seeded)(Search),
                settings=settings(
                    max_examples=examples,
                    stateful_step_count=STEPS,
                    # The same seed finds it again, and making it shorter takes minutes: a step is a
                    # transaction or several.
                    phases=[Phase.generate],
                    report_multiple_bugs=False,
                    deadline=None,
                    database=None,
                    derandomize=seeded is None,
                    suppress_health_check=list(HealthCheck),
                    verbosity=Verbosity.quiet if broken is not nullcontext else Verbosity.normal,
                ),
            )
    except Revived as error:
        if broken is nullcontext:
            raise
        revived = str(error)
    return Found(counted["examples"], counted["steps"], revived)
