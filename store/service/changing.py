"""Which key a change is about, and whether it may still be changed."""

from store.domain.keys import Key, State
from store.domain.people import Actor
from store.errors import AlreadyRevoked, KeyExpired
from store.service.find import find_key
from store.service.mutation import Mutation
from store.service.seen import check_as_seen
from store.service.transactions import Needs, check_standing


def changeable(
    mutation: Mutation, actor: Actor, prefix: str, reference: str, action: str, seen: int | None
) -> Key:
    """Return the active key a reference means, for an admin of a pro workspace.

    Raises NotAllowed, PlanRequired, NotFound, AlreadyRevoked, KeyExpired, or ChangedMeanwhile when
    it is not as it was `seen`.
    """
    check_standing(mutation.unit, actor, Needs.PRO_ADMIN, action)
    key = find_key(mutation.unit, actor.workspace_id, prefix, reference, verb=True)
    if key.revoked_at is not None:
        raise AlreadyRevoked(key.name, key.revoked_at, key.revoked_by)
    if key.state(mutation.now) is State.EXPIRED:
        raise KeyExpired(key.name, key.expires_at or mutation.now)
    check_as_seen(mutation.unit, key, seen)
    return key
