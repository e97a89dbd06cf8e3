"""Revoking a key inside a mutation, whatever the use case."""

from store.domain.audit.actions import Action
from store.domain.keys import Key
from store.domain.names import checked_name
from store.domain.people import Actor
from store.errors import AlreadyRevoked
from store.service.mutation import TakingMutation


def revoke_in(mutation: TakingMutation, actor: Actor, key: Key, reason: str | None) -> None:
    """Revoke a key, for good, with its audit entry. Raises AlreadyRevoked or Invalid."""
    if key.revoked_at is not None:
        raise AlreadyRevoked(key.name, key.revoked_at, key.revoked_by)
    reason = checked_name(reason, "reason") if reason and reason.strip() else None
    mutation.unit.keys.set_revoked(
        actor.workspace_id, key.id, actor.person_id, reason, mutation.revision
    )
    mutation.audit(
        actor.workspace_id,
        actor,
        Action.KEY_REVOKED,
        key.id,
        key.name,
        takes_away=True,
        reason=reason,
    )
