"""Usage in memory: what was counted since the last batch was written. Pure."""

from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from store.domain.credential import Credential
from store.domain.times import DAY, MINUTE
from store.domain.usage import CALLERS_KEPT, OBSERVED_KEPT, REFUSALS_KEPT, Refusal, ToolOutcome
from store.domain.verdicts import Verdict

_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")


_VALID = Verdict.VALID
_VALID_WORD = Verdict.VALID.value


@dataclass(slots=True)
class Used:
    """The first and the last use, and the address of the last."""

    first: int
    last: int
    address: str | None


@dataclass(slots=True)
class Calls:
    """The calls of one caller."""

    first: int
    last: int
    count: int


Callers = dict[tuple[str | None, bytes], Calls]
"""By address and user agent as it was sent: it is made harmless when it is written."""


Observed = dict[tuple[str, str | None, bytes, str, str], Calls]
"""By verdict, address, user agent as it was sent, method and path."""


class Batch:
    """Counts by minute, uses, callers, refusals and calls of tools.

    Keys are named by workspace and id.
    """

    __slots__ = (
        "callers",
        "observed",
        "refusals",
        "scope_used",
        "scopes",
        "tools",
        "used",
        "verdicts",
    )

    def __init__(self) -> None:
        self.verdicts: dict[tuple[int, str, int, str], int] = {}
        """By workspace, key, start of the minute, verdict."""
        self.scopes: dict[tuple[int, str, int, str], int] = {}
        """By workspace, key, start of the minute, scope."""
        self.used: dict[tuple[int, str], Used] = {}
        self.scope_used: dict[tuple[int, str, str], Used] = {}
        self.callers: dict[tuple[int, str], Callers] = {}
        self.refusals: dict[tuple[int, str], deque[Refusal]] = {}
        self.tools: dict[tuple[int, str, int, str, str], Calls] = {}
        """By workspace, connection, start of the day, tool, outcome."""
        self.observed: dict[tuple[int, str], Observed] = {}

    def __bool__(self) -> bool:
        return bool(self.verdicts or self.tools)

    def count(
        self,
        key: Credential,
        verdict: Verdict,
        now: int,
        address: str | None,
        needed: Sequence[str],
        agent: bytes = b"",
    ) -> None:
        """Count one verdict about a key; when it is valid, as a use of the key and its scopes."""
        workspace_id, key_id = key.workspace_id, key.id
        minute = now - now % MINUTE
        valid = verdict is _VALID
        # An enum's `value` costs as much as two lookups in a dictionary.
        slot = (workspace_id, key_id, minute, _VALID_WORD if valid else verdict.value)
        self.verdicts[slot] = self.verdicts.get(slot, 0) + 1
        if not valid:
            return
        whose = (workspace_id, key_id)
        _see(self.used, whose, now, address)
        callers = self.callers.get(whose)
        if callers is None:
            callers = self.callers[whose] = {}
        who = (address, agent)
        calls = callers.get(who)
        if calls is not None and now >= calls.last:
            calls.last = now
            calls.count += 1
        else:
            _call(callers, who, now, now, 1)
        for scope in needed:
            slot = (workspace_id, key_id, minute, scope)
            self.scopes[slot] = self.scopes.get(slot, 0) + 1
            _see(self.scope_used, (workspace_id, key_id, scope), now, address)

    def refuse(self, key: Credential, refusal: Refusal) -> None:
        """Keep a refusal; the oldest goes where a key has too many."""
        whose = (key.workspace_id, key.id)
        kept = self.refusals.get(whose)
        if kept is None:
            kept = self.refusals[whose] = deque(maxlen=REFUSALS_KEPT)
        kept.append(refusal)

    def call(self, connection: Credential, tool: str, outcome: ToolOutcome, now: int) -> None:
        """Count one call of a tool."""
        day = now - now % DAY
        slot = (connection.workspace_id, connection.id, day, tool, outcome.value)
        _join_calls(self.tools, slot, Calls(now, now, 1))

    def observe(
        self,
        key: Credential,
        verdict: Verdict,
        now: int,
        who: tuple[str | None, bytes],
        what: tuple[str, str],
    ) -> None:
        """Count a request that was let in, and that something only observed would have refused.

        `who` is an address and a user agent, `what` a method and a path.
        """
        observed = self.observed.setdefault((key.workspace_id, key.id), {})
        _call(observed, (verdict.value, *who, *what), now, now, 1, OBSERVED_KEPT)

    def add(self, later: "Batch") -> None:
        """Take in what was counted after this."""
        for counts, more in ((self.verdicts, later.verdicts), (self.scopes, later.scopes)):
            for slot, number in more.items():
                counts[slot] = counts.get(slot, 0) + number
        for whose, use in later.used.items():
            _join(self.used, whose, use)
        for which, use in later.scope_used.items():
            _join(self.scope_used, which, use)
        for whose, callers in later.callers.items():
            mine = self.callers.setdefault(whose, {})
            for who, calls in callers.items():
                _call(mine, who, calls.first, calls.last, calls.count)
        for whose, observed in later.observed.items():
            theirs = self.observed.setdefault(whose, {})
            for what, calls in observed.items():
                _call(theirs, what, calls.first, calls.last, calls.count, OBSERVED_KEPT)
        for whose, refusals in later.refusals.items():
            self.refusals.setdefault(whose, deque(maxlen=REFUSALS_KEPT)).extend(refusals)
        for called, calls in later.tools.items():
            _join_calls(self.tools, called, calls)

    def parts(self, most: int) -> list["Batch"]:
        """Return the same counts in batches of so many keys at the most."""
        # In their order, so that each part writes where its last key is.
        keys = sorted({slot[:2] for slot in (*self.verdicts, *self.tools)})
        if len(keys) <= most:
            return [self]
        place = {whose: number // most for number, whose in enumerate(keys)}
        parts = [Batch() for _ in range(place[keys[-1]] + 1)]
        for slot, number in self.verdicts.items():
            parts[place[slot[:2]]].verdicts[slot] = number
        for slot, number in self.scopes.items():
            parts[place[slot[:2]]].scopes[slot] = number
        for whose, use in self.used.items():
            parts[place[whose]].used[whose] = use
        for which, use in self.scope_used.items():
            parts[place[which[:2]]].scope_used[which] = use
        for whose, callers in self.callers.items():
            parts[place[whose]].callers[whose] = callers
        for whose, observed in self.observed.items():
            parts[place[whose]].observed[whose] = observed
        for whose, refusals in self.refusals.items():
            parts[place[whose]].refusals[whose] = refusals
        for called, calls in self.tools.items():
            parts[place[called[:2]]].tools[called] = calls
        return parts

    def shrink(self, most: int) -> int:
        """Keep the newest of each kind, `most` at the most; return how many requests were lost."""
        lost = sum(_without_oldest(self.verdicts, most, lambda slot: slot[2]))
        _without_oldest(self.scopes, most, lambda slot: slot[2])
        _without_oldest(self.used, most, lambda whose: self.used[whose].last)
        _without_oldest(self.scope_used, most, lambda which: self.scope_used[which].last)
        _without_oldest(
            self.callers, most // CALLERS_KEPT, lambda whose: _latest(self.callers[whose])
        )
        _without_oldest(
            self.observed, most // OBSERVED_KEPT, lambda whose: _latest(self.observed[whose])
        )
        _without_oldest(
            self.refusals, most // REFUSALS_KEPT, lambda whose: self.refusals[whose][-1].at
        )
        _without_oldest(self.tools, most, lambda called: self.tools[called].last)
        return lost


def _see(uses: dict[_K, Used], which: _K, now: int, address: str | None) -> None:
    """Take in one more use; the clock may have been set back since the last."""
    use = uses.get(which)
    if use is None:
        uses[which] = Used(now, now, address)
    elif now >= use.last:
        use.last, use.address = now, address
    elif now < use.first:
        use.first = now


def _call(
    callers: dict[_K, Calls], who: _K, first: int, last: int, n: int, most: int = CALLERS_KEPT
) -> None:
    calls = callers.get(who)
    if calls is not None:
        calls.count += n
        if last > calls.last:
            calls.last = last
        if first < calls.first:
            calls.first = first
        return
    if len(callers) >= most:
        # The one that came first, not the one that called last: a look at each would cost the
        # request, and within a second they are hardly different.
        del callers[next(iter(callers))]
    callers[who] = Calls(first, last, n)


def _join_calls(kept: dict[_K, Calls], which: _K, more: Calls) -> None:
    calls = kept.setdefault(which, more)
    if calls is not more:
        calls.count += more.count
        calls.first, calls.last = min(calls.first, more.first), max(calls.last, more.last)


def _latest(callers: Callers | Observed) -> int:
    return max(calls.last for calls in callers.values())


def _join(uses: dict[_K, Used], which: _K, use: Used) -> None:
    if uses.setdefault(which, use) is not use:
        _see(uses, which, use.first, use.address)
        _see(uses, which, use.last, use.address)


def _without_oldest(kept: dict[_K, _V], most: int, age: Callable[[_K], int]) -> list[_V]:
    if len(kept) <= most:
        return []
    return [kept.pop(which) for which in sorted(kept, key=age)[:-most]]
