"""Verifiers and revokers, around the real Holding and the real Settlement.

What a statement does here is what its SQL does: see `store.verifier.leasing` and
`store.persistence.repositories.verifiers`.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from store.domain.leases.holding import EVERYTHING
from store.domain.leases.settling import Lease, Picture, SettledBy, Settlement
from tests.leases import left_out
from tests.leases.world import (
    KEPT,
    SUBJECT_OF,
    WORKSPACE,
    Broken,
    Client,
    Clock,
    Registered,
    Row,
    Server,
    State,
    Steps,
    World,
)


class News(NamedTuple):
    """What is read at one instant."""

    revision: int
    subjects: tuple[str, ...]
    timeline: str
    listed: bool
    """Whether the verifier has its row."""


class Verifier(Client):
    """A process that answers requests."""

    def __init__(self, world: World, lease_s: float) -> None:
        super().__init__(world)
        self.clock = world.clock()
        self.name = f"verifier {world.next()}"
        self.lease_s = lease_s
        self.holding = left_out.holding(world.left_out, lease_s, self.clock.read)
        self.alive = True
        self.renewing = self.leaving = False
        self._left_out = world.left_out

    def crash(self) -> None:
        """End without a word."""
        self.alive = False
        self.connection += 1

    def give_up(self) -> None:
        """Wait no longer for what was asked; the server may yet do it."""
        self.connection += 1
        self.renewing = self.leaving

    def recall(self, row_id: str) -> Row | None:
        """Return what a request that begins now is answered from memory."""
        return self.holding.recall(row_id) if self.alive else None

    def request(self, row_id: str) -> Steps[None]:
        """Answer a request by reading through, and remember what was read."""
        in_force = dict(self.world.in_force)
        ticket = self.holding.ticket()
        row = yield from self.read(lambda server: server.state.row(row_id))
        self.world.check(row_id, row, in_force)
        self.holding.keep(ticket, SUBJECT_OF[row_id], row_id, row)

    def renew(self) -> Steps[None]:
        """Apply what has changed, confirm that, and be granted time."""
        connection = self.connection
        self.renewing = True
        try:
            yield from self._renew()
        finally:
            if self.connection == connection:
                self.renewing = self.leaving

    def _renew(self) -> Steps[None]:
        holding = self.holding
        behind = holding.revision
        asked_at = holding.asks()
        news = yield from self.read(lambda server: self._news(server, behind))
        confirms_first = self._left_out == "6"
        if not confirms_first:
            holding.apply(news.revision, news.subjects, news.timeline)
        if not news.listed:
            # Nobody who looked lately has seen a lease of this verifier.
            holding.void()
            self._register_anew()
        if self._left_out == "1, before it read":
            asked_at = holding.asks()
        if self._left_out == "4":
            holding.granted(asked_at, news.timeline)
        if not (yield from self.write(self._grant(news))):
            return
        holding.granted(asked_at, news.timeline)
        if confirms_first:
            yield True
            holding.apply(news.revision, news.subjects, news.timeline)

    def _register_anew(self) -> None:
        # Whoever waited for its lease must not find its next one.
        if self._left_out != "14, registration":
            self.name = f"verifier {self.world.next()}"

    def _news(self, server: Server, behind: int) -> News:
        state = server.state
        subjects = tuple(subject for revision, subject in state.changes if revision > behind)
        if state.revision - behind > KEPT and self._left_out != "15":
            subjects = (EVERYTHING,)
        return News(state.revision, subjects, server.timeline, self.name in state.verifiers)

    def _grant(self, news: News) -> Callable[[Server], Callable[[], bool]]:
        name = self.name
        applied = news.revision if self._left_out == "6" else self.holding.revision

        def run(server: Server) -> Callable[[], bool]:
            here = server.timeline == news.timeline

            def commit() -> bool:
                found = server.state.verifiers.get(name)
                if not here or news.listed != (found is not None):
                    return False
                renewals = 0 if found is None else found.renewals + 1
                row = Registered(applied, round(self.lease_s * 1000), server.timeline, renewals)
                server.commit(lambda state: state.with_verifier(name, row))
                return True

            return commit

        return run

    def leave(self) -> Steps[None]:
        """Give the lease up, and end."""
        name = self.name
        self.leaving = self.renewing = True
        if self._left_out != "16, given up before":
            self.holding.void()
            self.connection += 1

        def run(server: Server) -> Callable[[], None]:
            return lambda: server.commit(lambda state: state.with_verifier(name, None))

        try:
            yield from self.write(run)
            yield True
        finally:
            self.alive = False

    def prune(self) -> Steps[None]:
        """Remove the changes that nobody reads one by one any more."""

        def run(server: Server) -> Callable[[], None]:
            last = server.state.revision - KEPT

            def commit() -> None:
                server.commit(
                    lambda state: state._replace(
                        changes=tuple(one for one in state.changes if one[0] > last)
                    )
                )

            return commit

        yield from self.write(run)

    def forget(self) -> Steps[None]:
        """Remove the verifiers that have lapsed."""

        def run(server: Server) -> Callable[[], None]:
            gone = [
                name
                for name, row in server.state.verifiers.items()
                if row.lapsed or self._left_out == "16"
            ]

            def commit() -> None:
                for name in gone:
                    found = server.state.verifiers.get(name)
                    if found is not None and (found.lapsed or self._left_out == "16"):
                        server.commit(partial(State.with_verifier, verifier=name, registered=None))

            return commit

        yield from self.write(run)


def picture(server: Server) -> Picture:
    """Return the leases that are not known to have lapsed."""
    leases = [
        Lease(name, name, 1, row.revision, row.lease_ms, row.timeline, row.renewals)
        for name, row in server.state.verifiers.items()
        if not row.lapsed
    ]
    settled = server.timeline in server.state.settled
    return Picture(server.state.revision, server.timeline, settled, leases)


class Revoker(Client):
    """A process that takes rights away, and says when that is in force."""

    def __init__(self, world: World, clock: Clock) -> None:
        super().__init__(world)
        self.clock = clock
        self.settlement: Settlement | None = None
        self.done = False
        """Whether it said "in force"."""
        self.committed = False
        self.needs_standby = False

    def take_away(self, subject: str) -> Steps[None]:
        """Change something, wait until that is in force, and say so."""
        out = self.world.left_out
        change = self.world.next()
        seen = None
        if out == "10":
            seen = yield from self.read(picture)
        committed_on = yield from self._commit(subject, change)
        committed_at = self.clock.read()
        self.committed = True
        if seen is None:
            seen = yield from self._seen()
        settlement = self.settlement = left_out.settlement(
            out, committed_at, seen, seen_at=self.clock.read(), committed_on=committed_on
        )
        while not settlement.in_force:
            yield False
            try:
                settlement.look((yield from self.read(picture)), self.clock.read())
            except Broken:
                settlement.pass_time(self.clock.read())
        self.world.in_force[change] = subject
        self.done = True
        yield True
        for one in settlement.settled:
            if one.how is SettledBy.LAPSED:
                yield from self.write(self._mark(one.lease))
        yield from self.write(self._settle(settlement.timeline))

    def _seen(self) -> Steps[Picture]:
        while True:
            try:
                return (yield from self.read(picture))
            except Broken:
                yield False

    def _commit(self, subject: str, change: int) -> Steps[str]:
        out = self.world.left_out
        server = self.world.server
        lives = server.run
        alone = out != "9"
        while alone and server.locked:
            yield False
            if server.run != lives:
                raise Broken
        server.locked = True
        # Alone, whoever comes next sees what this one commits, and goes on from there.
        revision = (server.state.revision if alone else server.taken) + 1
        server.taken = max(server.taken, revision)
        yield True
        if server.run != lives:
            raise Broken
        noted = not (out == "8" and subject == WORKSPACE)

        def delta(state: State) -> State:
            return state.changed(subject, change, revision, noted=noted)

        enough = server.flush(delta)
        while out != "13" and server.shipped < enough:
            self.needs_standby = True
            yield False
            self.needs_standby = False
            if server.run != lives:
                raise Broken
        server.show(delta)
        server.locked = False
        yield True
        return server.timeline

    def _mark(self, lease: Lease) -> Callable[[Server], Callable[[], None]]:
        out = self.world.left_out

        def run(server: Server) -> Callable[[], None]:
            def commit() -> None:
                found = server.state.verifiers.get(lease.verifier)
                if (
                    found is not None
                    and (found.renewals == lease.renewals or out == "14")
                    and (found.timeline == lease.timeline or out in ("14", "14, timeline"))
                ):
                    row = found._replace(lapsed=True)
                    server.commit(lambda state: state.with_verifier(lease.verifier, row))

            return commit

        return run

    def _settle(self, timeline: str) -> Callable[[Server], Callable[[], None]]:
        def run(server: Server) -> Callable[[], None]:
            return lambda: server.commit(
                lambda state: state._replace(settled=state.settled | {timeline})
            )

        return run
