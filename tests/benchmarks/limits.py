"""How much more than a limit several workers and verifiers let through.

    python -m tests.benchmarks.limits [--rounds 3]

Real verifiers, asked by sixteen connections that stay open: as fast as they answer, or a steady
number a second. Counted are the requests that were let in of a limit, and those that were refused
although not all of it was used yet. How fast the machine is matters little to either.
"""

import argparse
import http.client
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import make_url

from store.domain.limits import limits
from tests.benchmarks.keeping import keep, machine
from tests.house import House, build
from tests.postgres import own_cluster
from tests.verifier.serving import Server

CONNECTIONS = 16
LIMIT = 600
STEADY = 300
"""Requests a second, all in all, where they do not come as fast as they are answered."""
QUIET_S = 2.0
"""So long nothing is let in before it is taken for used up."""
LONGEST_S = 30.0
WINDOW_S = 5
LEASE_S = 10.0


class Came(NamedTuple):
    """What came of one run."""

    passed: int
    early: int
    """Refused while less than the limit had passed."""
    rate: float
    """Requests a second until the limit was reached."""


class _Asking:
    """Asks some verifiers with one key until nothing more is let in, or for so long."""

    def __init__(self, ports: Sequence[int], secret: str, most: int) -> None:
        self._ports, self._secret, self._most = ports, secret, most
        self._lock = threading.Lock()
        self.passed = self.refused = self.early = 0
        self.by_port = dict.fromkeys(ports, 0)
        self._last_at = self._began = time.monotonic()
        self._full_at: float | None = None
        self._answers = 0

    def run(self, every_s: float, until: float | None = None) -> Came:
        """Ask with each connection every so many seconds, 0 as fast as it is answered."""
        threads = [
            threading.Thread(target=self._ask, args=(place, every_s, until))
            for place in range(CONNECTIONS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = (self._full_at or time.monotonic()) - self._began
        return Came(self.passed, self.early, self._answers / took)

    def _ask(self, place: int, every_s: float, until: float | None) -> None:
        port = self._ports[place % len(self._ports)]
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Authorization": f"Bearer {self._secret}"}
        next_at = time.monotonic() + every_s * place / CONNECTIONS
        while not self._over(until):
            time.sleep(max(0.0, next_at - time.monotonic()))
            next_at = max(next_at + every_s, time.monotonic() - every_s)
            wire.request("GET", "/api/v1/verify", headers=headers)
            answer = wire.getresponse()
            answer.read()
            self._count(port, answer.status)
            if answer.status == 429 and not every_s:
                time.sleep(0.005)
        wire.close()

    def _count(self, port: int, status: int) -> None:
        with self._lock:
            if self._full_at is None:
                self._answers += 1
            if status == 200:
                self.passed += 1
                self.by_port[port] += 1
                self._last_at = time.monotonic()
                if self.passed == self._most:
                    self._full_at = self._last_at
            elif status == 429:
                self.refused += 1
                self.early += self.passed < self._most
            elif status != 503:
                raise AssertionError(f"answered {status}")

    def _over(self, until: float | None) -> bool:
        now = time.monotonic()
        if until is not None:
            return time.time() >= until
        return now - self._last_at > QUIET_S or now - self._began > LONGEST_S


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.limits", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds: int = parser.parse_args().rounds
    rows: list[dict[str, Any]] = []

    def told(what: str, found: Sequence[Came]) -> None:
        passed = [one.passed for one in found]
        rows.append({"what": what, "rounds": [one._asdict() for one in found]})
        print(
            f"{what}: {min(passed)} to {max(passed)} of {LIMIT} let in, refused early "
            f"{max(one.early for one in found)} at most, {max(one.rate for one in found):.0f}/s"
        )

    with tempfile.TemporaryDirectory(prefix="keydeck-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        house = build(folder)
        for workers in (1, 2, 4):
            with _served(house, folder, workers=workers) as server:
                for how, every_s in _hows():
                    run = _runs(house, [server.port], every_s, rounds)
                    told(f"SQLite, {workers} worker(s), {how}", run)
        (folder / "server").mkdir()
        with own_cluster(folder / "server") as cluster, cluster.database() as database:
            (folder / "pg").mkdir()
            house = build(folder / "pg", cluster.url(database))
            _with_three(house, folder, rounds, told, rows)
    keep("limits", {"machine": machine(), "rows": rows})


def _hows() -> Iterator[tuple[str, float]]:
    yield "as fast as answered", 0.0
    yield f"{STEADY}/s", CONNECTIONS / STEADY


def _runs(house: House, ports: Sequence[int], every_s: float, rounds: int) -> list[Came]:
    found = []
    for _ in range(rounds):
        # In one window: what comes after its end is of another.
        if time.time() % 3600 > 3600 - LONGEST_S - 10:
            time.sleep(LONGEST_S + 10)
        secret, _ = _limited(house, f"{LIMIT}/1h")
        found.append(_Asking(ports, secret, LIMIT).run(every_s))
    return found


def _limited(house: House, limit: str) -> tuple[str, str]:
    house.clock.advance(1)
    issued = house.create(f"Key {house.clock.now()}")
    house.store.limits.set_key(house.alice, issued.key.id, limits([limit])).unwaited()
    return issued.secret.reveal(), issued.key.id


def _with_three(
    house: House,
    folder: Path,
    rounds: int,
    told: Callable[[str, Sequence[Came]], None],
    rows: list[dict[str, Any]],
) -> None:
    with ExitStack() as stack:
        line = stack.enter_context(_line(house))
        cut = House(line.url, house.pepper_path, house.store, house.clock, house.alice, house.bob)
        servers = [
            stack.enter_context(_served(one, folder, name=f"v{number}", lease_s=LEASE_S))
            for number, one in enumerate((cut, house, house))
        ]
        ports = [server.port for server in servers]
        for how, every_s in _hows():
            told(f"PostgreSQL, 3 verifiers, {how}", _runs(house, ports, every_s, rounds))
        secret, _ = _limited(house, f"{LIMIT}/{WINDOW_S}s")
        # A window that all of them use; the next one begins just after the first is cut off.
        begins = (time.time() // WINDOW_S + 2) * WINDOW_S
        _Asking(ports, secret, LIMIT).run(CONNECTIONS / STEADY, begins - 0.5)
        line.cut()
        time.sleep(begins + 0.05 - time.time())
        asking = _Asking(ports, secret, LIMIT)
        came = asking.run(0.02, begins + WINDOW_S - 0.1)
        by = [asking.by_port[port] for port in ports]
        rows.append({"what": "cut", "passed": came.passed, "by": by})
        print(
            f"PostgreSQL, 3 verifiers, the first cut off: {came.passed} of {LIMIT} in "
            f"{WINDOW_S} s, by each {by}"
        )


@contextmanager
def _served(house: House, folder: Path, name: str = "one", **options: Any) -> Iterator[Server]:
    server = Server(house, folder / f"{name}.log", **options)
    try:
        yield server
    finally:
        server.end()


class _Line:
    """A way to the database server that can be cut."""

    def __init__(self, house: House) -> None:
        address = make_url(house.url)
        self._to = f"{address.query['host']}/.s.PGSQL.{address.port or 5432}"
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        port = self._listening.getsockname()[1]
        plain = address.set(host="127.0.0.1", port=port, query={})
        self.url = plain.render_as_string(hide_password=False)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Let nothing through any more."""
        self._listening.close()
        for one in self._open:
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(self._to)
            self._open += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=_passed_on, args=(one, other), daemon=True).start()


def _passed_on(one: socket.socket, other: socket.socket) -> None:
    try:
        while part := one.recv(65536):
            other.sendall(part)
    except OSError:
        pass
    finally:
        for end in (one, other):
            end.close()


@contextmanager
def _line(house: House) -> Iterator[_Line]:
    line = _Line(house)
    try:
        yield line
    finally:
        line.cut()


if __name__ == "__main__":
    main()
