"""Issuing a key inside a mutation, whatever the use case."""

from store.domain.key_string import Minted, mint
from store.domain.keys import Inherited
from store.domain.people import Actor, KnownBy
from store.service.mutation import Mutation
from store.service.transactions import Transactions


def issue_in(
    mutation: Mutation,
    transactions: Transactions,
    actor: Actor,
    inherited: Inherited,
    expires_at: int | None,
) -> Minted:
    """Mint a key and add it, held by whoever makes it; the audit entry is the caller's."""
    minted = mint(transactions.prefix)
    pepper = transactions.peppers.newest
    unit = mutation.unit
    unit.keys.add(
        actor.workspace_id,
        inherited,
        key_id=minted.id,
        digest=transactions.peppers.digest(minted.key, pepper),
        pepper=pepper,
        created_by=actor.person_id,
        expires_at=expires_at,
        revision=mutation.revision,
    )
    unit.holders.add(actor.workspace_id, minted.id, actor.person_id, KnownBy.CREATED, mutation.now)
    return minted
