"""The changing side: every change is committed, then asked for at once, at every worker."""

import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from store.domain.people import Plan
from store.domain.times import DAY, SECOND
from store.service.keys import Issued, NewKey
from tests.house import House, granted_scopes
from tests.races.wire import EXPIRED, PLAN, REVOKED, SCOPE, VALID, Said, Wire

BOTH = "availability:read events:read"


@dataclass
class Live:
    """A key in use."""

    issued: Issued
    secret: str
    reads_events: bool = True


@dataclass
class Report:
    """What happened."""

    changes: dict[str, int] = field(default_factory=dict)
    probes: int = 0
    hammered: int = 0
    stale: list[str] = field(default_factory=list)
    ended: dict[str, int] = field(default_factory=dict)
    """Keys that were revoked, and when the commit had returned, on the monotonic clock."""

    def told(self) -> str:
        """Return the report in one line."""
        changed = ", ".join(f"{name} {number}" for name, number in sorted(self.changes.items()))
        return (
            f"{sum(self.changes.values()):,} changes ({changed}), {self.probes:,} requests right "
            f"after a commit, {self.hammered:,} beside them, {len(self.stale)} stale answers"
        )


class Changes:
    """Makes random changes to a store until it is told to stop, and looks at once."""

    def __init__(self, house: House, wires: Iterable[Wire], seed: int) -> None:
        self._house = house
        self._wires = list(wires)
        self._chance = random.Random(seed)
        self._made = 0
        self.report = Report()
        self.live: list[Live] = [self._create() for _ in range(6)]

    def run(self, until: float, tell: Callable[[list[str]], None]) -> None:
        """Change until an instant of the monotonic clock; `tell` hears of the keys in use."""
        steps = (self._rescope, self._rotate, self._revoke, self._switch, self._expire)
        tell([one.secret for one in self.live])
        while time.monotonic() < until:
            self._chance.choices(steps, weights=(4, 4, 4, 2, 1))[0]()
            while len(self.live) < 6:
                self.live.append(self._create())
            tell([one.secret for one in self.live])

    def _create(self) -> Live:
        self._made += 1
        wanted = NewKey(f"Key {self._made}", granted_scopes(BOTH), self._house.clock.now() + DAY)
        issued = self._house.store.keys.create(self._house.alice, wanted)
        live = Live(issued, issued.secret.reveal())
        self._count("created")
        self._expect(live.secret, VALID, "created")
        return live

    def _rescope(self) -> None:
        live = self._chance.choice(self.live)
        live.reads_events = not live.reads_events
        granted = granted_scopes(BOTH if live.reads_events else "availability:read")
        self._house.store.keys.rescope(self._house.alice, live.issued.key.id, granted)
        self._count("rescoped")
        self._expect(live.secret, VALID if live.reads_events else SCOPE, "rescoped", "/events")

    def _rotate(self) -> None:
        live = self._taken()
        rotated = self._house.store.rotations.rotate(
            self._house.alice, live.issued.key.id, overlap_ms=DAY
        ).unwaited()
        self._count("rotated")
        self._expect(live.secret, VALID, "rotated: the old one")
        self._expect(rotated.secret.reveal(), VALID, "rotated: the new one")
        self._end(live.issued.key.id, live.secret)
        self.live.append(
            Live(
                Issued(rotated.successor, rotated.secret),
                rotated.secret.reveal(),
                live.reads_events,
            )
        )

    def _revoke(self) -> None:
        live = self._taken()
        self._end(live.issued.key.id, live.secret)

    def _end(self, key_id: str, secret: str) -> None:
        self._house.store.keys.revoke(self._house.alice, key_id)
        self.report.ended[secret] = time.monotonic_ns()
        self._count("revoked")
        self._expect(secret, REVOKED, "revoked")

    def _expire(self) -> None:
        live = self._taken()
        at = self._house.clock.now() + SECOND // 2
        self._house.store.keys.extend(self._house.alice, live.issued.key.id, at)
        while self._house.clock.now() < at:
            time.sleep(0.002)
        self.report.ended[live.secret] = time.monotonic_ns()
        self._count("expired")
        self._expect(live.secret, EXPIRED, "expired")

    def _switch(self) -> None:
        for plan, said in ((Plan.FREE, PLAN), (Plan.PRO, VALID)):
            self._house.store.operator.set_plan("acme-events", plan)
            self._count("switched")
            self._expect(self._chance.choice(self.live).secret, said, f"on {plan.value}")

    def _taken(self) -> Live:
        return self.live.pop(self._chance.randrange(len(self.live)))

    def _count(self, change: str) -> None:
        self.report.changes[change] = self.report.changes.get(change, 0) + 1

    def _expect(self, secret: str, wanted: Said, after: str, path: str = "/verify") -> None:
        for wire in self._wires:
            self.report.probes += 1
            said = wire.ask(secret, path)
            if said != wanted:
                self.report.stale.append(f"{after}: {said}")
