"""A first look at a store: what an admin sees first, before the use cases are loaded.

It reads what letting in and listing read, in their own words. What is looked at may be seen, and by
whom, is asked here as everywhere; whether they may act is asked by what they do, and that they came
in is written by `SignIn`, which comes next and may still refuse.
"""

from dataclasses import dataclass
from pathlib import Path

from store.domain.listing import Page, View
from store.domain.people import Actor, CameBy, Plan, Role, Workspace
from store.operations.as_usual import NotAsUsual, as_usual
from store.persistence.repositories.frozen_reads import Membership


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What is there for an admin of a workspace, as of one instant."""

    actor: Actor
    workspace: Workspace
    prefix: str
    """Of the store's keys."""
    view: View
    page: Page
    now: int
    revision: int


def first_look(
    url: str | None,
    pepper_path: Path | None,
    person_id: int,
    slug: str | None,
    came_by: CameBy | None = None,
    *,
    now: int,
    limit: int,
) -> FirstLook | None:
    """Return what somebody sees first who was let in already, as an admin of a pro workspace.

    `came_by` is the SSH key they came in by, where the store has it. None where the store is not as
    usual or that key gone; where they are no admin there; where they filter.
    """
    try:
        with as_usual(url, pepper_path) as store:
            if came_by is not None:
                stands = store.reads.ssh_key(came_by.fingerprint)
                if stands is None or stands.came_by != came_by:
                    return None
            one = _chosen(store.reads.memberships(person_id), slug)
            view = store.reads.view(one.workspace.id, one.person_id)
            if view.filter:
                return None
            page = store.reads.page(one.workspace.id, view, now=now, limit=limit)
    except NotAsUsual:
        return None
    actor = Actor(one.person_id, one.email, one.name, one.workspace.id, came_by)
    return FirstLook(actor, one.workspace, store.prefix, view, page, now, store.revision)


def _chosen(theirs: list[Membership], slug: str | None) -> Membership:
    named = [one for one in theirs if slug in (None, one.workspace.slug)]
    if len(named) != 1:
        raise NotAsUsual
    if named[0].role is not Role.ADMIN or named[0].workspace.plan is not Plan.PRO:
        raise NotAsUsual
    return named[0]
