"""RightSizing: taking away what keys were granted and do not use, when an admin says so."""

from collections.abc import Sequence
from dataclasses import dataclass

from store.domain.audit.actions import Action
from store.domain.batches import batches
from store.domain.keys import Key
from store.domain.people import Actor
from store.domain.right_sizing import UNUSED_FOR, Proposal, proposal, unused_since
from store.domain.scopes import Scopes, canonical
from store.domain.times import rfc3339
from store.errors import AllUnused, NothingUnused
from store.persistence.unit import Unit
from store.service.commits import Done
from store.service.key_access import changeable, find_key
from store.service.transactions import Needs, Transactions, check_standing


@dataclass(frozen=True, slots=True)
class Trimmed:
    """A key that lost the scopes it did not use, and what was seen of it before."""

    key: Key
    proposal: Proposal


def proposed(unit: Unit, key: Key) -> Proposal | None:
    """Return what a key could do without, None where it needs all it has or is too young."""
    return _proposed_of(unit, key.workspace_id, [key]).get(key.id)


def _proposed_of(unit: Unit, workspace_id: int, keys: Sequence[Key]) -> dict[str, Proposal]:
    """Return what some keys could do without, by key."""
    now = unit.now
    old = {key.id: key for key in keys if now - key.created_at >= UNUSED_FOR}
    # What a key was given lately may be archived: nobody knows whether it had the time to use it.
    if not old or (unit.audit.kept_since(workspace_id) or 0) > now - UNUSED_FOR:
        return {}
    granted = unit.audit.scopes_granted(workspace_id, now - UNUSED_FOR, tuple(old))
    uses = unit.usage.scopes_of_keys(workspace_id, dict.fromkeys(old, now))
    unused: dict[str, tuple[Scopes, int]] = {}
    for key_id, key in old.items():
        lacked = unused_since(key, uses.get(key_id, ()), granted.get(key_id, {}), now)
        if lacked is not None:
            unused[key_id] = lacked
    uses = unit.usage.scopes_of_keys(
        workspace_id, {key_id: since for key_id, (_, since) in unused.items()}
    )
    routes = unit.routes.all() if unused else []
    return {
        key_id: proposal(old[key_id], scopes, since, uses.get(key_id, ()), routes)
        for key_id, (scopes, since) in unused.items()
    }


class RightSizing:
    """Proposes scopes to take away, and takes them. Never by itself."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def all(self, actor: Actor) -> list[Proposal]:
        """Return what the workspace's active keys could do without, by name.

        It looks at every active key that is old enough. Raises NotAllowed or PlanRequired.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.PRO_VIEWER, "see which scopes are unused")
            edge = unit.now - UNUSED_FOR
            ids = unit.usage.with_unused_scopes(actor.workspace_id, edge, unit.now)
            proposals: list[Proposal] = []
            for some in batches(ids):
                keys = unit.keys.some(actor.workspace_id, some)
                offered = _proposed_of(unit, actor.workspace_id, tuple(keys.values()))
                proposals += [offered[key_id] for key_id in some if key_id in offered]
        return proposals

    def trim(self, actor: Actor, key_id: str, *, seen: int | None = None) -> Done[Trimmed]:
        """Take the unused scopes away; the audit keeps what was seen.

        `seen` is the key's revision as whoever decided saw it. Raises NotAllowed, PlanRequired,
        NotFound, AlreadyRevoked, KeyExpired, ChangedMeanwhile, NothingUnused, or AllUnused where
        nothing would be left.
        """
        with self._transactions.taking_away() as mutation:
            unit, prefix = mutation.unit, self._transactions.prefix
            key = changeable(mutation, actor, prefix, key_id, "scope API keys", seen)
            offered = proposed(unit, key)
            if offered is None:
                raise NothingUnused(key.name)
            if offered.revoke:
                raise AllUnused(key.name, offered.days(mutation.now))
            unit.keys.set_scopes(actor.workspace_id, key.id, offered.kept, mutation.revision)
            mutation.audit(
                actor.workspace_id,
                actor,
                Action.KEY_TRIMMED,
                key.id,
                key.name,
                takes_away=True,
                removed=canonical(offered.unused),
                unused_since=rfc3339(offered.since),
                unused_days=offered.days(mutation.now),
                never_used=offered.never,
                requests=dict(offered.used),
            )
            trimmed = find_key(unit, actor.workspace_id, prefix, key.id)
        return mutation.done(Trimmed(trimmed, offered))
