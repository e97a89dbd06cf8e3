"""Scopes: what a key may do, as `resource:access`. `write` does not imply `read`."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from store.errors import Invalid, NoSuchResource


class Access(StrEnum):
    """The two rights on a resource."""

    READ = "read"
    WRITE = "write"


class Scope(NamedTuple):
    """One right on one resource. Sorts by resource, then access."""

    resource: str
    access: Access

    def __str__(self) -> str:
        return f"{self.resource}:{self.access.value}"


Scopes = frozenset[Scope]


class Resource(NamedTuple):
    """An entry of the store's catalogue."""

    name: str
    title: str
    builtin: bool


OURS = (
    Resource("availability", "Availability", True),
    Resource("events", "Events", True),
    Resource("quotes", "Quotes", True),
)


def scope(text: str) -> Scope:
    """Return the scope written as `events:read`. Raises Invalid when it is not of that form."""
    resource, _, access = text.partition(":")
    if not resource or access not in (Access.READ, Access.WRITE):
        raise Invalid("scope", f"“{text}” is not a scope. Write resource:read or resource:write.")
    return Scope(resource, Access(access))


def scopes(texts: Iterable[str], catalogue: Iterable[Resource]) -> Scopes:
    """Return the scopes written in `texts`, each of which may hold several, space-separated.

    Raises Invalid when there is none or one is malformed, NoSuchResource when the catalogue
    lacks a resource.
    """
    found = frozenset(scope(word) for text in texts for word in text.replace(",", " ").split())
    if not found:
        raise Invalid("scope", "Grant at least one permission, such as events:read.")
    check_known(found, catalogue)
    return found


def check_known(granted: Scopes, catalogue: Iterable[Resource]) -> None:
    """Raise NoSuchResource for the first scope whose resource the catalogue lacks."""
    known = tuple(sorted(resource.name for resource in catalogue))
    for scope in sorted(granted):
        if scope.resource not in known:
            raise NoSuchResource(scope.resource, known)


def canonical(granted: Scopes) -> str:
    """Return scopes as stored and as RFC 6749 3.3 writes them: sorted, space-separated."""
    return " ".join(str(scope) for scope in sorted(granted))


def from_canonical(text: str) -> Scopes:
    """Return the scopes that `canonical` wrote."""
    return frozenset(scope(word) for word in text.split())


def short(granted: Scopes) -> list[str]:
    """Return scopes as the table shows them, one entry a resource: `events:rw`, `quotes:r`."""
    resources = sorted({scope.resource for scope in granted})
    return [
        f"{resource}:"
        + "".join(scope.access.value[0] for scope in sorted(granted) if scope.resource == resource)
        for resource in resources
    ]


def in_words(granted: Scopes) -> str:
    """Return what the scopes allow, in plain words.

    “Can view availability. Cannot create or edit anything.”
    """
    views = [scope.resource for scope in sorted(granted) if scope.access is Access.READ]
    edits = [scope.resource for scope in sorted(granted) if scope.access is Access.WRITE]
    can = []
    if views:
        can.append(f"view {_listed(views)}")
    if edits:
        can.append(f"create and edit {_listed(edits)}")
    if not can:
        return "Can do nothing."
    sentence = f"Can {' and '.join(can)}."
    blind = [resource for resource in edits if resource not in views]
    if not edits:
        sentence += " Cannot create or edit anything."
    elif blind:
        sentence += f" Cannot view {_listed(blind)}."
    return sentence


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
