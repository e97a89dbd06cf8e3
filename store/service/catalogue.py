"""Changes of the catalogue of resources, inside a transaction: what is in use stays in it."""

from collections.abc import Sequence

from store.domain.routes.route import granting
from store.domain.scopes import Resource, Scopes, check_actions, checked_actions
from store.errors import Invalid, NoSuchResource, ResourceFixed, ResourceInUse, ResourceRouted
from store.service.mutation import Mutation

MOST_NAMED = 3
"""Routes that a refusal names."""


def own_resource(catalogue: Sequence[Resource], name: str) -> Resource:
    """Return a resource that may change. Raises NoSuchResource or ResourceFixed."""
    found = next((resource for resource in catalogue if resource.name == name), None)
    if found is None:
        raise NoSuchResource(name, tuple(resource.name for resource in catalogue))
    if found.builtin:
        raise ResourceFixed(name)
    return found


def with_actions(resource: Resource, add: Sequence[str], remove: Sequence[str]) -> Resource:
    """Return a resource with some actions more and some less than it has.

    What it has already, or lacks already, is passed over. Raises Invalid.
    """
    added, removed = checked_actions(add), checked_actions(remove)
    both = set(added) & set(removed)
    if both:
        raise Invalid("actions", f"“{min(both)}” cannot be added and removed at once.")
    either = (*resource.actions, *added)
    actions = checked_actions(action for action in either if action not in removed)
    check_actions(actions)
    return resource._replace(actions=actions)


def check_unused(mutation: Mutation, named: str, scopes: Scopes) -> None:
    """Raise ResourceInUse or ResourceRouted where an active key or a route has one of some scopes.

    `named` is the resource that they are all scopes on, or the only one of them.
    """
    in_use = mutation.unit.catalogue.active_keys_using(named, mutation.now)
    if in_use:
        raise ResourceInUse(named, tuple(in_use))
    routed = granting(mutation.unit.routes.all(), scopes)
    if routed:
        raise ResourceRouted(named, tuple(map(str, routed[:MOST_NAMED])))
