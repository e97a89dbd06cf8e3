"""What is looked at, and what is said of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from store.errors import KeydeckError
from tests.house import House


class Found(AssertionError):
    """What must not be."""


def views(house: House) -> list[object]:
    """Return what Bolt's admin can look at, without the numbers that count what a store has."""
    store, bob = house.store, house.bob
    people = [replace(one, id=0) for one in store.people.all(bob)]
    trail = []
    for one in store.audit_trail.newest(bob, limit=200):
        told = {name: told for name, told in one.details.items() if name not in _OF_ALL}
        trail.append((one.at, one.actor, one.action, one.subject_name, told))
    left = [(one.email, one.name, one.total) for one in store.offboardings.all(bob)]
    return [people, trail, left, sorted(store.people.parts(bob).values(), key=str)]


_OF_ALL = ("failures",)
"""How often a sign-in failed in a row: of one that opens both, in both."""


def expect(holds: bool, otherwise: str) -> None:
    """Raise Found unless something holds."""
    if not holds:
        raise Found(otherwise)


@contextmanager
def refused(*kinds: type[KeydeckError]) -> Iterator[None]:
    """Expect a refusal."""
    try:
        yield
    except kinds:
        return
    raise Found("nothing was refused")


@contextmanager
def suppressed(*kinds: type[KeydeckError]) -> Iterator[None]:
    """Let a refusal be."""
    try:
        yield
    except kinds:
        return
