"""Whom a restriction of a key, or of several, would have refused of those who were let in. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from store.domain.usage import Caller, ScopeUse


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Whom networks, or an end, would have refused, of those who were let in."""

    since: int
    refused: tuple[Caller, ...]
    """The last to call first."""
    admitted: tuple[Caller, ...]
    seldom: int | None
    """Ten usual gaps between two uses, in milliseconds, where that is longer than was looked back.

    Whoever calls so seldom may not have been seen. None where that is not so.
    """
    crowded: bool
    """Whether there may have been more callers than are kept."""

    def of_nobody(self) -> "Foreseen":
        """Return it of a change that refuses nobody of them."""
        return replace(self, refused=(), admitted=(*self.refused, *self.admitted))


@dataclass(frozen=True, slots=True)
class ForeseenScopes:
    """What taking scopes away would have refused, of what was let in.

    Who called is kept of a key, not of each of its scopes: the callers are those of the key.
    """

    since: int
    used: tuple[ScopeUse, ...]
    """Of the scopes that go, those that were needed since; the latest use first."""
    callers: tuple[Caller, ...]
    """Whom the key let in since, the last to call first."""
    seldom: int | None
    """As of `Foreseen`."""


def ends_together(found: Sequence[Foreseen]) -> Foreseen:
    """Return whom the ends of several keys, one at least, would have refused.

    Whoever went on from one of them, and not from another, is among those.
    """
    refused = _callers(one.refused for one in found)
    known = {caller.identity for caller in refused}
    admitted = _callers(one.admitted for one in found)
    return Foreseen(
        since=min(one.since for one in found),
        refused=refused,
        admitted=tuple(caller for caller in admitted if caller.identity not in known),
        seldom=_seldom(one.seldom for one in found),
        crowded=any(one.crowded for one in found),
    )


def scopes_together(found: Sequence[ForeseenScopes]) -> ForeseenScopes:
    """Return what several keys, one at least, would have lost with scopes."""
    uses: dict[str, ScopeUse] = {}
    for use in chain.from_iterable(one.used for one in found):
        before = uses.get(use.scope)
        uses[use.scope] = use if before is None else before.and_also(use)
    return ForeseenScopes(
        since=min(one.since for one in found),
        used=tuple(sorted(uses.values(), key=lambda use: -use.last_used_at)),
        callers=_callers(one.callers for one in found),
        seldom=_seldom(one.seldom for one in found),
    )


def _callers(of_each: Iterable[Sequence[Caller]]) -> tuple[Caller, ...]:
    """Return callers of several keys, each once, with what they asked of all; the last first."""
    found: dict[tuple[str, str], Caller] = {}
    for one in chain.from_iterable(of_each):
        before = found.get(one.identity)
        found[one.identity] = one if before is None else before.and_also(one)
    return tuple(sorted(found.values(), key=lambda caller: -caller.last_at))


def _seldom(each: Iterable[int | None]) -> int | None:
    return max((gap for gap in each if gap is not None), default=None)
