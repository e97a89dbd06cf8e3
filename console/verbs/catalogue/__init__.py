"""Every verb there is, each written once: its key, its words, what it does, to what, and when.

The bindings, the bar, help, the palette, the details of a key, the marks and `--read-only` are made
from it. A flow is loaded when it is first wanted: opening the console stays fast.
"""

from typing import Any

from console.verb import HelpEntry, Verb
from console.verbs.catalogue.connections import ON_CONNECTIONS
from console.verbs.catalogue.everywhere import (
    EVERYWHERE,
    FIND,
    GATED,
    NEXT_TAB,
    ON_ACTIVITY,
    PALETTE,
    SWITCH,
)
from console.verbs.catalogue.keys import MARK_ALL, ON_KEY, ON_KEYS, RESUME, ROTATION
from console.verbs.catalogue.people import OFFBOARD, OFFBOARDED, ON_PEOPLE
from console.verbs.catalogue.routes import ON_ROUTES
from console.verbs.catalogue.verifiers import ON_VERIFIERS
from console.verbs.kinds import KeyVerb, ListVerb

ON_TAB: dict[str, tuple[HelpEntry, ...]] = {
    "keys": (*ON_KEY, *ON_KEYS, MARK_ALL),
    "gated": GATED,
    "closed": (),
    "connections": ON_CONNECTIONS,
    "activity": ON_ACTIVITY,
    "people": ON_PEOPLE,
    "verifiers": ON_VERIFIERS,
    "routes": ON_ROUTES,
}
"""What there is on each tab, and on one that is closed: by the plan (gated), or to this person."""

# What is there on a closed tab is there everywhere, without its key.
_SHOWN = (
    *ON_KEY,
    *ON_KEYS,
    MARK_ALL,
    *ON_CONNECTIONS,
    *ON_ACTIVITY,
    *ON_PEOPLE,
    *ON_ROUTES,
    *ON_VERIFIERS,
    *EVERYWHERE,
)
_MARKED = [
    entry.marked
    for entry in _SHOWN
    if isinstance(entry, KeyVerb) and isinstance(entry.marked, ListVerb)
]
ENTRIES: tuple[HelpEntry, ...] = (
    *_SHOWN,
    *_MARKED,
    ROTATION,
    RESUME,
    OFFBOARD,
    OFFBOARDED,
    SWITCH,
    FIND,
    NEXT_TAB,
    PALETTE,
)
"""All of them."""

VERBS: dict[str, Verb[Any]] = {entry.id: entry for entry in ENTRIES if isinstance(entry, Verb)}
"""The verbs among them, by their ids."""


def pressed(tab: str, key: str) -> Verb[Any] | None:
    """Return the verb that a key stands for on a tab; None where it stands for none there."""
    there = (*ON_TAB[tab], *EVERYWHERE)
    return next(
        (VERBS[entry.id] for entry in there if entry.id in VERBS and entry.key == key), None
    )
