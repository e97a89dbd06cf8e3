"""How often keys are used, in words. Pure; nothing here is made safe for a screen yet."""

from collections.abc import Sequence

from console.text.times import distance, exact
from store.domain.limits import Limits, Subject, Used
from store.domain.times import DAY, moment
from store.service.limiting import Foreseen

_WHOSE = {
    Subject.KEY: "",
    Subject.OWNER: " for all keys of its owner",
    Subject.WORKSPACE: " for the whole workspace",
}


def limits(found: Limits) -> str:
    """Return how often that is: `100 times a minute and 50,000 times a month`; empty for none.

    What is only observed is said behind it: `…; only counted beyond 10 times a minute`.
    """
    said = _listed([window.times for window in found if window.enforced])
    watched = _listed([window.times for window in found if not window.enforced])
    if not watched:
        return said
    return f"{said or 'as often as it likes'}; only counted beyond {watched}"


def _listed(texts: Sequence[str]) -> str:
    *first, last = texts or [""]
    return f"{', '.join(first)} and {last}" if first else last


def used(found: Sequence[Used], now: int) -> list[str]:
    """Return each limit with what is used of it, a line each: `42 of 100 a minute used, …`."""
    return [
        f"{one.used:,} of {one.limit.window.words}{_whose(one)}, "
        f"{'nothing' if one.left.remaining == 0 else f'{one.left.remaining:,}'} left "
        f"until {until(one.ends_at, now)}"
        for one in found
    ]


def facts(found: Sequence[Used], now: int) -> str:
    """Return every limit in a line: `42 of 100 a minute used until 14:03:00 UTC`."""
    return "; ".join(
        f"{one.limit.window.words}{_whose(one)}, {one.used:,} used until {until(one.ends_at, now)}"
        for one in found
    )


def _whose(one: Used) -> str:
    observed = "" if one.limit.window.enforced else ", only counted"
    return f"{_WHOSE[one.limit.subject]}{observed}"


def foreseen(found: Sequence[Foreseen], now: int) -> list[str]:
    """Return what limits would have refused of what was let in, a sentence each."""
    return [_foreseen(one, now) for one in found]


def _foreseen(found: Foreseen, now: int) -> str:
    limit = found.window.words + ("" if found.window.enforced else ", only counted")
    if found.busiest is None:
        return f"{limit}: nothing is known of times so short."
    over = f"in the last {distance(now - found.since)}"
    if not found.busiest:
        return f"{limit}: nobody was seen to call {over}."
    if not found.refused:
        return f"{limit}: would have refused nothing {over}; there were {found.busiest:,} at most."
    often = "once" if found.windows == 1 else f"{found.windows:,} times"
    return (
        f"{limit}: would have refused {_requests(found.refused)} {over}, {often}; there were "
        f"{found.busiest:,} at most."
    )


def _requests(number: int) -> str:
    return "1 request" if number == 1 else f"{number:,} requests"


def until(at: int, now: int) -> str:
    """Return when a window ends: `14:03:00 UTC`, or its day where that is another."""
    if at - now <= DAY:
        return f"{moment(at):%H:%M:%S} UTC"
    return exact(at)
