"""`python -m tests.mutation`: try the mutants of pure modules against their own tests."""

import argparse
import ast
import sys
import time

from tests.mutation.judgements import judged
from tests.mutation.operators import mutants
from tests.mutation.suites import OWN_TESTS
from tests.mutation.trials import Unfit, load, source_of, tried


def main() -> int:
    """Print a line for each module and each of its survivors; 1 where one is not judged."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--module", action="append", help="store.domain.keys; more than once")
    parser.add_argument("--tests", nargs="+", help="files, instead of the module's own")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once")
    parser.add_argument("--list", action="store_true", help="the mutants, and try none")
    parser.add_argument("--unjudged", action="store_true", help="print no survivor that is judged")
    given = parser.parse_args()
    chosen: list[str] = given.module or list(OWN_TESTS)
    try:
        suites = {one: tuple(given.tests or OWN_TESTS.get(one, ())) for one in chosen}
        if given.list:
            for module in chosen:
                print_mutants(module)
            return 0
        if unknown := [one for one, tests in suites.items() if not tests]:
            raise Unfit(f"Nobody has said which tests are those of {unknown[0]}. Write --tests.")
        load([test for tests in suites.values() for test in tests])
        return told(suites, given.jobs, unjudged_only=given.unjudged)
    except Unfit as error:
        print(error, file=sys.stderr)
        return 2


def print_mutants(module: str) -> None:
    """Print every mutant of a module."""
    path = source_of(module)
    for mutant in mutants(ast.parse(path.read_text("utf-8"))):
        print(f"{path.name}:{mutant.line}  {mutant.change}")


def told(suites: dict[str, tuple[str, ...]], jobs: int, *, unjudged_only: bool) -> int:
    """Try all mutants, and print what became of them."""
    print(f"{'module':34} {'mutants':>7} {'killed':>6} {'survived':>8} {'judged':>6} score seconds")
    tried_in_all, killed_in_all, failed = 0, 0, False
    for module, tests in suites.items():
        began, reasons = time.monotonic(), judged(module)
        trials = list(tried(module, tests, jobs))
        alive = sorted(one.mutant for one in trials if one.survived)
        known = sum(one.change in reasons for one in alive)
        took = time.monotonic() - began
        print(line(module, len(trials), len(alive), known) + f" {took:7.0f}", flush=True)
        for mutant in alive:
            reason = reasons.get(mutant.change)
            if reason is None or not unjudged_only:
                why = f"   judged: {reason}" if reason else ""
                print(f"    {mutant.line}: {mutant.change}{why}")
        gone = reasons.keys() - {one.change for one in alive}
        for change in sorted(gone):
            print(f"    judged, and no survivor any more: {change}")
        tried_in_all += len(trials)
        killed_in_all += len(trials) - len(alive)
        failed = failed or known < len(alive) or bool(gone)
    print(line("all", tried_in_all, tried_in_all - killed_in_all, None))
    return int(failed)


def line(name: str, mutants: int, survived: int, judged: int | None) -> str:
    """Return a line of the table."""
    killed = mutants - survived
    told = "" if judged is None else judged
    score = 100 * killed / mutants if mutants else 100.0
    return f"{name:34} {mutants:7} {killed:6} {survived:8} {told:>6} {score:5.1f}"


if __name__ == "__main__":
    sys.exit(main())
