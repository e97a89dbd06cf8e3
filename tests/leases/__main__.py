"""`python -m tests.leases --examples 20000`: the long search, by hand."""

import argparse
import time

from tests.leases.left_out import LEFT_OUT
from tests.leases.machine import search
from tests.leases.scenarios import tell
from tests.leases.world import Stale

AT_A_TIME = 1000


def main() -> None:
    """Search with every rule, then without each; print what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.leases", description=__doc__)
    parser.add_argument("--examples", type=int, default=20_000, help="with every rule")
    parser.add_argument("--each", type=int, default=2_000, help="with each rule left out, at most")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(f"{'rule left out':22} {'examples':>8} {'steps':>9} {'seconds':>7}", flush=True)
    told("", given.examples, given.seed)
    for rule in LEFT_OUT:
        told(rule, given.each, given.seed)


def told(rule: str, examples: int, seed: int) -> None:
    """Search, and print a line."""
    began, tried, steps, stale = time.monotonic(), 0, 0, None
    while tried < examples and stale is None:
        # Hypothesis remembers all that it has tried.
        found = search(rule, min(AT_A_TIME, examples - tried), seeded=seed + tried)
        tried, steps, stale = tried + found.examples, steps + found.steps, found.stale
    took = time.monotonic() - began
    said = f"stale answer, {stale}" if stale else f"nothing{story(rule)}"
    print(f"{rule or 'none':22} {tried:8} {steps:9} {took:7.1f}  {said}", flush=True)


def story(rule: str) -> str:
    """Return what the story of a rule says."""
    if not rule:
        return ""
    try:
        tell(rule, left_out=True)
    except Stale as error:
        return f"; its story: {error}"
    return "; nor in its story"


if __name__ == "__main__":
    main()
