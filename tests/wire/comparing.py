"""Tells both sides the same, over and over, and counts what came of it."""

from collections import Counter
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.wire.differences import judge, retold
from tests.wire.grammar import scripts
from tests.wire.requests import Ending, Request, Script
from tests.wire.side import Heard
from tests.wire.stand import Stand

_NO_MATTER = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)


def compare(
    both: Stand, script: Script, retell: Callable[[Request], Request] = retold
) -> str | None:
    """Tell both sides; return why they differ, None where they do not. Raises Unexplained."""
    leaves = script.ending is Ending.LEAVES
    told = script.segments(retell)
    ours = both.ours.hear(script.segments(), leave=leaves)
    theirs = both.theirs.hear(told, leave=leaves)

    def alone(many: int) -> Heard:
        first = script._replace(requests=script.requests[:many], ending=Ending.WAITS, keeps=None)
        return both.theirs.hear(first.segments(retell))

    return judge(
        script, ours, theirs, lambda more: both.theirs.hear([b"".join(told) + more]), alone
    )


def fuzz(both: Stand, examples: int, number: int | None = None) -> Counter[str]:
    """Compare so many examples; return how many were alike, and how many differed in which way.

    Without a number they are the same each time. Raises Unexplained with the smallest that was
    found.
    """
    counted: Counter[str] = Counter()

    @settings(
        max_examples=examples,
        derandomize=number is None,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=_NO_MATTER,
    )
    @given(scripts(both.keys))
    def told(script: Script) -> None:
        counted[compare(both, script) or "alike"] += 1

    if number is not None:
        told = seed(number)(told)
    told()
    return counted
