"""The trial: verifiers, processes that change keys and ask at once, and what befalls the file."""

import json
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass, field
from itertools import cycle
from pathlib import Path
from typing import IO, Any

from store.domain.clock import SystemClock
from store.domain.people import Actor
from store.operations.backup import back_up
from store.operations.check import check
from store.operations.open import open_store
from store.operations.restore import restore
from store.persistence.database import sqlite_library
from store.verifier.lookup.reader import WATCH_EVERY_S
from tests.house import House
from tests.races.wire import REVOKED, VALID, Said, Wire
from tests.verifier.serving import Server, eventually, serving
from tests.wal_index.changer import WIRES
from tests.wal_index.copies import copies
from tests.wal_index.shell import PATIENCE_S

ROOT = Path(__file__).parents[2]
UNKNOWN = Said(401, "unknown")
RATES = (100, 0, 1000)
"""Commits a second beside what is looked at, in turn."""
_VICTIMS = 12


@dataclass
class Report:
    """What happened."""

    changes: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    stale: list[str] = field(default_factory=list)

    @property
    def revocations(self) -> int:
        """How many of the changes were of a key that was revoked."""
        return sum(one for name, one in self.changes.items() if name.startswith("revoked"))

    def told(self) -> str:
        """Return the report as lines."""
        changes, answers = sum(self.changes.values()), sum(self.answers.values())
        lines = [f"{changes:,} changes, {self.revocations:,} revocations, {answers:,} answers"]
        for counted in (self.changes, self.answers):
            lines.append(", ".join(f"{name} {one:,}" for name, one in counted.most_common()))
        lines.append(f"{len(self.stale):,} stale answers")
        lines += [f"  {one:,} x {name}" for name, one in Counter(self.stale).most_common()]
        return "\n".join(lines)


def trial(
    house: House,
    folder: Path,
    seconds: float,
    *,
    round_s: float = 20,
    servers: int = 2,
    workers: int = 2,
    seed: int = 1,
    prelude: str = "",
    revocations: int | None = None,
) -> Report:
    """Run the trial on a house of one's own and return what came of it.

    It ends after some seconds, or with the round in which it has seen so many revocations.

    Raises AssertionError when a verifier does not remember, or where the store is not in order.
    """
    house.store.close()
    clock: Any = SystemClock()
    house.store = open_store(
        house.url, pepper_path=house.pepper_path, clock=clock, patience_ms=1000 * PATIENCE_S
    )
    house.clock = clock
    with ExitStack() as stack:
        stack.callback(lambda: house.store.close())
        running = [
            stack.enter_context(
                serving(house, folder / f"stderr{one}", workers=workers, prelude=prelude)
            )
            for one in range(servers)
        ]
        found = _Trial(house, folder, running, seed, stack)
        ends = time.monotonic() + seconds
        for rate in cycle(RATES):
            left = ends - time.monotonic()
            found.round(min(round_s, max(left, 1.0)), rate)
            enough = revocations is not None and found.report.revocations >= revocations
            if left <= round_s or enough:
                break
    findings = check(house.url, pepper_path=house.pepper_path)
    assert findings == [], findings
    return found.report


class _Trial:
    def __init__(
        self, house: House, folder: Path, servers: list[Server], seed: int, stack: ExitStack
    ) -> None:
        self._house, self._folder, self._servers = house, folder, servers
        self._path = house.store.database.path
        self._chance = random.Random(seed)
        self._made = 0
        self.report = Report()
        ports = [server.port for server in servers]
        self._wires = [
            stack.enter_context(closing(Wire(port))) for port in ports for _ in range(WIRES)
        ]
        self._noise = stack.enter_context(_child("noise", str(self._path), str(folder)))
        self._changers = []
        for number, (actor, slug) in enumerate(
            ((house.alice, "acme-events"), (house.bob, "bolt-catering"))
        ):
            changer = stack.enter_context(_child("changer"))
            told = {
                "url": house.url,
                "pepper_path": str(house.pepper_path),
                "actor": _plain(actor),
                "slug": slug,
                "ports": ports,
                "seed": seed + number,
                "switches": actor is not house.alice,
            }
            _say(changer, told)
            self._changers.append(changer)

    def round(self, seconds: float, rate: int) -> None:
        """Let everything happen at once for some seconds, then what needs the file alone."""
        self._check_remembering()
        ends = time.monotonic() + seconds
        _say(self._noise, rate)
        _hear(self._noise)
        for changer in self._changers:
            _say(changer, seconds)
        while time.monotonic() < ends:
            self._kill()
        for changer in self._changers:
            self._take(json.loads(_hear(changer)))
        _say(self._noise, 0)
        _hear(self._noise)
        self._restore()
        self._replace()

    def _take(self, told: dict[str, Any]) -> None:
        self.report.changes.update(told["changes"])
        self.report.answers.update(told["answers"])
        self.report.stale.extend(told["stale"])

    def _check_remembering(self) -> None:
        for server in self._servers:
            with server.client() as client:
                eventually(lambda: client.get("/readyz").json().get("memory") == "header")

    # What befalls the file.

    def _kill(self) -> None:
        """Kill a process that revokes, and see that what it committed is in force."""
        victims = dict(copies(self._house.store, self._house.alice, _VICTIMS))
        for secret in victims.values():
            for said in self._asked(secret):
                assert said == VALID, said
        with _child("dying", str(self._path)) as dying:
            _hear(dying)
            _pipe(dying.stdin).write("".join(f"{one}\n" for one in victims).encode())
            _pipe(dying.stdin).flush()
            # Mostly in the middle of one: most of its time it waits for the disk.
            heard = self._chance.randrange(_VICTIMS)
            for _ in range(heard):
                _hear(dying)
            time.sleep(self._chance.random() * 0.003)
            dying.kill()
        revoked = self._revoked(list(victims))
        assert len(revoked) >= heard, "what was said to be committed is lost"
        for key_id in revoked:
            self._expect(victims[key_id], REVOKED, "revoked by a process that was killed")
        self.report.changes["revoked by a process that was killed"] += len(revoked)

    def _restore(self) -> None:
        """Restore a backup: what was revoked since stays so, and what was made since is gone."""
        (revoked,) = self._created(1)
        copy = self._backup()
        (made,) = self._created(1)
        self._house.store.keys.revoke(self._house.alice, revoked.key.id)
        for _ in range(2):
            self._expect(made.secret.reveal(), VALID, "before a restore")
        restore(self._house.url, copy, pepper_path=self._house.pepper_path)
        self._expect(made.secret.reveal(), UNKNOWN, "restored")
        self._expect(revoked.secret.reveal(), REVOKED, "restored")
        copy.unlink()
        self.report.changes["restored"] += 1

    def _replace(self) -> None:
        """Move another file into the store's place, as nobody should: it is noticed in a second."""
        (issued,) = self._created(1)
        secret = issued.secret.reveal()
        copy = self._backup()
        driver: Any = sqlite_library()
        with closing(driver.connect(str(copy), isolation_level=None)) as connection:
            connection.execute(
                "UPDATE keys SET revoked_at = 1, revoked_by = created_by WHERE id = ?",
                (issued.key.id,),
            )
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for _ in range(2):
            self._expect(secret, VALID, "before a replacement")
        # Who writes into a file that is moved away loses it.
        time.sleep(0.1)
        self._house.store.close()
        for ending in ("-wal", "-shm"):
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
        shutil.move(copy, self._path)
        time.sleep(WATCH_EVERY_S)
        self._expect(secret, REVOKED, "replaced")
        self.report.changes["replaced"] += 1

    def _backup(self) -> Path:
        copy = self._folder / f"copy-{time.monotonic_ns()}.db"
        back_up(self._house.url, copy)
        return copy

    def _created(self, number: int) -> list[Any]:
        found = []
        for _ in range(number):
            self._made += 1
            found.append(self._house.create(f"Trial {self._made}", "events:read"))
        return found

    def _revoked(self, ids: list[str]) -> set[str]:
        marks = ", ".join("?" * len(ids))
        query = f"SELECT id FROM keys WHERE revoked_at IS NOT NULL AND id IN ({marks})"
        with self._house.store.database.reading() as connection:
            return set(connection.exec_driver_sql(query, tuple(ids)).scalars())

    def _asked(self, secret: str) -> list[Said]:
        for wire in self._wires:
            wire.send(secret)
        found = [wire.answer() for wire in self._wires]
        self.report.answers.update(said.code or str(said.status) for said in found)
        return found

    def _expect(self, secret: str, wanted: Said, after: str) -> None:
        self.report.stale += [
            f"{after}: {said.code or said.status}" for said in self._asked(secret) if said != wanted
        ]


def _plain(actor: Actor) -> dict[str, Any]:
    return asdict(actor)


@contextmanager
def _child(name: str, *given: str) -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(
        [sys.executable, "-m", f"tests.wal_index.{name}", *given],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        try:
            yield process
            if process.poll() is None:
                _pipe(process.stdin).close()
                process.wait(30)
        finally:
            process.kill()


def _say(process: "subprocess.Popen[bytes]", what: object) -> None:
    _pipe(process.stdin).write(json.dumps(what).encode() + b"\n")
    _pipe(process.stdin).flush()


def _hear(process: "subprocess.Popen[bytes]") -> str:
    line = _pipe(process.stdout).readline().decode()
    assert line, "a process of the trial ended"
    return line


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe
