"""One process that changes keys of one workspace, and asks at once, at every worker it knows.

`python -m tests.wal_index.changer`; it is told what to do as JSON, a line each.
"""

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from store.domain.clock import SystemClock
from store.domain.people import Actor, Plan
from store.domain.scopes import OURS, scopes
from store.operations.open import open_store
from store.persistence.database import Database
from tests.races.wire import EXPIRED, PLAN, REVOKED, SCOPE, VALID, Said, Wire
from tests.wal_index.copies import Key, copies
from tests.wal_index.shell import PATIENCE_S, Shell

WIRES = 3
"""From each changer to each server: with several changers each worker is met by some."""
_STOCK = 100
_ASKED = "/verify?scope=events:read"


class Told(NamedTuple):
    """What a changer is told when it starts."""

    url: str
    pepper_path: str
    actor: dict[str, Any]
    slug: str
    ports: list[int]
    seed: int
    switches: bool
    """Whether the workspace's plan may be switched: nobody else makes keys in it."""


class Changer:
    """Changes, and looks."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._chance = random.Random(told.seed)
        self._store = open_store(
            told.url,
            pepper_path=Path(told.pepper_path),
            clock=SystemClock(),
            patience_ms=1000 * PATIENCE_S,
        )
        self._database: Database = self._store.database
        self._wires = [Wire(port) for port in told.ports for _ in range(WIRES)]
        self._stock: list[Key] = []
        self._actor = Actor(**told.actor)
        self.changes: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.stale: list[str] = []

    def run(self, until: float) -> None:
        """Change until an instant of the monotonic clock; the file may be another than before."""
        self._stock.clear()
        self.changes.clear()
        self.answers.clear()
        self.stale.clear()
        self._shell = Shell(self._database.path)
        ways: list[tuple[Callable[[], None], int]] = [
            (self._revoke_by_statement, 12),
            (self._revoke_by_shell, 6),
            (self._revoke_by_use_case, 3),
            (self._narrow, 2),
            (self._end, 2),
            (self._switch, int(self._told.switches)),
        ]
        while time.monotonic() < until:
            [way] = self._chance.choices([way for way, _ in ways], [often for _, often in ways])
            way()
        self._shell.close()

    def close(self) -> None:
        """Hang up."""
        self._store.close()
        for wire in self._wires:
            wire.close()

    # What is changed.

    def _revoke_by_statement(self) -> None:
        key = self._taken()
        self._change(key, "revoked by a statement", REVOKED, lambda: self._execute(_REVOKE, key))

    def _revoke_by_shell(self) -> None:
        key = self._taken()
        said = f"UPDATE keys SET revoked_at = 1, revoked_by = created_by WHERE id = '{key.id}'"
        self._change(key, "revoked by another program", REVOKED, lambda: self._shell.run(said))

    def _revoke_by_use_case(self) -> None:
        key = self._taken()

        def revoke() -> None:
            self._store.keys.revoke(self._actor, key.id)

        self._change(key, "revoked by the use case", REVOKED, revoke)

    def _narrow(self) -> None:
        key = self._taken()
        narrow = scopes(["availability:read"], OURS)

        def rescope() -> None:
            self._store.keys.rescope(self._actor, key.id, narrow)

        self._change(key, "narrowed", SCOPE, rescope)

    def _end(self) -> None:
        key = self._taken()
        said = f"UPDATE keys SET expires_at = 1 WHERE id = '{key.id}'"
        self._change(key, "ended by another program", EXPIRED, lambda: self._shell.run(said))

    def _switch(self) -> None:
        key = self._taken()

        def switch(to: Plan) -> None:
            self._store.operator.set_plan(self._told.slug, to)

        self._change(key, "plan switched", PLAN, lambda: switch(Plan.FREE))
        switch(Plan.PRO)
        self._expect(key, VALID, "plan switched back")

    def _change(self, key: Key, name: str, wanted: Said, commit: Callable[[], None]) -> None:
        """Commit a change of a key that is remembered, or is being read, and look."""
        if self._chance.random() < 0.5:
            for _ in range(2):
                self._expect(key, VALID, f"before: {name}")
            commit()
        else:
            # Read while the change is committed: what is answered now may be either.
            for wire in self._wires:
                wire.send(key.secret, _ASKED)
            if self._chance.random() < 0.5:
                time.sleep(self._chance.random() / 500)
            commit()
            for wire in self._wires:
                self.answers[self._told_of(wire.answer())] += 1
        for _ in range(2):
            self._expect(key, wanted, name)
        self.changes[name] += 1

    def _expect(self, key: Key, wanted: Said, after: str) -> None:
        for wire in self._wires:
            wire.send(key.secret, _ASKED)
        for wire in self._wires:
            said = wire.answer()
            self.answers[self._told_of(said)] += 1
            if said != wanted:
                self.stale.append(f"{after}: {self._told_of(said)}")

    def _told_of(self, said: Said) -> str:
        return said.code or str(said.status)

    # The keys.

    def _taken(self) -> Key:
        if not self._stock:
            self._stock = copies(self._store, self._actor, _STOCK)
        return self._stock.pop()

    def _execute(self, statement: str, key: Key) -> None:
        with self._database.writing() as connection:
            connection.exec_driver_sql(statement, (key.id,))


_REVOKE = "UPDATE keys SET revoked_at = 1, revoked_by = created_by WHERE id = ?"


def _main() -> None:
    first: dict[str, Any] = json.loads(sys.stdin.readline())
    with closing(Changer(Told(**first))) as changer:
        for line in sys.stdin:
            changer.run(time.monotonic() + json.loads(line))
            told = {
                "changes": changer.changes,
                "answers": changer.answers,
                "stale": changer.stale,
            }
            print(json.dumps(told), flush=True)


if __name__ == "__main__":
    _main()
