"""What a key is limited to, and whom that refuses, in words. Pure; nothing is made safe here."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from console.text.batches import listed_names
from console.text.limit_words import limits as how_often
from console.text.rotation_words import named
from console.text.sentences import when
from console.text.times import ago, day, distance
from store.domain.foreseen import Foreseen, ForeseenScopes, scopes_together
from store.domain.key_networks import KeyNetworks
from store.domain.keys import Key
from store.domain.labels import Labels, in_words
from store.domain.limits import Limits
from store.domain.scopes import Scopes
from store.domain.times import DAY
from store.domain.usage import Observed
from store.domain.verdicts import Verdict

MOST_NAMED = 5
"""Callers that are named, one a line."""
MOST_IN_PASSING = 3
"""Those that a dialog names which asks for something else, too."""


def networks(found: KeyNetworks | None) -> str:
    """Return where a key is used from: `203.0.113.0/24, others are refused`; empty for anywhere."""
    if found is None:
        return ""
    then = "others are refused" if found.enforced else "observing: others are only counted"
    return f"{', '.join(found.ranges)}, {then}"


class Carrying(Protocol):
    """A key, or what one is to be."""

    @property
    def owner(self) -> str | None:
        """Whom it belongs to outside."""

    @property
    def labels(self) -> Labels:
        """Its labels."""

    @property
    def networks(self) -> KeyNetworks | None:
        """Where it is used from."""

    @property
    def not_before(self) -> int | None:
        """When it begins to work."""

    @property
    def limits(self) -> Limits:
        """How often it is used."""


def carried(found: Carrying, now: int) -> list[str]:
    """Return what a key carries besides its scopes and its end, in sentences; none for nothing."""
    sentences = []
    if found.limits:
        sentences.append(f"Used {how_often(found.limits)}.")
    if found.networks is not None:
        others = "refused" if found.networks.enforced else "only counted"
        sentences.append(f"Used from {', '.join(found.networks.ranges)}; others are {others}.")
    if found.not_before is not None and found.not_before > now:
        sentences.append(f"Works from {when(found.not_before, now)}.")
    if found.owner is not None:
        sentences.append(f"Belongs to {found.owner}.")
    if found.labels:
        sentences.append(f"Labelled {in_words(found.labels)}.")
    return sentences


def chain(key: Key, found: Sequence[Key]) -> str:
    """Return which of its chain a key is, and what all of that share; empty where it is alone.

    `key 2 of 3 since 30 Nov 2026: owner, labels and restrictions are of all of them`
    """
    if not found:
        return ""
    place = [one.id for one in found].index(key.id) + 1
    return (
        f"key {place} of {len(found)} since {day(found[0].created_at)}: owner, labels and "
        "restrictions are of all of them"
    )


def begins(key: Key, now: int) -> str:
    """Return what to do about a key that had not begun to work."""
    if key.not_before is None or key.begun(now):
        return "It works by now."
    return f"It works from {when(key.not_before, now)}. keydeck keys start moves that."


def observed(found: Sequence[Observed], now: int) -> str:
    """Return what came of observing, by what it would have been: `network: 12 requests of 2 …`.

    `network: 12 requests of 2 callers would have been refused, the last 3 m ago by 10.0.3.7: …`
    """
    by_verdict: dict[Verdict, list[Observed]] = {}
    for one in found:
        by_verdict.setdefault(one.verdict, []).append(one)
    return "; ".join(
        f"{verdict.value}: {_observed(some, now)}" for verdict, some in by_verdict.items()
    )


def observed_networks(found: Sequence[Observed]) -> list[Observed]:
    """Return what came of observing networks alone: limits are observed too."""
    return [one for one in found if one.verdict is Verdict.NETWORK]


def _observed(found: Sequence[Observed], now: int) -> str:
    callers = len({(one.address, one.user_agent) for one in found})
    last = found[0]
    return (
        f"{_requests(sum(one.requests for one in found))} of {_callers(callers)} would have been "
        f"refused, the last {ago(last.last_at, now)} by {_who(last.address, last.user_agent)}: "
        f"{last.method} {last.path}"
    )


def decides(found: Foreseen, now: int) -> str:
    """Return the sentence by which somebody decides whether to enforce it."""
    days = max(1, round((now - found.since) / DAY))
    over = f"in the last {days} days" if days > 1 else "in the last day"
    if found.refused:
        number = sum(caller.requests for caller in found.refused)
        all_of_them = "" if found.admitted else ", which is everybody"
        return (
            f"That would have refused {_callers(len(found.refused))} seen {over}{all_of_them}: "
            f"{_requests(number)}."
        )
    if not found.admitted:
        return f"Nobody was seen to call {over}: observe first."
    if found.seldom is not None:
        return (
            f"Nobody seen {over} would have been refused, but some call seldom: only after "
            f"{distance(found.seldom)}, ten times its usual gap, has everybody been seen."
        )
    if found.crowded:
        return f"None of the latest callers {over} would have been refused; there may be more."
    return f"Nobody who called {over} would have been refused."


def lost(found: ForeseenScopes, now: int) -> list[str]:
    """Return what a key would have lost with scopes, a line for each that was needed."""
    return [
        f"{use.scope}, {_requests(use.requests)}, last {ago(use.last_used_at, now)}"
        for use in found.used
    ]


def narrows(found: ForeseenScopes, now: int, most: int = MOST_NAMED, *, keys: int = 1) -> str:
    """Return the sentence by which somebody decides whether scopes of so many keys may go."""
    days = round((now - found.since) / DAY)
    seldom = _not_yet_seen(found.seldom)
    if not found.used:
        return f"No request of the last {days} days needed what goes.{seldom}"
    number = sum(use.requests for use in found.used)
    callers = [named(caller) for caller in found.callers[:most]]
    more = len(found.callers) - len(callers)
    who = ", ".join(callers) + (f" and {_callers(more)} more" if more > 0 else "")
    return (
        f"That would have refused {_requests(number)} of the last {days} days. Who sent them is "
        f"not kept of each scope; {'the key is' if keys == 1 else f'those {keys:,} keys are'} used "
        f"by {who or 'nobody that is known'}.{seldom}"
    )


def missed(
    keys: Sequence[Key], found: Mapping[str, ForeseenScopes], wanted: Scopes, now: int
) -> str:
    """Return whom granting keys exactly some scopes would have refused; empty for nobody."""
    losing, losses = [], []
    for key in keys:
        gone = {str(scope) for scope in key.scopes - wanted}
        used = tuple(use for use in found[key.id].used if use.scope in gone) if gone else ()
        if used:
            losing.append(key)
            losses.append(replace(found[key.id], used=used))
    if not losing:
        return ""
    sentence = narrows(scopes_together(losses), now, MOST_IN_PASSING, keys=len(losing))
    return f"{listed_names(losing)}: {sentence[:1].lower()}{sentence[1:]}"


def _not_yet_seen(seldom: int | None) -> str:
    if seldom is None:
        return ""
    return (
        f" Some call seldom: only after {distance(seldom)}, ten times its usual gap, has everybody "
        "been seen."
    )


LATER = "A later end cuts nobody off."


def cut_off(found: Foreseen, now: int, *, keys: int = 1) -> str:
    """Return the sentence by which somebody decides whether so many keys may end sooner."""
    days = round((now - found.since) / DAY)
    seldom = _not_yet_seen(found.seldom)
    if found.admitted:
        successor = "its successor" if keys == 1 else "a successor"
        seldom = f" {_callers(len(found.admitted))} went on to {successor}.{seldom}"
    if not found.refused:
        nobody = "Nobody else" if found.admitted else "Nobody"
        them = "it" if keys == 1 else "them"
        return f"{nobody} was seen to call with {them} in the last {days} days.{seldom}"
    number, last = sum(one.requests for one in found.refused), found.refused[0]
    more = " at least" if found.crowded else ""
    return (
        f"It cuts off {_callers(len(found.refused))}{more} seen in the last {days} days: "
        f"{_requests(number)}, the last {ago(last.last_at, now)}.{seldom}"
    )


def refused(found: Foreseen, now: int, most: int = MOST_NAMED) -> list[str]:
    """Return who would have been refused, a line each; `most` are named."""
    lines = [
        f"{named(caller)}, {_requests(caller.requests)}, last {ago(caller.last_at, now)}"
        for caller in found.refused[:most]
    ]
    more = len(found.refused) - most
    return [*lines, f"and {_callers(more)} more"] if more > 0 else lines


def _who(address: str, agent: str) -> str:
    return f"{address or 'somebody'} ({agent})" if agent else address or "somebody"


def _requests(number: int) -> str:
    return "1 request" if number == 1 else f"{number:,} requests"


def _callers(number: int) -> str:
    return "1 caller" if number == 1 else f"{number:,} callers"
