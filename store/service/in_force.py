"""InForce: a change that takes rights away is committed first, and then it is in force.

`store.domain.leases` says why that is so; here is the waiting.
"""

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from store.domain.leases.clock import LONGEST_S, over_s
from store.domain.leases.receipt import Answered, Receipt, Straggler, Underway, receipt_object
from store.domain.leases.settling import Picture, SettledBy, Settlement
from store.domain.times import SECOND, moment
from store.errors import NotGranted, StoreUnusable
from store.service.commits import Commit, TakenFrom
from store.service.mutation import Mutation
from store.service.transactions import Transactions

SHORTEST_PAUSE_S = 0.001
LONGEST_PAUSE_S = 0.02
AGAIN_AFTER_S = 0.2
"""Between two tries to read a database that does not answer."""
KEEP_WITHIN_S = 1.0
"""How long whoever cuts a wait short is held up by keeping what is known."""
GROWTH = 1.5
AGAIN = "Look whether it still holds; if not, do it again."

Told = Callable[[Underway], None]
"""Called before each pause. What it raises, such as KeyboardInterrupt, ends the waiting alone."""

Cut = Callable[[Receipt], None]
"""Called with what is known of a wait that is cut short, before what cut it is raised."""


def unseen(underway: Underway | Receipt) -> None:
    """Tell nobody."""


class InForce:
    """Waits until no verifier acts on what a mutation took away, and keeps the receipt."""

    def __init__(
        self, transactions: Transactions, pause: Callable[[float], None] = time.sleep
    ) -> None:
        """`pause` is given seconds."""
        self._transactions = transactions
        self._pause = pause

    def at_once(self, commits: Sequence[Commit]) -> Receipt | None:
        """Return the receipt of commits where there is nobody to wait for; nothing is read."""
        last = commits[-1]
        # On SQLite every verifier reads each key anew.
        return Receipt(last.at, last.at, immediate=True) if last.footing is None else None

    def wait(
        self, commits: Sequence[Commit], progress: Told = unseen, cut: Cut = unseen
    ) -> Receipt | None:
        """Return when commits are in force, several once for all; None where there are none.

        It takes milliseconds where every verifier answers, and as long as a lease where one does
        not. The audit keeps the receipt, also of a wait that is cut short; on SQLite it has it
        already.
        """
        if not commits:
            return None
        if (receipt := self.at_once(commits)) is not None:
            return receipt
        waiting = _Waiting(self._transactions, self._pause, commits, progress)
        try:
            receipt = waiting.run()
        except BaseException:
            cut(self._kept_soon(waiting, commits, waiting.cut_short()))
            raise
        return self._kept(waiting, commits, receipt)

    def _kept_soon(
        self, waiting: "_Waiting", commits: Sequence[Commit], receipt: Receipt
    ) -> Receipt:
        kept: list[Receipt] = []
        # A database that hangs must not hold whoever leaves.
        keeping = threading.Thread(
            target=lambda: kept.append(self._kept(waiting, commits, receipt)), daemon=True
        )
        keeping.start()
        keeping.join(KEEP_WITHIN_S)
        return kept[0] if kept else _lost(receipt, "The database does not answer.")

    def _kept(self, waiting: "_Waiting", commits: Sequence[Commit], receipt: Receipt) -> Receipt:
        try:
            with self._transactions.writing(raise_revision=False) as mutation:
                waiting.write_down(mutation)
                for commit in commits:
                    for taken in commit.taken:
                        _keep(mutation, taken, waiting.since(commit, receipt))
        except StoreUnusable as error:
            return _lost(receipt, str(error))
        return receipt


class _Waiting:
    """The way of some commits to being in force, on PostgreSQL."""

    def __init__(
        self,
        transactions: Transactions,
        pause: Callable[[float], None],
        commits: Sequence[Commit],
        progress: Told,
    ) -> None:
        self._transactions, self._pause, self._progress = transactions, pause, progress
        self._clock = transactions.own_clock
        self._last = commits[-1]
        footings = [commit.footing for commit in commits if commit.footing is not None]
        self._standby = all(footing.standby for footing in footings)
        timelines = {footing.timeline for footing in footings}
        # Of several, one at least is not that of the picture: no timeline has this name.
        self._committed_on = timelines.pop() if len(timelines) == 1 else ""
        self._settlement: Settlement | None = None
        self._waited = self._unreadable = False
        self._refusal: StoreUnusable | None = None
        """Why the database could not be read the last time it could not."""

    def run(self) -> Receipt:
        """Wait, and say how it went."""
        settlement = self._settlement = self._begin()
        if settlement is None:
            return self._receipt(None, f"{self._refusal} {AGAIN}")
        now, pause = self._clock(), SHORTEST_PAUSE_S
        self._waited = not settlement.in_force
        while not settlement.in_force:
            self._progress(self._underway(settlement, now))
            self._pause(min(pause, _next_end(settlement, now)))
            pause = min(pause * GROWTH, LONGEST_PAUSE_S)
            picture, now = self._look()
            self._unreadable = picture is None
            if picture is None:
                settlement.pass_time(now)
            else:
                settlement.look(picture, now)
        if settlement.moved and not self._standby:
            trouble = "Another server has taken over, and nothing says that it has the commit."
            return self._receipt(None, f"{trouble} {AGAIN}")
        # One more: the instant of the commit is cut off to a millisecond.
        after_ms = math.ceil((now - self._last.returned) * 1000) + 1
        return self._receipt(self._last.at + after_ms, "")

    def cut_short(self) -> Receipt:
        """Return what is known before it is over, and by when it will be."""
        settlement, now = self._settlement, self._clock()
        if settlement is None or (settlement.moved and not self._standby):
            trouble = self._refusal or "It was not waited for until that was known."
            return self._receipt(None, f"{trouble} {AGAIN}")
        over_by = settlement.over_by or now
        after_ms = math.ceil((over_by - self._last.returned) * 1000) + 1
        by = math.ceil((self._last.at + after_ms) / SECOND) * SECOND
        trouble = f"The wait was cut short: in force by {moment(by):%H:%M:%S} UTC at the latest."
        return replace(
            self._receipt(None, trouble),
            waiting=self._underway(settlement, now).stragglers,
            in_force_by=by,
        )

    def since(self, commit: Commit, receipt: Receipt) -> Receipt:
        """Return the receipt of the last commit as that of another one, which was before it."""
        sooner_ms = math.ceil((self._last.returned - commit.returned) * 1000)
        answered = [
            replace(answer, after_ms=answer.after_ms + sooner_ms) for answer in receipt.verifiers
        ]
        return replace(receipt, committed_at=commit.at, verifiers=tuple(answered))

    def write_down(self, mutation: Mutation) -> None:
        """Save those who come after from waiting for the same leases."""
        settlement = self._settlement
        if settlement is None:
            return
        for settled in settlement.settled:
            if settled.how is SettledBy.LAPSED:
                mutation.unit.verifiers.set_lapsed(settled.lease)
        if settlement.in_force:
            mutation.unit.verifiers.settle(settlement.timeline)

    def _begin(self) -> Settlement | None:
        """Return the settlement once there is a picture; None where there is none for too long."""
        enough = self._last.returned + over_s(LONGEST_S)
        picture, now = self._look()
        while picture is None:
            if now >= enough or isinstance(self._refusal, NotGranted):
                return None
            self._progress(Underway(self._last.at, 0, 0, unreadable=True))
            self._pause(AGAIN_AFTER_S)
            picture, now = self._look()
        self._unreadable = False
        return Settlement(
            self._last.returned, picture, seen_at=now, committed_on=self._committed_on
        )

    def _look(self) -> tuple[Picture | None, float]:
        picture = None
        try:
            with self._transactions.reading() as unit:
                picture = unit.verifiers.picture()
        except StoreUnusable as error:
            self._refusal = error
        # After it: what was seen may be as young as that.
        return picture, self._clock()

    def _underway(self, settlement: Settlement, now: float) -> Underway:
        waiting, elders = settlement.waiting, settlement.elders_until
        return Underway(
            self._last.at,
            len(settlement.settled),
            len(settlement.settled) + len(waiting),
            tuple(
                Straggler(straggler.lease.host, straggler.lease.process, straggler.until - now)
                for straggler in waiting
            ),
            None if elders is None else elders - now,
            self._unreadable,
        )

    def _receipt(self, in_force_at: int | None, trouble: str) -> Receipt:
        settled = self._settlement.settled if self._settlement is not None else []
        answered = tuple(
            Answered(
                verifier.lease.host,
                verifier.lease.process,
                verifier.how,
                max(0, math.ceil(verifier.after_s * 1000)),
            )
            for verifier in settled
        )
        return Receipt(
            self._last.at,
            in_force_at,
            answered,
            immediate=in_force_at is not None and not answered and not self._waited,
            standby=self._standby,
            trouble=trouble,
        )


def _lost(receipt: Receipt, why: str) -> Receipt:
    lost = f"The audit does not have this receipt. {why}"
    return replace(receipt, trouble=f"{receipt.trouble} {lost}".lstrip())


def _next_end(settlement: Settlement, now: float) -> float:
    ends = [waiting.until for waiting in settlement.waiting]
    if settlement.elders_until is not None:
        ends.append(settlement.elders_until)
    return max(SHORTEST_PAUSE_S, min(ends) - now)


def _keep(mutation: Mutation, taken: TakenFrom, receipt: Receipt) -> None:
    mutation.audit(
        taken.workspace_id,
        taken.actor,
        taken.action.receipt,
        taken.subject,
        taken.subject_name,
        system=taken.system,
        **receipt_object(receipt),
        trouble=receipt.trouble or None,
    )
