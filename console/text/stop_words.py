"""What is stopped, in words. Pure; nothing here is made safe for a screen yet."""

from collections.abc import Iterator, Sequence

from console.text.batches import counted
from console.text.times import ago
from store.domain.stops import Stop, StopKind

MOST_NAMED = 4
"""Keys that are named in one sentence."""


def since(stop: Stop, now: int) -> str:
    """Return since when a stop stands, and why: `4 m ago by alice, “leaked”`."""
    because = f", “{stop.reason}”" if stop.reason else ""
    return f"{ago(stop.stopped_at, now)} by {stop.stopped_by.partition('@')[0]}{because}"


def of_what(stop: Stop) -> str:
    """Return what a stop is of, where that is known to be about one key: `it`."""
    match stop.target.kind:
        case StopKind.KEY:
            return "it"
        case StopKind.OWNER:
            return f"every key for {stop.name}"
        case StopKind.LABEL:
            return f"every key labelled {stop.name}"
        case StopKind.WORKSPACE:
            return f"all of {stop.name}"


def facts(stops: Sequence[Stop], now: int) -> Iterator[str]:
    """Return what a key is stopped by: `4 m ago by alice, “leaked”`, `all of Acme, 2 d ago…`."""
    for stop in stops:
        whole = "" if stop.target.kind is StopKind.KEY else f"{of_what(stop)}, "
        yield f"{whole}{since(stop, now)}"


def stopped(stops: Sequence[Stop], now: int) -> Iterator[str]:
    """Return a sentence on each stop that a key is refused by, and how it is lifted."""
    for stop in stops:
        what = of_what(stop)
        lifts = f"keydeck resume {stop.target.option}"
        yield f"{what[0].upper()}{what[1:]} was stopped {since(stop, now)}: {lifts}."


def staying(stops: Sequence[Stop]) -> str:
    """Return what else is stopped, and stays so: `Stopped too, and staying so: 2 keys.`."""
    keys = sum(stop.target.kind is StopKind.KEY for stop in stops)
    others = [of_what(stop) for stop in stops if stop.target.kind is not StopKind.KEY]
    if len(others) > MOST_NAMED:
        others = [*others[: MOST_NAMED - 1], f"{len(others) - MOST_NAMED + 1:,} other stops"]
    parts = [counted(keys), *others] if keys else others
    return f"Stopped too, and staying so: {', '.join(parts)}."


def did(stops: Sequence[Stop], what: str) -> str:
    """Return what became of what some stops are of: `“Zapier” and 2 others are stopped.`."""
    names = [_subject(stop) for stop in stops]
    if len(names) > MOST_NAMED:
        names = [*names[: MOST_NAMED - 1], f"{len(names) - MOST_NAMED + 1:,} others"]
    *before, last = names
    are = "are" if before else "is"
    begun = f"{', '.join(before)} and " if before else ""
    sentence = f"{begun}{last} {are} {what}."
    return f"{sentence[0].upper()}{sentence[1:]}"


def _subject(stop: Stop) -> str:
    match stop.target.kind:
        case StopKind.KEY:
            return f"“{stop.name}”"
        case StopKind.WORKSPACE:
            return f"every key of {stop.name}"
    return of_what(stop)
