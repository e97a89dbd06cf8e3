"""What it costs to find a request's route, and to import a document of thousands.

    python -m tests.benchmarks.routes openapi.json...

Microseconds of processor, the least of many rounds, and that as a multiple of what httptools takes
to parse the same path: the machine's own speed falls out of that. Documents to try: npm's
`@octokit/openapi` (GitHub), or anybody's.
"""

import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import httptools

from store.domain.routes.importing import plan
from store.domain.routes.openapi import read_document
from store.domain.routes.pattern import ANY
from store.domain.routes.route import Route
from store.domain.routes.table import RouteTable

ROUNDS = 25
PLAIN = ("4711", "octocat", "hello-world", "a1b2c3")
ESCAPED = ("caf%C3%A9", "a%20b", "M%C3%BCller")

Request = tuple[str, str]


def requests(routes: Sequence[Route], *, escaped: bool) -> list[Request]:
    """Return a request for each route, with an escape in one of its places where asked for."""
    chance, found = random.Random(7), []
    for route in routes:
        method, segments = route.pattern.method, route.pattern.segments
        places = [at for at, segment in enumerate(segments) if not isinstance(segment, str)]
        if escaped and not places:
            continue
        there = chance.choice(places) if escaped else None
        written = [
            segment
            if isinstance(segment, str)
            else chance.choice(ESCAPED if at == there else PLAIN)
            for at, segment in enumerate(segments)
        ]
        found.append(("GET" if method == ANY else method, f"/{'/'.join(written)}"))
    return found


def microseconds(work: Callable[[str, str], object], asked: Sequence[Request]) -> float:
    """Return what one call takes, at the best."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time_ns()
        for method, path in asked:
            work(method, path)
        best = min(best, (time.process_time_ns() - began) / len(asked))
    return best / 1000


def main(files: Sequence[str]) -> None:
    """Measure with each document."""
    for name in files:
        began = time.process_time()
        reading = read_document(json.loads(Path(name).read_text("utf-8")))
        added = plan([], [], reading).added
        planned = time.process_time() - began
        table = RouteTable(added)
        whole = time.process_time() - began
        print(
            f"{reading.title}: {len(table):,} routes; read and planned in {planned:.2f} s", end=""
        )
        print(f", with their table in {whole:.2f} s")
        for title, escaped in (("plain", False), ("with an escape", True)):
            asked = requests(added, escaped=escaped)
            floor = microseconds(lambda _, path: httptools.parse_url(path.encode()), asked)
            took = microseconds(table.match, asked)
            print(f"  {title}: {took:.2f} µs, {took / floor:.1f} times a parse ({floor:.2f} µs)")


if __name__ == "__main__":
    main(sys.argv[1:])
