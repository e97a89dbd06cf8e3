"""BelongingService: whom keys belong to outside, and their labels.

Both belong to the lineage, as restrictions do: they are set for every key of the chain that is not
revoked, and a successor takes them over.
"""

from collections.abc import Callable, Mapping

from store.domain import labels
from store.domain.audit.actions import Action
from store.domain.filtering import About, Term
from store.domain.keys import Key, State
from store.domain.labels import checked_owner, within_bounds
from store.domain.listing import Cursor, KeyQuery, Page
from store.domain.people import Actor
from store.service.commits import Done
from store.service.key_access import changeable, find_key
from store.service.transactions import Needs, Transactions, check_standing

AT_ONCE = 500
"""Keys that are read at a time."""


class BelongingService:
    """Says whom keys belong to, and labels them."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def set_owner(
        self, actor: Actor, reference: str, owner: str | None, *, seen: int | None = None
    ) -> Done[Key]:
        """Say whom a key, its predecessors and successors belong to outside; None is nobody.

        Where the new owner's keys are stopped, so is this from now on; where those of the old one
        are, it goes on. `seen` is its revision as whoever decided saw it. Raises NotAllowed,
        PlanRequired, NotFound, Invalid, AlreadyRevoked, KeyExpired or ChangedMeanwhile.
        """
        to = None if owner is None else checked_owner(owner)
        return self._set(actor, reference, seen, lambda key: (to, dict(key.labels)))

    def label(
        self,
        actor: Actor,
        reference: str,
        changes: Mapping[str, str],
        *,
        seen: int | None = None,
    ) -> Done[Key]:
        """Change labels of a key by name, of its predecessors and successors too; others stay.

        An empty value takes one away. Stops are as with `set_owner`, and raises as it does.
        """
        checked = dict(labels.label(f"{name}={value}") for name, value in changes.items())

        def after(key: Key) -> tuple[str | None, dict[str, str]]:
            merged = {**key.labels, **checked}
            kept = {name: value for name, value in merged.items() if value}
            return key.owner, within_bounds(kept)

        return self._set(actor, reference, seen, after)

    def set_both(
        self,
        actor: Actor,
        reference: str,
        owner: str | None,
        given: Mapping[str, str],
        *,
        seen: int | None = None,
    ) -> Done[Key]:
        """Say whom a key belongs to and all labels it has, in one change. As `set_owner`."""
        to = None if owner is None else checked_owner(owner)
        all_of_them = labels.labels(f"{name}={value}" for name, value in given.items())
        return self._set(actor, reference, seen, lambda _: (to, all_of_them))

    def active(self, actor: Actor, owner: str, after: Cursor | None = None) -> Page:
        """Return active keys of somebody outside, up to `AT_ONCE`; on any plan, to revoke them.

        The first ones, or those after a cursor. Raises NotAllowed.
        """
        terms = (Term(About.FOR, owner), Term(About.STATE, State.ACTIVE.value))
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.ADMIN, "revoke API keys")
            query = KeyQuery(terms)
            return unit.pages.page(actor.workspace_id, query, limit=AT_ONCE, after=after)

    def _set(
        self,
        actor: Actor,
        reference: str,
        seen: int | None,
        after: Callable[[Key], tuple[str | None, dict[str, str]]],
    ) -> Done[Key]:
        with self._transactions.taking_away() as mutation:
            unit, prefix = mutation.unit, self._transactions.prefix
            key = changeable(mutation, actor, prefix, reference, "label API keys", seen)
            owner, given = after(key)
            unit.keys.set_belonging(
                actor.workspace_id, key.lineage, owner, given, mutation.revision
            )
            changed = find_key(unit, actor.workspace_id, prefix, key.id)
            stopped = key.stopped_at is None and changed.stopped_at is not None
            for action, new, old in (
                (Action.KEY_OWNER_SET, owner, key.owner),
                (Action.KEY_LABELLED, labels.to_stored(given), labels.to_stored(key.labels)),
            ):
                if new != old:
                    mutation.audit(
                        actor.workspace_id,
                        actor,
                        action,
                        key.id,
                        key.name,
                        takes_away=stopped,
                        after=new,
                        before=old,
                    )
            if not mutation.entries:
                mutation.leave_unchanged()
        return mutation.done(changed)
