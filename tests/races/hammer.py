"""A process that sends requests with the keys it is told, as fast as it can.

It reads one JSON document a line: `{"keys": [...]}` replaces the keys it uses; its end of input
ends it. Then it prints, for each key, when the last request that was let in had been started, on
the clock all processes of a machine share.
"""

import json
import os
import select
import sys
import time

from tests.races.wire import Wire


def main() -> None:
    """Hammer until standard input ends."""
    ports = [int(port) for port in sys.argv[1:]]
    wires = [Wire(port) for port in ports for _ in range(3)]
    keys: list[str] = []
    latest: dict[str, int] = {}
    answers: dict[str, int] = {}
    pending, turn = b"", 0
    while True:
        if select.select([0], [], [], 0 if keys else None)[0]:
            block = os.read(0, 1 << 20)
            if not block:
                break
            *lines, pending = (pending + block).split(b"\n")
            if lines:
                keys = json.loads(lines[-1])["keys"]
        for key in keys:
            turn += 1
            started = time.monotonic_ns()
            said = wires[turn % len(wires)].ask(key)
            answers[str(said.status)] = answers.get(str(said.status), 0) + 1
            if said.status == 200:
                latest[key] = started
    json.dump({"latest": latest, "answers": answers}, sys.stdout)


if __name__ == "__main__":
    main()
