"""A simulated database with a standby, time, and everything that is under way in between.

A statement is a generator. It stops where a message travels and between what it saw and its commit,
and goes on when the search wants it to: a pause of a process is a step that is not taken for long,
and a notification that is lost is a step that nobody begins.
"""

from collections.abc import Callable, Generator, Iterable, Mapping
from typing import NamedTuple, TypeVar

from store.domain.leases.holding import EVERYTHING

T = TypeVar("T")
Steps = Generator[bool, None, T]
"""Yields whether it can go on at all, or waits for somebody else."""

SUBJECT_OF = {"key": "key", "other key": "other key", "token": "connection"}
"""Of each row that a request can need, what a change to it is about."""
WORKSPACE = "workspace"
SUBJECTS = ("key", "other key", "connection", WORKSPACE)
KEPT = 3
"""How many changes a verifier may be behind and still read each of them."""
SLEWED = 0.08333
"""How much a clock may be off, each way."""

Row = frozenset[int]
"""What a verdict depends on: the changes that went into it, those of its workspace as well."""


class Stale(AssertionError):
    """A request that began after "in force" was answered by what was before."""


class Broken(Exception):
    """Nobody answers: whoever asked does not know what became of it."""


class Clock:
    """One machine's own clock: nobody can set it, and it runs at a rate of its own."""

    def __init__(self, start: float) -> None:
        self.rate = 1.0
        self._reads = start

    def read(self) -> float:
        """Return its seconds."""
        return self._reads

    def pass_time(self, seconds: float) -> None:
        """Let real seconds pass."""
        self._reads += seconds * self.rate

    def real_s_until(self, reading: float) -> float:
        """Return after how many real seconds it will read so."""
        return (reading - self._reads) / self.rate


class Registered(NamedTuple):
    """A verifier's row."""

    revision: int
    lease_ms: int
    timeline: str
    renewals: int
    lapsed: bool = False


class State(NamedTuple):
    """All rows there are at an instant."""

    revision: int = 0
    rows: Mapping[str, Row] = dict.fromkeys(SUBJECTS, frozenset())
    changes: tuple[tuple[int, str], ...] = ()
    verifiers: Mapping[str, Registered] = {}
    settled: frozenset[str] = frozenset()

    def row(self, row_id: str) -> Row:
        """Return what a request reads."""
        return self.rows[SUBJECT_OF[row_id]] | self.rows[WORKSPACE]

    def changed(self, subject: str, change: int, revision: int, *, noted: bool) -> "State":
        """Return what is there after a change."""
        about = EVERYTHING if subject == WORKSPACE else subject
        rows = {**self.rows, subject: self.rows[subject] | {change}}
        if not noted:
            return self._replace(rows=rows)
        return self._replace(
            rows=rows,
            revision=max(self.revision, revision),
            changes=(*self.changes, (revision, about)),
        )

    def with_verifier(self, verifier: str, registered: Registered | None) -> "State":
        """Return what is there after a verifier's row was written, or removed."""
        others = {name: one for name, one in self.verifiers.items() if name != verifier}
        if registered is not None:
            others[verifier] = registered
        return self._replace(verifiers=others)


Delta = Callable[[State], State]


class Server:
    """A primary: what is committed on it, and how much of that its standby has."""

    def __init__(self, timeline: str, base: State) -> None:
        self.timeline = timeline
        self.state = base
        """What a statement sees."""
        self.run = 0
        """Another after each crash."""
        self.locked = False
        """Whether a transaction holds the revision."""
        self.taken = base.revision
        """The last number that was given to a change."""
        self.shipped = 0
        self._base, self._log = base, list[Delta]()

    @property
    def behind(self) -> int:
        """How many commits the standby lacks."""
        return len(self._log) - self.shipped

    def flush(self, delta: Delta) -> int:
        """Write a commit down, which nobody sees yet; return how far the standby has to come."""
        self._log.append(delta)
        return len(self._log)

    def show(self, delta: Delta) -> None:
        """Let everybody see a commit that was written down."""
        self.state = delta(self.state)

    def commit(self, delta: Delta) -> None:
        """Commit without waiting for the standby."""
        self.flush(delta)
        self.show(delta)

    def restart(self) -> None:
        """Crash and come back: what was flushed is there, also what waited for the standby."""
        self.run += 1
        self.locked = False
        self.state = self._replayed(self._log)

    def promoted(self, timeline: str) -> "Server":
        """End, and return what the standby is from now on."""
        self.run += 1
        return Server(timeline, self._replayed(self._log[: self.shipped]))

    def _replayed(self, log: Iterable[Delta]) -> State:
        state = self._base
        for delta in log:
            state = delta(state)
        return state


class UnderWay:
    """Steps that somebody has begun."""

    def __init__(self, steps: Steps[None]) -> None:
        self._steps = steps
        self.over = False

    def step(self) -> bool:
        """Take the next one; return whether another could follow at once."""
        try:
            return next(self._steps)
        except (StopIteration, Broken):
            self.over = True
            return False


class World:
    """Time, the database, and what is under way."""

    def __init__(self, left_out: str = "") -> None:
        """`left_out` names the rule that nobody keeps; see `tests.leases.left_out`."""
        self.left_out = left_out
        self.clocks: list[Clock] = []
        self.server = Server("1", State(settled=frozenset("1")))
        self.under_way: list[UnderWay] = []
        self.in_force: dict[int, str] = {}
        """The subjects of the changes of which that was said."""
        self._last = 0

    def clock(self) -> Clock:
        """Return the clock of another machine."""
        self.clocks.append(Clock(1000.0 * len(self.clocks)))
        return self.clocks[-1]

    def next(self) -> int:
        """Return a number that was never given before."""
        self._last += 1
        return self._last

    def pass_time(self, seconds: float) -> None:
        """Let real seconds pass."""
        for clock in self.clocks:
            clock.pass_time(seconds)

    def begin(self, steps: Steps[None], far: int = 1) -> UnderWay:
        """Begin something and take its first steps, as far as nobody else is needed."""
        begun = UnderWay(steps)
        self.under_way.append(begun)
        self.go_on(begun, far)
        return begun

    def go_on(self, one: UnderWay, far: int = 1) -> None:
        """Take some more steps of something, as far as nobody else is needed."""
        for _ in range(far):
            if not one.step():
                break
        self.under_way = [one for one in self.under_way if not one.over]

    def restart(self) -> None:
        """Let the database crash and come back."""
        self.server.restart()

    def promote(self) -> None:
        """Let the standby take over, which gets one of its own."""
        self.server = self.server.promoted(str(int(self.server.timeline) + 1))

    def ship(self, commits: int) -> None:
        """Let the standby have some more commits."""
        self.server.shipped += min(commits, self.server.behind)

    def check(self, row_id: str, row: Row | None, in_force: Mapping[int, str]) -> None:
        """Raise Stale when a row is from before a change that was in force as it was asked for."""
        if row is None:
            return
        about = (SUBJECT_OF[row_id], WORKSPACE)
        lacking = {one for one, subject in in_force.items() if subject in about} - row
        if lacking:
            raise Stale(f"{row_id}: {sorted(row)} lacks {sorted(lacking)}")


class Client:
    """Whoever asks the database something."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cut_off = False
        self.connection = 0
        """Another after it gave up waiting, or crashed."""

    def read(self, see: Callable[[Server], T]) -> Steps[T]:
        """Read something. Raises Broken."""

        def run(server: Server) -> Callable[[], T]:
            seen = see(server)
            return lambda: seen

        return self._ask(run, writes=False)

    def write(self, run: Callable[[Server], Callable[[], T]]) -> Steps[T]:
        """Write something: `run` takes a look, and what it returns commits. Raises Broken."""
        return self._ask(run, writes=True)

    def _ask(self, run: Callable[[Server], Callable[[], T]], *, writes: bool) -> Steps[T]:
        server, connection = self.world.server, self.connection
        lives = server.run
        if self.cut_off:
            raise Broken
        yield True
        if server.run != lives:
            raise Broken
        commit = run(server)
        if writes:
            yield True
            if server.run != lives:
                raise Broken
        answer = commit()
        yield True
        if self.cut_off or self.connection != connection:
            raise Broken
        return answer
