"""How much of each limit is used, as one worker knows it. Pure; no I/O.

Exact where one worker answers. Where several do, each knows what it has let through itself and,
from the last exchange, what the others had; until the next one it lets through its share of what
was left then. Shares are of those that let any through in this window or the last one; whoever has
not heard of the others for so long that each has told by then has the share of one among all that
live. So before the first exchange of a window all of them together let no more through than the
limit, and one for each.

Whoever begins knows from the store what others had let through of the windows of then: those that
were stopped, too. Where it does not know it of a window, it lets half of the limit through at the
most until it has heard.

Limits have the store's word for what the others used, never their leave: where the store cannot be
asked, a worker goes on with its share.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from store.domain.credential import Credential
from store.domain.limits import Left, Limit, Subject, Window, of_credential
from store.domain.times import HOUR, SECOND

TOLD_S = 1.5
"""By when each that uses any has told so: before, all that live are taken for users."""
FRESH_S = 2.5
"""How long what was heard of the others is gone by: for longer than two exchanges."""
JUST_S = 0.2
"""For how long after others were heard of a request that costs more than a share may pass."""
WANTED_S = 2.0
"""How long it is asked again and again after one was refused: for who tries again in a second."""
MOST_COUNTS = 50_000
"""Windows that are counted. Beyond that those go that are over, then those that are told, then any.

Of one that went before it was over half of the limit is let through at the most, until its row was
read; and what was never told is let through once more.
"""


class Counted(NamedTuple):
    """Whose requests are counted together, and over how long; how many may be is another matter."""

    workspace_id: int
    subject: Subject
    value: str
    span: str


class Asked(NamedTuple):
    """What an exchange tells the store of one window, and asks of it."""

    counted: Counted
    begins: int
    before: int
    """When the window before it began."""
    used: int
    """What this worker has let through."""


class Heard(NamedTuple):
    """What the store says of one window."""

    others: int
    """What all others have let through."""
    users: int
    """Workers that let any through in it or in the one before, this one among them."""
    own: int = 0
    """What stands of this worker."""


class Tally(NamedTuple):
    """What became of one request."""

    passed: bool
    left: tuple[Left, ...]
    """Of each limit that is enforced; of one that may not pass, of those that do not let it."""
    wait_s: int | None = None
    """In how many seconds it may pass; None where it never will, or has."""
    exceeded: bool = False
    """Whether one that is only observed would have refused a request that passed."""


class _Count:
    """One window, as it stands now."""

    __slots__ = (
        "asked",
        "before",
        "begins",
        "ends",
        "given",
        "heard_at",
        "mine",
        "most",
        "others",
        "share",
        "since",
        "told",
        "users",
        "wanted_until",
    )

    def __init__(self) -> None:
        self.begins = self.ends = self.before = 0
        self.most = self.mine = self.others = 0
        self.share = self.given = 0
        """Up to how much it lets through until it hears of the others, and how much that added."""
        self.users = 0
        self.wanted_until = float("-inf")
        """Until when somebody may come again whose request costs more than a share."""
        self.heard_at = self.since = float("-inf")
        """When it was heard of the others, and from when on it was."""
        self.asked = False
        """Whether the others are yet to be heard of."""
        self.told = False
        """Whether the store was told of this window."""

    @property
    def used(self) -> int:
        """What all have let through, as far as is known."""
        return self.others + self.mine

    @property
    def rest(self) -> int:
        """What is left for all, as far as is known."""
        return max(0, self.most - self.used)

    def allows(self, cost: int, at: float) -> bool:
        """Return whether a request may pass that costs so much."""
        if self.mine + cost <= min(self.share, self.most - self.others):
            return True
        # It would be refused for ever. One passes, of each that has heard just now that so much is
        # left; then more than the share is used.
        passes = self.mine <= self.share and at - self.heard_at <= JUST_S
        return passes and self.given < cost <= self.rest

    def give(self, share: int) -> None:
        """Let so much more through until the others are heard of."""
        self.given = share
        self.share = self.mine + share

    def give_of_rest(self) -> None:
        """Do so with a share of what is left, as one of those who use any."""
        self.give(_part(self.rest, self.users))


class LimitBook:
    """One worker's. Used by its loop alone."""

    def __init__(
        self, workers: int = 1, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """`workers` are those of this server: so many live at the least."""
        self._workers = self.live = workers
        self._monotonic = monotonic
        self._counts: dict[Counted, _Count] = {}
        self._asking: set[Counted] = set()
        self._asking_since: float | None = None
        self._known: dict[tuple[Counted, int], int] = {}
        self._unknown_until: int | None = None
        """Of windows that began by then it may be that others used any, or this one did."""
        self._young_until = float("-inf")
        self.hasten: Callable[[], None] = lambda: None
        """Called where the others are to be heard of before their turn."""

    @property
    def waits(self) -> bool:
        """Whether there is anything to tell, or to ask."""
        return bool(self._asking)

    @property
    def unheard_s(self) -> float | None:
        """For how long the store has not answered; None where it does."""
        if self._asking_since is None:
            return None
        silent = self._monotonic() - self._asking_since
        return silent if silent > FRESH_S else None

    def begin(
        self, used: Mapping[tuple[Counted, int], int], live: int, now: int, *, whole: bool
    ) -> None:
        """Take in what others have let through, by window and when it began, and how many live.

        This one included. With `whole` nobody has let any through of all other windows.
        """
        self._known, self.live = dict(used), max(live, self._workers)
        self._unknown_until = -1 if whole else now
        self._young_until = self._monotonic() + FRESH_S

    def take(self, credential: Credential, cost: int, now: int) -> Tally:
        """Let one request pass that costs so much, or not; one that may not uses nothing."""
        limits, at = of_credential(credential), self._monotonic()
        if len(self._counts) > MOST_COUNTS:
            self._forget(now)
        workspace_id = credential.workspace_id
        held = [
            (limit, self._at(workspace_id, limit, now, at))
            for limit in limits
            if limit.window.enforced
        ]
        over = [(limit, count) for limit, count in held if not count.allows(cost, at)]
        counts = [count for _, count in held]
        exceeded = False
        if len(held) < len(limits):
            same = {_counted(workspace_id, limit): count for limit, count in held}
            for limit in limits:
                if not limit.window.enforced:
                    # Of one length as one that is enforced, it is counted with that.
                    count = same.get(_counted(workspace_id, limit))
                    if count is None:
                        count = self._at(workspace_id, limit, now, at)
                        counts.append(count)
                    exceeded |= count.used + cost > limit.window.most
        if not over:
            for count in counts:
                count.mine += cost
        # What is only counted passes its share for good: nothing hangs on hearing of it sooner.
        if any(_is_short(count) for _, count in held):
            self.hasten()
        if not over:
            left = tuple(Left(limit, count.rest, count.ends) for limit, count in held)
            return Tally(True, left, exceeded=exceeded)
        if any(cost > count.most for _, count in over):
            never = [(limit, count) for limit, count in over if cost > count.most]
            left = tuple(Left(limit, count.rest, count.ends) for limit, count in never)
            return Tally(False, left)
        for _, count in over:
            if count.given < cost <= count.rest:
                count.wanted_until = at + WANTED_S
        left = tuple(_lacking(limit, count, cost, now) for limit, count in over)
        return Tally(False, left, max(one.seconds(now) for one in left))

    def asking(self) -> list[Asked]:
        """Return what is to be told and asked, as it stands."""
        return [
            Asked(counted, count.begins, count.before, count.mine)
            for counted in self._asking
            if (count := self._counts.get(counted)) is not None
        ]

    def told_of_long(self, now: int) -> list[Asked]:
        """Return what the store was told of windows that last for more than an hour from now."""
        return [
            Asked(counted, count.begins, count.before, count.mine)
            for counted, count in self._counts.items()
            if count.told and count.ends > now + HOUR
        ]

    def heard(self, asked: Iterable[Asked], answers: Iterable[Heard], live: int) -> None:
        """Take in what the store said to what was asked, in the same order."""
        at = self._monotonic()
        # Whoever has just begun may not have told of itself yet.
        self.live = max(live, self._workers, self.live if at < self._young_until else 0)
        for one, answer in zip(asked, answers, strict=True):
            count = self._counts.get(one.counted)
            if count is None or count.begins != one.begins:
                # Another window by now, which is asked about next.
                continue
            if not count.told and answer.own > one.used:
                # It went from here: what it had let through stands in its row.
                count.mine += answer.own
            count.told = True
            count.others, count.heard_at = answer.others, at
            # Of those that used any some may be gone.
            count.users = min(answer.users, self.live)
            if at - count.since < TOLD_S:
                count.users = max(count.users, self.live)
            count.asked = False
            count.give_of_rest()
            if at < count.wanted_until:
                self.hasten()
            elif count.mine == one.used:
                self._asking.discard(one.counted)
        self._asking_since = at if self._asking else None

    def _at(self, workspace_id: int, limit: Limit, now: int, at: float) -> _Count:
        window, counted = limit.window, _counted(workspace_id, limit)
        count = self._counts.get(counted)
        if count is None:
            count = self._counts[counted] = _Count()
        self._asking.add(counted)
        if self._asking_since is None:
            self._asking_since = at
        # A clock that was set back by less than a window goes on with the one that had begun.
        if now >= count.ends or now < count.before:
            self._begin(count, counted, window, now, at)
        elif count.most != window.most:
            # Somebody has set another limit: what was used stays used.
            count.most = window.most
            count.give_of_rest()
        elif self.live > 1 and not count.asked and at - count.heard_at > FRESH_S:
            count.asked, count.since = True, at
            count.give(min(count.share - count.mine, _part(count.most, self.live)))
        return count

    def _begin(self, count: _Count, counted: Counted, window: Window, now: int, at: float) -> None:
        count.begins, count.ends = window.around(now)
        count.before = window.before(count.begins)
        count.most, count.mine, count.told = window.most, 0, False
        known = self._known.pop((counted, count.begins), None)
        count.others = known or 0
        if self._unknown_until is None:
            self._unknown_until = now
        unknown = known is None and count.begins <= self._unknown_until
        if self.live <= 1 and not unknown:
            # Others that began at the same time did not know of this one either.
            count.asked, count.users = at < self._young_until, 1
        elif unknown or count.users == 0 or at - count.heard_at > FRESH_S:
            count.asked, count.users, count.since = True, max(self.live, 2), at
        count.give_of_rest()

    def _forget(self, now: int) -> None:
        for counted in [one for one, count in self._counts.items() if count.ends <= now]:
            self._drop(counted)
        keep = MOST_COUNTS * 9 // 10
        if len(self._counts) <= keep:
            return
        going = sorted(self._counts, key=lambda one: (one in self._asking, self._counts[one].ends))
        for counted in going[: len(going) - keep]:
            self._drop(counted)
        self._unknown_until = now

    def _drop(self, counted: Counted) -> None:
        del self._counts[counted]
        self._asking.discard(counted)


def _counted(workspace_id: int, limit: Limit) -> Counted:
    return Counted(workspace_id, limit.subject, limit.value, limit.window.span)


def _part(whole: int, among: int) -> int:
    return max(0, -(-whole // max(1, among)))


def _is_short(count: _Count) -> bool:
    """Return whether the others are to be heard of soon: half of a share is used, and not all."""
    share = count.share - count.mine
    return count.asked or (share * 2 <= count.given and share < count.rest)


def _lacking(limit: Limit, count: _Count, cost: int, now: int) -> Left:
    """Return what is told of a limit that does not let a request pass."""
    if count.rest >= cost:
        # Its share is used: the next exchange says how much of the rest is its own.
        return Left(limit, 0, min(now + SECOND, count.ends))
    return Left(limit, count.rest, count.ends)
