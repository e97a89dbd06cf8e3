"""What importing a document would change: said first, done as it was said, and no more. Pure.

Routes that came from a document follow it: they are added, changed and removed with it. A route
that somebody added by hand, or that another document brought, stays as it is.

Real APIs have routes that meet: `/issues/{number}/labels` and `/issues/comments/{id}` both name
`/issues/comments/labels`. Which of them answers there only that API knows, so a route is added for
just that, and takes what both do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from store.domain.routes.openapi import LeftOut, Reading
from store.domain.routes.pattern import pattern
from store.domain.routes.route import ANY_KEY, PUBLIC, Route
from store.domain.routes.table import ties
from store.domain.scopes import Resource, check_actions, scope
from store.errors import NoSuchAction, NoSuchRoute


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would change."""

    title: str
    added: tuple[Route, ...]
    changed: tuple[tuple[Route, Route], ...]
    """Each as it is, and as it would be."""
    removed: tuple[Route, ...]
    kept: tuple[Route, ...]
    """Those that the document has otherwise, and that stay as they are."""
    resources: tuple[Resource, ...]
    """Those that the catalogue would get."""
    widened: tuple[Resource, ...]
    """Those that are there, with the actions that they would get."""
    left_out: tuple[LeftOut, ...]
    deciding: tuple[Route, ...]
    """Those of `added` that stand where two others meet, and take what both do."""

    @property
    def empty(self) -> bool:
        """Whether nothing would change."""
        return not (self.added or self.changed or self.removed or self.resources or self.widened)


def plan(
    existing: Sequence[Route],
    catalogue: Iterable[Resource],
    reading: Reading,
    leave_out: Sequence[str] = (),
) -> ImportPlan:
    """Return what importing a document would change. Raises NoSuchRoute, or Invalid.

    `leave_out` are routes of the document that are not wanted.
    """
    unwanted = [pattern(text) for text in leave_out]
    known = {resource.name: resource for resource in catalogue}
    impossible = [
        LeftOut(str(one), sentence)
        for one in reading.routes
        if (sentence := _beyond(one, known)) is not None
    ]
    wanted = {one.pattern.place: one for one in reading.routes if _beyond(one, known) is None}
    for refused in unwanted:
        if wanted.pop(refused.place, None) is None:
            raise NoSuchRoute(str(refused))
    there = {one.pattern.place: one for one in existing}
    others = [one for one in existing if one.document != reading.title]
    theirs = {one.pattern.place for one in others}
    deciding = _deciding([*others, *(one for at, one in wanted.items() if at not in theirs)])
    for one in deciding:
        wanted.setdefault(one.pattern.place, one._replace(document=reading.title))
    added, changed, kept = [], [], []
    for place, one in wanted.items():
        before = there.get(place)
        if before is None:
            added.append(one)
        elif before.document != one.document:
            if before.needs != one.needs:
                kept.append(before)
        elif before != one:
            changed.append((before, one))
    removed = tuple(
        one for one in existing if one.document == reading.title and one.pattern.place not in wanted
    )
    gone = {one.pattern.place for one in removed}
    then = {place: one for place, one in there.items() if place not in gone}
    then |= {one.pattern.place: one for one in (*added, *(after for _, after in changed))}
    needed: dict[str, set[str]] = {}
    for text in {text for one in then.values() for text in one.needed}:
        taken = scope(text)
        needed.setdefault(taken.resource, set()).add(taken.action)
    return ImportPlan(
        reading.title,
        tuple(added),
        tuple(changed),
        removed,
        tuple(kept),
        tuple(
            _with(Resource(name, word[:1].upper() + word[1:], False), needed[name])
            for name, word in sorted(reading.resources.items())
            if name not in known and name in needed
        ),
        tuple(
            _with(resource, needed[name])
            for name, resource in known.items()
            if needed.get(name, set()) - {*resource.actions}
        ),
        (
            *reading.left_out,
            *impossible,
            *(LeftOut(str(refused), "As asked.") for refused in unwanted),
        ),
        tuple(deciding),
    )


def _beyond(route: Route, known: Mapping[str, Resource]) -> str | None:
    """Return why a route cannot be: it needs an action that a resource of ours will never have."""
    for needed in map(scope, route.needed):
        resource = known.get(needed.resource)
        if resource and resource.builtin and needed.action not in resource.actions:
            return str(NoSuchAction(resource.name, needed.action, resource.actions))
    return None


def _with(resource: Resource, actions: Iterable[str]) -> Resource:
    """Return a resource with some actions beside its own. Raises Invalid where they are many."""
    every = tuple(dict.fromkeys((*resource.actions, *sorted(actions))))
    check_actions(every)
    return resource._replace(actions=every)


def _deciding(routes: Sequence[Route]) -> list[Route]:
    """Return a route for wherever two meet and neither lies within the other."""
    found: list[Route] = []
    # Where three meet the places where two do meet again.
    while crossing := ties([*routes, *found]):
        here: dict[object, Route] = {}
        for one, two in crossing:
            both = one.pattern.meet(two.pattern)
            before = here.get(both.place)
            needs = _both(one.needs, two.needs)
            here[both.place] = Route(both, _both(before.needs, needs) if before else needs)
        found.extend(here.values())
    return found


def _both(one: str, two: str) -> str:
    """Return what takes as much as either of two does."""
    words = {*one.split(), *two.split()}
    return " ".join(sorted(words - {PUBLIC, ANY_KEY})) or (ANY_KEY if ANY_KEY in words else PUBLIC)
