"""A search for a request that is answered by what was before a change that is in force."""

from collections import Counter
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from store.domain.leases.settling import SettledBy
from tests.leases.parties import Revoker, Verifier
from tests.leases.world import SLEWED, SUBJECT_OF, SUBJECTS, Stale, UnderWay, World

LEASES_S = (3.0, 10.0)
MOST_CHANGES = 3
STEPS = 50
A_LITTLE_S = 0.02
ALL = 100
A_ROUND_S, ROUNDS = 0.5, 40
"""Longer than the longest lease can be waited for."""

RATES = (1.0, 1 - SLEWED, 1 + SLEWED)
TROUBLES = (
    *("slew", "give up", "cut off", "crash", "leave"),
    *("prune", "forget", "ship", "ship", "restart", "promote"),
)

_whole = st.sampled_from((True, True, False))
_far = st.sampled_from((1, 2, 3, 4, 5, ALL, ALL, ALL, ALL, ALL))
"""How many steps are taken at once."""
# One of them is where most happens.
_which = st.sampled_from((0, 0, 0, 1))


class Leases(RuleBasedStateMachine):
    """Some verifiers and revokers, a primary and a standby."""

    left_out = ""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(self.left_out)
        self.leases_s: tuple[float, ...] = LEASES_S
        self.verifiers: list[Verifier] = []
        self.clocks = [self.world.clock() for _ in range(2)]
        self._taking: list[tuple[Revoker, UnderWay]] = []
        self._failed = False

    @property
    def revokers(self) -> list[Revoker]:
        """Those that have not said "in force" yet."""
        self._taking = [one for one in self._taking if not one[1].over]
        return [revoker for revoker, _ in self._taking if not revoker.done]

    @initialize(alone=st.booleans(), warm=st.booleans(), slewed=st.booleans())
    def begin(self, alone: bool, warm: bool, slewed: bool) -> None:
        """It may all have run for a while."""
        if alone:
            self.leases_s = LEASES_S[:1]
        for which in range(len(self.leases_s)):
            verifier = self.verifier(which)
            if slewed:
                verifier.clock.rate = 1 - SLEWED
            if warm:
                self.warm_up(which)
        if slewed:
            self.clocks[0].rate = 1 + SLEWED

    @rule(which=_which)
    def warm_up(self, which: int) -> None:
        """A verifier has some calm time."""
        verifier = self.verifier(which)
        if not verifier.renewing:
            self.world.begin(verifier.renew(), ALL)
        for row_id in SUBJECT_OF:
            self.request(which, row_id, ALL)

    @rule(which=_which, far=_far)
    def renew(self, which: int, far: int) -> None:
        """A verifier hears of a change, or it is time."""
        verifier = self.verifier(which)
        if not verifier.renewing:
            self.world.begin(verifier.renew(), far)

    @rule(which=_which, row_id=st.sampled_from(sorted(SUBJECT_OF)), far=_far)
    def request(self, which: int, row_id: str, far: int) -> None:
        """A request comes for what is not remembered."""
        verifier = self.verifier(which)
        if verifier.recall(row_id) is None:
            self.world.begin(verifier.request(row_id), far)

    @precondition(lambda self: len(self.revokers) < MOST_CHANGES)
    @rule(which=_which, subject=st.sampled_from(SUBJECTS), whole=_whole)
    def take_away(self, which: int, subject: str, whole: bool) -> None:
        """Somebody takes rights away."""
        revoker = Revoker(self.world, self.clocks[which % 2])
        self._taking.append((revoker, self.world.begin(revoker.take_away(subject))))
        if whole:
            self.everybody_looks()

    def everybody_looks(self) -> None:
        """Revokers do what they can, and the standby what they need."""
        for revoker, under_way in self._taking:
            while not under_way.over:
                self.world.go_on(under_way, ALL)
                if not revoker.needs_standby:
                    break
                self.world.ship(self.world.server.behind)

    @precondition(lambda self: self.world.under_way)
    @rule(which=st.integers(0, 7), far=_far)
    def go_on(self, which: int, far: int) -> None:
        """A message arrives, a commit returns, somebody wakes up."""
        under_way = self.world.under_way
        self.world.go_on(under_way[which % len(under_way)], far)

    @rule(seconds=st.sampled_from((0.05, 0.5, 1.0, 2.5)))
    def time_passes(self, seconds: float) -> None:
        """Nothing else happens."""
        self.world.pass_time(seconds)

    @rule(which=st.integers(0, 5), early=st.booleans())
    def time_passes_until(self, which: int, early: bool) -> None:
        """Something is about to end, or has just ended, and revokers wake up."""
        ends = sorted(self.ends())
        if ends:
            real_s = ends[which % len(ends)] + (-A_LITTLE_S if early else A_LITTLE_S)
            self.world.pass_time(max(real_s, 0.0))
            if not early:
                self.everybody_looks()

    @rule(which=_which, what=st.sampled_from(TROUBLES))
    def trouble(self, which: int, what: str) -> None:
        """Something happens to a verifier, to a clock, or to the database."""
        world, verifier = self.world, self.verifier(which)
        match what:
            case "slew":
                clock = world.clocks[which % len(world.clocks)]
                clock.rate = RATES[(RATES.index(clock.rate) + 1) % len(RATES)]
            case "give up":
                verifier.give_up()
            case "cut off":
                verifier.cut_off = not verifier.cut_off
            case "crash":
                verifier.crash()
            case "leave":
                if not verifier.leaving:
                    world.begin(verifier.leave())
            case "prune":
                world.begin(verifier.prune(), ALL)
            case "forget":
                world.begin(verifier.forget(), ALL)
            case "ship":
                world.ship(1)
            case "restart":
                world.restart()
            case "promote":
                world.promote()

    @invariant()
    def no_request_is_answered_by_what_was_before(self) -> None:
        """As a request that began now would find."""
        self.step_was_taken()
        self._failed = True
        for verifier in self.verifiers:
            for row_id in SUBJECT_OF:
                self.world.check(row_id, verifier.recall(row_id), self.world.in_force)
        self._failed = False

    def step_was_taken(self) -> None:
        """Count it, where somebody does."""

    def teardown(self) -> None:
        """Let all delays end: everything comes in force, and from then on by confirmation."""
        if self._failed or self.left_out:
            return
        for verifier in self.verifiers:
            verifier.cut_off = False
        self.calm()
        # Whoever is gone is known to be, once somebody has waited.
        self.take_away(0, "key", whole=False)
        self.calm()
        for _ in range(3):
            self.everybody_renews()
        self.take_away(1, "key", whole=False)
        revoker = self.revokers[0]
        for _ in range(3):
            self.everybody_looks()
            self.everybody_renews()
        assert not self.revokers
        assert revoker.settlement is not None
        assert {one.how for one in revoker.settlement.settled} == {SettledBy.CONFIRMED}
        assert len(revoker.settlement.settled) == len(self.verifiers)

    def calm(self) -> None:
        """Wait until everything is in force."""
        for _ in range(ROUNDS):
            self.world.ship(self.world.server.behind)
            self.everybody_looks()
            self.everybody_renews()
            self.no_request_is_answered_by_what_was_before()
            if not self.revokers:
                return
            self.world.pass_time(A_ROUND_S)
        raise AssertionError("a change never comes in force")

    def everybody_renews(self) -> None:
        """Verifiers do what they can."""
        self.verifier(0)
        for under_way in self.world.under_way:
            self.world.go_on(under_way, ALL)
        for verifier in self.verifiers:
            if verifier.alive and not verifier.renewing and not verifier.leaving:
                self.world.begin(verifier.renew(), ALL)

    def verifier(self, which: int) -> Verifier:
        """Return one of the verifiers; for each that ended another has been started."""
        self.verifiers = [one for one in self.verifiers if one.alive]
        for lease_s in self.leases_s:
            if lease_s not in [one.lease_s for one in self.verifiers]:
                self.verifiers.append(Verifier(self.world, lease_s))
        return self.verifiers[which % len(self.verifiers)]

    def ends(self) -> list[float]:
        """Return after how many real seconds something ends that somebody counts on."""
        ends = [one.clock.real_s_until(one.holding.ends) for one in self.verifiers]
        for revoker in self.revokers:
            if revoker.settlement is not None:
                until = [one.until for one in revoker.settlement.waiting]
                if revoker.settlement.elders_until is not None:
                    until.append(revoker.settlement.elders_until)
                ends.extend(map(revoker.clock.real_s_until, until))
        return [end for end in ends if end > 0]


@dataclass(frozen=True)
class Found:
    """What a search has tried, and the broken promise where it found one."""

    examples: int
    steps: int
    stale: str | None


def search(left_out: str, examples: int, *, seeded: int | None = None) -> Found:
    """Look for a broken promise in some examples, by default in the same ones each time."""
    counted = Counter[str]()

    class Search(Leases):
        def __init__(self) -> None:
            super().__init__()
            counted["examples"] += 1

        def step_was_taken(self) -> None:
            counted["steps"] += 1

    Search.left_out = left_out
    stale = None
    try:
        run_state_machine_as_test(
            Search if seeded is None else seed(seeded)(Search),
            settings=settings(
                max_examples=examples,
                stateful_step_count=STEPS,
                # What is expected need not be told in short.
                phases=[Phase.generate] if left_out else [Phase.generate, Phase.shrink],
                report_multiple_bugs=False,
                deadline=None,
                database=None,
                derandomize=seeded is None,
                suppress_health_check=list(HealthCheck),
                verbosity=Verbosity.quiet if left_out else Verbosity.normal,
            ),
        )
    except Stale as error:
        if not left_out:
            raise
        stale = str(error)
    return Found(counted["examples"], counted["steps"], stale)
