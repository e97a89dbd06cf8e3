"""How a promise is broken when one rule is left out: for each the shortest story that is known.

Leases are of 3 s, of which a verifier uses 2.7 s, and a revoker waits 3.3 s. A verifier is warm
once it holds a lease and remembers everything. Steps are counted from where something began: a
renewal has read what is new with the 2nd and asks for time with the 3rd, is judged with the 4th,
committed with the 5th, and hears of it with the 6th.
"""

from collections.abc import Callable

from tests.leases.parties import Revoker, Verifier
from tests.leases.world import KEPT, SLEWED, SUBJECT_OF, UnderWay, World

ALL = 100
LEASE_S, LONG_LEASE_S = 3.0, 10.0
OVER_S, ELDERS_OVER_S = 3.35, 11.05
"""Once a lease has been waited out, and leases nobody knows of."""


class Stage:
    """A verifier and a revoker, and the database."""

    def __init__(self, left_out: str) -> None:
        self.world = World(left_out)
        self.verifier = Verifier(self.world, LEASE_S)
        self.clock = self.world.clock()

    def warm(self, verifier: Verifier | None = None) -> None:
        """Let a verifier be granted a lease and remember everything."""
        verifier = verifier or self.verifier
        self.world.begin(verifier.renew(), ALL)
        for row_id in SUBJECT_OF:
            if verifier.recall(row_id) is None:
                self.world.begin(verifier.request(row_id), ALL)

    def renews(self, steps: int = ALL) -> UnderWay:
        """Let the verifier begin to renew its lease."""
        return self.world.begin(self.verifier.renew(), steps)

    def takes(self, subject: str, steps: int = ALL) -> "Taking":
        """Let somebody take rights away; in all its steps, with a standby that keeps up."""
        taking = Taking(self, subject)
        taking.go_on(steps if steps == ALL else steps - 1)
        return taking

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self.world.pass_time(seconds)

    def somebody_asks(self) -> None:
        """Let requests begin for everything that is remembered."""
        for row_id in SUBJECT_OF:
            self.world.check(row_id, self.verifier.recall(row_id), self.world.in_force)


class Taking:
    """Somebody who takes rights away."""

    def __init__(self, stage: Stage, subject: str) -> None:
        self.revoker = Revoker(stage.world, stage.clock)
        self._world = stage.world
        self._under_way = stage.world.begin(self.revoker.take_away(subject))

    def go_on(self, steps: int = ALL) -> None:
        """Take some more steps, as far as the leases allow."""
        if steps < ALL:
            self._world.go_on(self._under_way, steps)
            return
        while not self._under_way.over:
            self._world.go_on(self._under_way, ALL)
            if not self.revoker.needs_standby:
                break
            self._world.ship(self._world.server.behind)

    def until_committed(self) -> None:
        """Go on until the commit has returned."""
        while not self.revoker.committed:
            self._world.ship(self._world.server.behind)
            self._world.go_on(self._under_way)

    def until_in_force(self) -> None:
        """Go on until "in force" is said, and no further."""
        while not self.revoker.done:
            self._world.go_on(self._under_way)


def asked_long_after_reading(stage: Stage) -> None:
    """A verifier reads that nothing has changed, is stopped, and asks for time after a change."""
    stage.warm()
    renewal = stage.renews(2)
    taking = stage.takes("key")
    stage.pass_time(1)
    stage.world.go_on(renewal, ALL)
    stage.pass_time(OVER_S - 1)
    taking.go_on()


def clocks_apart(stage: Stage) -> None:
    """A slow verifier's lease is not over when a fast revoker's wait is."""
    stage.verifier.clock.rate = 1 - SLEWED
    stage.clock.rate = 1 + SLEWED
    stage.warm()
    taking = stage.takes("key")
    for _ in range(34):
        stage.pass_time(0.1)
        taking.go_on()
        stage.somebody_asks()


def woken_up(stage: Stage) -> None:
    """A verifier was stopped for longer than its lease."""
    stage.warm()
    taking = stage.takes("key")
    stage.pass_time(OVER_S)
    taking.go_on()


def granted_late(stage: Stage) -> None:
    """A lease lapses, and one that was asked for in time comes after that was noted down."""
    stage.warm()
    first = stage.takes("key")
    stage.pass_time(2.5)
    renewal = stage.renews(4)
    second = stage.takes("other key", 1)
    second.until_committed()
    stage.pass_time(OVER_S - 2.5)
    first.go_on()
    second.go_on()
    stage.world.go_on(renewal, ALL)


def read_too_early(stage: Stage) -> None:
    """A verifier remembers what it reads while it waits for its first lease."""
    stage.renews(3)
    stage.world.begin(stage.verifier.request("key"), ALL)
    stage.takes("key")


def read_before_applied_after(stage: Stage) -> None:
    """A row is read, then a change to it is applied, then the row arrives."""
    stage.renews()
    request = stage.world.begin(stage.verifier.request("key"), 2)
    taking = stage.takes("key")
    stage.renews()
    stage.world.go_on(request, ALL)
    taking.go_on()


def confirmed_before_applied(stage: Stage) -> None:
    """A verifier stops between confirming a change and applying it."""
    stage.renews()
    stage.warm()
    taking = stage.takes("key")
    stage.renews(6)
    taking.go_on()


def lost_change(stage: Stage) -> None:
    """Let a change be seen that no standby has: the server crashed while it waited for it."""
    stage.world.ship(stage.world.server.behind)
    stage.takes("connection", 2)
    stage.world.restart()


def same_number_elsewhere(stage: Stage) -> None:
    """A verifier has applied a change that a failover lost, and another has its number now."""
    stage.warm()
    lost_change(stage)
    stage.renews()
    stage.world.promote()
    taking = stage.takes("key")
    for _ in range(12):
        stage.renews()
        stage.pass_time(1)
    stage.renews()
    taking.go_on()


def plan_switched(stage: Stage) -> None:
    """A workspace's plan is switched."""
    stage.warm()
    taking = stage.takes("workspace")
    stage.renews()
    taking.go_on()


def out_of_order(stage: Stage) -> None:
    """A verifier reads up to a change while one before it has not been committed."""
    stage.warm()
    first = stage.takes("key", 1)
    second = stage.takes("other key")
    stage.renews()
    for taking in (first, second):
        taking.go_on()


def leases_read_first(stage: Stage) -> None:
    """A verifier is granted its first lease between the reading of leases and the commit."""
    taking = stage.takes("key", 2)
    stage.warm()
    taking.go_on()


def not_waited_for(stage: Stage) -> None:
    """A verifier has not heard of a change yet."""
    stage.warm()
    stage.takes("key")


def renewed_before_the_reading(stage: Stage) -> None:
    """A lease is renewed after a commit; by the next one, which is waited for, it is behind."""
    stage.verifier.clock.rate = 1 - SLEWED
    stage.clock.rate = 1 + SLEWED
    stage.warm()
    first = stage.takes("key", 1)
    first.until_committed()
    stage.pass_time(0.5)
    stage.renews()
    stage.takes("key", 1).until_committed()
    first.go_on()
    stage.pass_time(2.56)
    first.go_on()
    stage.takes("other key")


def unknown_here(stage: Stage) -> None:
    """A standby takes over that never heard of a lease."""
    stage.warm()
    stage.world.promote()
    stage.takes("key")


def unknown_and_late(stage: Stage) -> None:
    """The server that was committed on granted a lease after that, and no standby heard of it."""
    first = stage.takes("connection", 1)
    first.until_committed()
    stage.pass_time(9)
    stage.verifier = Verifier(stage.world, LONG_LEASE_S)
    stage.warm()
    stage.world.promote()
    first.go_on()
    first.go_on()
    stage.pass_time(ELDERS_OVER_S - 9)
    first.go_on()
    stage.takes("key")


def taken_back(stage: Stage) -> None:
    """A standby takes over that lacks the commit."""
    stage.takes("key", 20)
    stage.world.promote()
    stage.world.begin(stage.verifier.request("key"), ALL)


def renewed_before_the_note(stage: Stage) -> None:
    """A verifier wakes up and renews its lease before somebody notes down that it lapsed."""
    stage.warm()
    first = stage.takes("key")
    stage.pass_time(OVER_S)
    first.until_in_force()
    stage.warm()
    first.go_on()
    stage.takes("other key")


def same_count_elsewhere(stage: Stage) -> None:
    """So it does, on a server that took over and had not heard of its last renewal."""
    stage.warm()
    renewal = stage.renews(4)
    first = stage.takes("key", 1)
    first.until_committed()
    stage.world.go_on(renewal, ALL)
    first.go_on()
    stage.world.promote()
    first.revoker.cut_off = True
    stage.pass_time(OVER_S)
    first.until_in_force()
    first.revoker.cut_off = False
    settling = stage.takes("connection")
    stage.pass_time(ELDERS_OVER_S)
    settling.go_on()
    stage.warm()
    first.go_on()
    stage.takes("other key")


def same_count_again(stage: Stage) -> None:
    """So it does, after it was removed and has registered anew."""
    stage.warm()
    first, second = stage.takes("key"), stage.takes("key")
    stage.pass_time(OVER_S)
    second.until_in_force()
    first.go_on()
    stage.world.begin(stage.verifier.forget(), ALL)
    stage.warm()
    second.go_on()
    stage.takes("other key")


def pruned(stage: Stage) -> None:
    """A verifier is behind by more changes than are noted down."""
    stage.warm()
    first = stage.takes("key")
    for _ in range(KEPT + 1):
        stage.takes("connection")
    stage.world.begin(stage.verifier.prune(), ALL)
    stage.renews()
    first.go_on()


def removed(stage: Stage) -> None:
    """A verifier is removed that was not seen for a while."""
    stage.warm()
    stage.world.begin(stage.verifier.forget(), ALL)
    stage.takes("key")


def left(stage: Stage) -> None:
    """A verifier says that it has left, and still answers."""
    stage.warm()
    stage.world.begin(stage.verifier.leave(), 3)
    stage.takes("key")


STORIES: dict[str, Callable[[Stage], None]] = {
    "1, before it read": asked_long_after_reading,
    "1, DRIFT": clocks_apart,
    "2": woken_up,
    "3": granted_late,
    "4": read_too_early,
    "5": read_before_applied_after,
    "6": confirmed_before_applied,
    "7": same_number_elsewhere,
    "8": plan_switched,
    "9": out_of_order,
    "10": leases_read_first,
    "11": not_waited_for,
    "11, DRIFT": clocks_apart,
    "11, since it read": renewed_before_the_reading,
    "12": unknown_here,
    "12, since it saw it": unknown_and_late,
    "13": taken_back,
    "14": renewed_before_the_note,
    "14, timeline": same_count_elsewhere,
    "14, registration": same_count_again,
    "15": pruned,
    "16": removed,
    "16, given up before": left,
}


def tell(rule: str, *, left_out: bool) -> None:
    """Tell a rule's story where all rules are kept, or this one is not. Raises Stale."""
    stage = Stage(rule if left_out else "")
    STORIES[rule](stage)
    stage.somebody_asks()
