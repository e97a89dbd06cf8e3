"""BelongingService: whom keys belong to outside, and their labels.

Both belong to the lineage, as restrictions do: they are set for every key of the chain that is not
revoked, and a successor takes them over.
"""

from collections.abc import Callable, Mapping, Sequence

from store.domain import labels
from store.domain.audit.actions import Action
from store.domain.filtering import About, Term
from store.domain.keys import Key, State
from store.domain.labels import NOBODY, checked_owner, checked_remark, within_bounds
from store.domain.listing import Cursor, KeyQuery, Page
from store.domain.people import Actor
from store.persistence.unit import Unit
from store.service.commits import Done
from store.service.key_access import changeable
from store.service.mutation import TakingMutation
from store.service.transactions import Needs, Transactions, check_standing

AT_ONCE = 500
"""Keys that are read at a time."""
MOST_OFFERED = 50
"""Owners or labels that are offered at once."""
MOST_LABELLED = 500
"""Different sets of labels that are looked at for that."""
AS_IT_IS = ""
"""What stands in an owner's place where it is to stay."""


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
        checked = _checked(changes)
        return self._set(actor, reference, seen, lambda key: (key.owner, _labelled(key, checked)))

    def set_both(
        self,
        actor: Actor,
        reference: str,
        owner: str | None,
        given: Mapping[str, str],
        *,
        remark: str | None = None,
        seen: int | None = None,
    ) -> Done[Key]:
        """Say whom a key belongs to and all labels it has, in one change. As `set_owner`.

        A `remark` as with `remark`, where it is to be another one.
        """
        to = None if owner is None else checked_owner(owner)
        all_of_them = labels.labels(f"{name}={value}" for name, value in given.items())
        if remark is None:
            return self._set(actor, reference, seen, lambda _: (to, all_of_them))
        told = checked_remark(remark)
        return self._set(actor, reference, seen, lambda _: (to, all_of_them), lambda _: told)

    def remark(
        self, actor: Actor, reference: str, text: str, *, seen: int | None = None
    ) -> Done[Key]:
        """Say what people are to know of a key, its predecessors and successors; empty is nothing.

        Callers are never told. Raises as `set_owner` does.
        """
        told = checked_remark(text)
        return self._set(
            actor, reference, seen, lambda key: (key.owner, dict(key.labels)), lambda _: told
        )

    def change(
        self,
        actor: Actor,
        reference: str,
        owner: str,
        changes: Mapping[str, str],
        *,
        seen: int | None = None,
    ) -> Done[Key]:
        """Say whom a key belongs to, `AS_IT_IS` or `NOBODY` too, and change labels, all at once.

        Labels as with `label`, and raises as `set_owner` does.
        """
        to = None if owner in (AS_IT_IS, NOBODY) else checked_owner(owner)
        checked = _checked(changes)
        return self._set(
            actor,
            reference,
            seen,
            lambda key: (key.owner if owner == AS_IT_IS else to, _labelled(key, checked)),
        )

    def offered(self, actor: Actor, begun: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return owners and labels that keys have and that begin so, up to some of each.

        Raises NotAllowed or PlanRequired.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.PRO_VIEWER, "list API keys")
            return (
                tuple(unit.belonging.owners(actor.workspace_id, begun, MOST_OFFERED)),
                tuple(labels_begun(unit, actor.workspace_id, begun)),
            )

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
        remarked: Callable[[Key], str | None] = lambda key: key.remark,
    ) -> Done[Key]:
        with self._transactions.taking_away() as mutation:
            unit, prefix = mutation.unit, self._transactions.prefix
            key = changeable(mutation, actor, prefix, reference, "label API keys", seen)
            (owner, given), told = after(key), remarked(key)
            living = _living(unit, key)
            differing = [one for one in living if (one.owner, one.labels) != (owner, given)]
            changed = key
            if told != key.remark:
                workspace_id = actor.workspace_id
                unit.keys.set_remark(workspace_id, key.lineage, told, mutation.revision)
                mutation.audit(
                    workspace_id,
                    actor,
                    Action.KEY_REMARKED,
                    key.id,
                    key.name,
                    after=told,
                    before=key.remark,
                )
                changed = next(one for one in _living(unit, key) if one.id == key.id)
            elif not differing:
                # The revision too: whoever has the key on a screen has seen all there is to see.
                mutation.leave_unchanged()
            if differing:
                changed = self._change(mutation, actor, key, differing, owner, given)
        return mutation.done(changed)

    def _change(
        self,
        mutation: TakingMutation,
        actor: Actor,
        key: Key,
        differing: Sequence[Key],
        owner: str | None,
        given: Mapping[str, str],
    ) -> Key:
        unit, workspace_id = mutation.unit, actor.workspace_id
        unit.keys.set_belonging(workspace_id, key.lineage, owner, given, mutation.revision)
        after = _living(unit, key)
        # Of a pair that rotates one key may be stopped already, and the other is used.
        used = {one.id for one in differing if one.stopped_at is None}
        stopped = any(one.id in used and one.stopped_at is not None for one in after)
        was = next((one for one in differing if one.id == key.id), differing[0])
        for action, new, old in (
            (Action.KEY_OWNER_SET, owner, was.owner),
            (Action.KEY_LABELLED, labels.to_stored(given), labels.to_stored(was.labels)),
        ):
            if new != old:
                mutation.audit(
                    workspace_id,
                    actor,
                    action,
                    key.id,
                    key.name,
                    takes_away=stopped,
                    after=new,
                    before=old,
                )
        return next(one for one in after if one.id == key.id)


def labels_begun(unit: Unit, workspace_id: int, begun: str) -> list[str]:
    """Return labels that keys have and that begin so, as `name=value`, up to `MOST_OFFERED`."""
    pairs = {
        f"{name}={value}"
        for given in unit.belonging.labels(workspace_id, MOST_LABELLED)
        for name, value in given.items()
    }
    return sorted(pair for pair in pairs if pair.startswith(begun))[:MOST_OFFERED]


def _checked(changes: Mapping[str, str]) -> dict[str, str]:
    return dict(labels.label(f"{name}={value}") for name, value in changes.items())


def _labelled(key: Key, changes: Mapping[str, str]) -> dict[str, str]:
    merged = {**key.labels, **changes}
    return within_bounds({name: value for name, value in merged.items() if value})


def _living(unit: Unit, key: Key) -> list[Key]:
    """Return the keys of a key's chain that are not revoked: they belong together."""
    chain = unit.keys.of_lineage(key.workspace_id, key.lineage)
    return [one for one in chain if one.revoked_at is None]
