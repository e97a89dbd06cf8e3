"""Scopes: what a key may do, as `resource:action`. No action implies another."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from store.errors import Invalid, NoSuchAction, NoSuchResource

READ = "read"
WRITE = "write"
USUAL = (READ, WRITE)
"""The actions of a resource that names none of its own, and of each of ours."""
MOST_ACTIONS = 16
"""Of one resource: what somebody still looks through when a key is granted something."""

_ACTION = re.compile(r"[a-z][a-z0-9_-]{0,39}", re.ASCII)
_LETTERS = {READ: "r", WRITE: "w"}
_IN_FULL = {"r": (READ,), "w": (WRITE,), "rw": (READ, WRITE)}
"""What `short` makes of the usual actions, so no other is called that."""


class Scope(NamedTuple):
    """One action on one resource. Sorts by resource, then action."""

    resource: str
    action: str

    def __str__(self) -> str:
        return f"{self.resource}:{self.action}"


Scopes = frozenset[Scope]


class Resource(NamedTuple):
    """An entry of the store's catalogue."""

    name: str
    title: str
    builtin: bool
    actions: tuple[str, ...] = USUAL
    """What can be granted on it, in the order in which it is offered."""

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """What can be granted on it, as scopes."""
        return tuple(Scope(self.name, action) for action in self.actions)

    @property
    def own(self) -> tuple[str, ...]:
        """Its actions beyond the usual ones."""
        return tuple(action for action in self.actions if action not in USUAL)


# Of the sample API. They are in a store's catalogue unless its operator took them out.
OURS = (
    Resource("availability", "Availability", True),
    Resource("events", "Events", True),
    Resource("quotes", "Quotes", True),
)


def scope(text: str) -> Scope:
    """Return the scope written as `events:read`. Raises Invalid when it is not of that form.

    Whether there is such a resource, and such an action of it, the catalogue knows.
    """
    resource, _, action = text.partition(":")
    if not resource or not (action in USUAL or is_action(action)):
        turned = re.split(r"[:./ ]", text)
        near = ":".join(sorted(turned, key=lambda word: word in USUAL))
        such = near if len(turned) == 2 and all(turned) and near != text else "resource:read"
        raise Invalid("scope", f"“{text}” is not a scope. Write resource:action, such as {such}.")
    return Scope(resource, action)


def is_action(word: str) -> bool:
    """Return whether an action can be called that: 1 to 40 of a-z, 0-9, - and _, a letter first.

    The short forms of read and write, which are r, w and rw, are no actions.
    """
    return _ACTION.fullmatch(word) is not None and word not in _IN_FULL


def checked_actions(texts: Iterable[str]) -> tuple[str, ...]:
    """Return actions, each text with several perhaps, in the order in which they are named.

    `read` comes first. Raises Invalid for what cannot be an action.
    """
    named = dict.fromkeys(word for text in texts for word in text.replace(",", " ").split())
    for word in named:
        if word in _IN_FULL:
            raise Invalid("actions", f"“{word}” is short for another action. Write read or write.")
        if not is_action(word):
            raise Invalid(
                "actions",
                f"“{word}” cannot name an action. Use a-z, 0-9, - and _, at most 40: delete.",
            )
    return tuple(sorted(named, key=lambda action: action != READ))


def check_actions(actions: tuple[str, ...]) -> None:
    """Raise Invalid for none, or for more than 16: what one resource has."""
    if not actions:
        raise Invalid("actions", "A resource has one action at least, such as read.")
    if len(actions) > MOST_ACTIONS:
        raise Invalid("actions", f"A resource has {MOST_ACTIONS} actions at most.")


def scopes(texts: Iterable[str], catalogue: Iterable[Resource]) -> Scopes:
    """Return the scopes written in `texts`, each of which may hold several, as `spelt_out` reads.

    Raises Invalid when there is none or one is malformed, NoSuchResource when the catalogue
    lacks a resource, NoSuchAction when a resource lacks an action.
    """
    found = frozenset(scope(word) for text in texts for word in spelt_out(text))
    if not found:
        raise Invalid("scope", "Grant at least one permission, such as invoices:read.")
    check_known(found, catalogue)
    return found


def spelt_out(text: str) -> list[str]:
    """Return each scope of a text in full: also where they are written as `short` writes them.

    Blanks or commas are between them; `invoices:rw,delete` are three. What is no scope stays.
    """
    found = []
    for group in text.split():
        resource = ""
        for part in filter(None, group.split(",")):
            named, colon, actions = part.rpartition(":")
            resource = named or resource
            full = _IN_FULL.get(actions, (actions,)) if colon or resource else (part,)
            found += [f"{resource}:{action}" if resource else action for action in full]
    return found


def check_known(granted: Scopes, catalogue: Iterable[Resource]) -> None:
    """Raise NoSuchResource or NoSuchAction for the first scope that the catalogue lacks."""
    known = {resource.name: resource.actions for resource in catalogue}
    for scope in sorted(granted):
        if scope.resource not in known:
            raise NoSuchResource(scope.resource, tuple(sorted(known)), scope.action)
        if scope.action not in known[scope.resource]:
            raise NoSuchAction(scope.resource, scope.action, known[scope.resource])


def canonical(granted: Scopes) -> str:
    """Return scopes as stored and as RFC 6749 3.3 writes them: sorted, space-separated."""
    return " ".join(str(scope) for scope in sorted(granted))


def from_canonical(text: str) -> Scopes:
    """Return the scopes that `canonical` wrote."""
    return frozenset(scope(word) for word in text.split())


def short(granted: Scopes) -> list[str]:
    """Return scopes as the table shows them, one entry a resource: `events:rw`, `quotes:r`.

    Actions of one's own stand whole, after the letters of the others: `invoices:rw,delete`.
    """
    return [
        f"{resource}:{_abbreviated([one.action for one in granted if one.resource == resource])}"
        for resource in sorted({scope.resource for scope in granted})
    ]


def _abbreviated(actions: list[str]) -> str:
    letters = "".join(letter for action, letter in _LETTERS.items() if action in actions)
    return ",".join([letters] * bool(letters) + sorted(set(actions) - set(USUAL)))


def in_words(granted: Scopes) -> str:
    """Return what the scopes allow, in plain words.

    “Can view availability. Cannot create or edit anything.”
    """
    by_action: dict[str, list[str]] = {READ: [], WRITE: []}
    for scope in sorted(granted):
        by_action.setdefault(scope.action, []).append(scope.resource)
    can = [
        f"{doing(action)} {_listed(resources)}"
        for action, resources in by_action.items()
        if resources
    ]
    if not can:
        return "Can do nothing."
    sentence = f"Can {_listed(can)}."
    views = by_action[READ]
    blind = sorted({scope.resource for scope in granted} - set(views))
    if blind:
        sentence += f" Cannot view {_listed(blind)}."
    elif len(views) == len(granted):
        sentence += " Cannot create or edit anything."
    return sentence


def doing(action: str) -> str:
    """Return what an action is, as a verb: `view`, `create and edit`, its own name."""
    own = action.replace("_", " ").replace("-", " ")
    return {READ: "view", WRITE: "create and edit"}.get(action, own)


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
