"""RotationService: replacing a key without interrupting what it serves."""

from collections.abc import Sequence
from dataclasses import dataclass

from store.domain.audit.actions import Action
from store.domain.key_string import Secret, mint, shown
from store.domain.keys import Key, State
from store.domain.leases.clock import LONGEST_S, over_s
from store.domain.names import visible
from store.domain.people import Actor, Holder, KnownBy
from store.domain.rotation import DEFAULT_OVERLAP, Rotation, check_rotatable, expiries, overlap_end
from store.domain.scopes import canonical
from store.domain.times import SECOND, rfc3339_or_none
from store.errors import Invalid, NoSuchRotation, RotationNotRepeatable, TokenReused
from store.service.commits import Done
from store.service.holders import people_named
from store.service.issuing import issue_in
from store.service.key_access import check_as_seen, check_out_of_use, find_key
from store.service.mutation import Mutation, TakingMutation
from store.service.transactions import Needs, Transactions, check_standing


@dataclass(frozen=True, slots=True)
class Rotated:
    """A rotation's two sides and, once only, the successor's full string."""

    successor: Key
    predecessor: Key
    secret: Secret


class RotationService:
    """Give a key a successor. See `store.domain.rotation` for what that does to expiry."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def rotate(
        self,
        actor: Actor,
        key_id: str,
        *,
        overlap_ms: int | None = DEFAULT_OVERLAP,
        token: str | None = None,
        seen: int | None = None,
        end_older: bool = False,
        holders: Sequence[str] | None = None,
    ) -> Done[Rotated]:
        """Make a successor with the same name, scopes and expiry policy.

        Both keys work until the overlap ends; None leaves it open. Called again with the same
        idempotency token while the successor is unconfirmed and unused, the successor's secret is
        minted anew in place: there is one successor, not two, and the new secret's holders are
        those that are named this time. `seen` is the key's revision as whoever decided saw it.

        Rotating a successor ends the older overlap at once: where the older key is in use, only
        with `end_older`. `holders` are the e-mails of whoever is named as a holder of the new
        secret; None are those of the old one, who are still here.

        Raises NotAllowed, PlanRequired, NotFound, AlreadyRevoked, KeyExpired, AlreadyRotating,
        OlderKeyInUse, RotationNotRepeatable, TokenReused, or ChangedMeanwhile when it is not as it
        was seen.
        """
        if token is not None and not (0 < len(token) <= 200 and visible(token)):
            raise Invalid("token", "An idempotency token has 1 to 200 visible characters.")
        if overlap_ms is not None and overlap_ms <= 0:
            raise Invalid("overlap", "The overlap must be longer than nothing.")
        with self._transactions.taking_away() as mutation:
            unit = mutation.unit
            check_standing(unit, actor, Needs.PRO_ADMIN, "rotate API keys")
            earlier = unit.rotations.by_token(actor.workspace_id, token) if token else None
            if earlier is not None:
                rotated = self._again(mutation, actor, key_id, earlier, holders)
            else:
                key = self._find(mutation, actor, key_id)
                if key.state(mutation.now) is State.ACTIVE:
                    check_as_seen(unit, key, seen)
                standing = unit.rotations.standing_successor(actor.workspace_id, key.id)
                check_rotatable(key, self._shown(standing) if standing else None, mutation.now)
                self._end_older_overlap(mutation, actor, key, end_older)
                rotated = self._start(mutation, actor, key, overlap_ms, token, holders)
        return mutation.done(rotated)

    def again(self, actor: Actor, key_id: str) -> Done[Rotated]:
        """Mint the successor of a key anew, in place, where nobody stored it or has used it.

        The secret of before opens nothing from then on. Raises NotAllowed, PlanRequired, NotFound,
        NoSuchRotation, or RotationNotRepeatable where the successor is in somebody's hands.
        """
        with self._transactions.taking_away() as mutation:
            check_standing(mutation.unit, actor, Needs.PRO_ADMIN, "rotate API keys")
            key = self._find(mutation, actor, key_id)
            standing = mutation.unit.rotations.standing_successor(actor.workspace_id, key.id)
            if standing is None:
                raise NoSuchRotation(self._shown(key.id))
            successor = self._find(mutation, actor, standing)
            minted = self._mint_anew(mutation, actor, key, successor, None)
        return mutation.done(minted)

    def _start(
        self,
        mutation: TakingMutation,
        actor: Actor,
        key: Key,
        overlap_ms: int | None,
        token: str | None,
        named: Sequence[str] | None,
    ) -> Rotated:
        unit = mutation.unit
        expire = expiries(key, overlap_ms, mutation.now)
        minted = issue_in(mutation, self._transactions, actor, key.inherited, expire.successor)
        unit.keys.set_expiry(actor.workspace_id, key.id, expire.predecessor, mutation.revision)
        ends = overlap_end(key, overlap_ms, mutation.now)
        unit.rotations.add(
            actor.workspace_id,
            predecessor_id=key.id,
            successor_id=minted.id,
            started_by=actor.person_id,
            overlap_ends_at=ends,
            expires_before=key.expires_at,
            token=token,
        )
        before = unit.holders.of(actor.workspace_id, key.id)
        self._name_holders(mutation, actor, minted.id, named, before)
        mutation.audit(
            actor.workspace_id,
            actor,
            Action.KEY_ROTATED,
            key.id,
            key.name,
            # An overlap that outlasts every lease there is ends everywhere when it ends.
            takes_away=overlap_ms is not None and overlap_ms < over_s(LONGEST_S) * SECOND,
            successor=minted.id,
            overlap_ends_at=rfc3339_or_none(ends),
            predecessor_expires_at=rfc3339_or_none(expire.predecessor),
        )
        mutation.audit(
            actor.workspace_id,
            actor,
            Action.KEY_CREATED,
            minted.id,
            key.name,
            predecessor=key.id,
            scopes=canonical(key.scopes),
            expires_at=rfc3339_or_none(expire.successor),
            holders=None if named is None else list(named),
        )
        return self._result(mutation, actor, key.id, minted.id, minted.key)

    def _again(
        self,
        mutation: TakingMutation,
        actor: Actor,
        key_id: str,
        earlier: Rotation,
        named: Sequence[str] | None,
    ) -> Rotated:
        successor = self._find(mutation, actor, earlier.successor_id)
        predecessor = self._find(mutation, actor, earlier.predecessor_id)
        asked = key_id.removeprefix(f"{self._transactions.prefix}_")
        if asked not in (predecessor.id, predecessor.name):
            found = self._find(mutation, actor, key_id)
            if found.id not in (predecessor.id, successor.id):
                raise TokenReused
        return self._mint_anew(mutation, actor, predecessor, successor, named)

    def _mint_anew(
        self,
        mutation: TakingMutation,
        actor: Actor,
        predecessor: Key,
        successor: Key,
        named: Sequence[str] | None,
    ) -> Rotated:
        unit = mutation.unit
        in_use = unit.usage.ever_used(actor.workspace_id, successor.id)
        if successor.revoked_at is not None or not successor.reached_nobody or in_use:
            raise RotationNotRepeatable(predecessor.name, self._shown(successor.id))
        minted = mint(self._transactions.prefix, successor.id)
        pepper = self._transactions.peppers.newest
        before = unit.holders.of(actor.workspace_id, successor.id)
        unit.keys.set_digest(
            actor.workspace_id,
            successor.id,
            self._transactions.peppers.digest(minted.key, pepper),
            pepper,
            mutation.revision,
        )
        unit.holders.add(
            actor.workspace_id, successor.id, actor.person_id, KnownBy.SHOWN, mutation.now
        )
        self._name_holders(mutation, actor, successor.id, named, before)
        mutation.audit(
            actor.workspace_id,
            actor,
            Action.KEY_MINTED_ANEW,
            successor.id,
            successor.name,
            takes_away=True,
            predecessor=predecessor.id,
            holders=None if named is None else list(named),
        )
        return self._result(mutation, actor, predecessor.id, successor.id, minted.key)

    def _name_holders(
        self,
        mutation: Mutation,
        actor: Actor,
        key_id: str,
        named: Sequence[str] | None,
        before: list[Holder],
    ) -> None:
        """Name holders of a new secret; None are those named of the one before, if still here."""
        unit, workspace_id = mutation.unit, actor.workspace_id
        if named is not None:
            ids = [*people_named(unit, workspace_id, named).values()]
        else:
            custodians = [one.email for one in before if one.how is KnownBy.CUSTODIAN]
            here = (unit.people.member(workspace_id, email) for email in custodians)
            ids = [person.id for person in here if person]
        for person_id in ids:
            unit.holders.add(workspace_id, key_id, person_id, KnownBy.CUSTODIAN, mutation.now)

    def _end_older_overlap(
        self, mutation: TakingMutation, actor: Actor, key: Key, although_used: bool
    ) -> None:
        older = mutation.unit.rotations.of_successor(actor.workspace_id, key.id)
        if older is None:
            return
        ancestor = self._find(mutation, actor, older.predecessor_id)
        if not ancestor.rotating:
            return
        if not although_used:
            check_out_of_use(mutation.unit, self._transactions.prefix, ancestor)
        mutation.unit.keys.set_expiry(
            actor.workspace_id, ancestor.id, mutation.now, mutation.revision
        )
        mutation.audit(
            actor.workspace_id,
            actor,
            Action.KEY_OVERLAP_ENDED,
            ancestor.id,
            ancestor.name,
            takes_away=True,
            because=f"{key.id} was rotated",
        )

    def _result(
        self, mutation: Mutation, actor: Actor, old_id: str, new_id: str, secret: Secret
    ) -> Rotated:
        return Rotated(
            successor=self._find(mutation, actor, new_id),
            predecessor=self._find(mutation, actor, old_id),
            secret=secret,
        )

    def _find(self, mutation: Mutation, actor: Actor, key_id: str) -> Key:
        return find_key(
            mutation.unit, actor.workspace_id, self._transactions.prefix, key_id, verb=True
        )

    def _shown(self, key_id: str) -> str:
        return shown(self._transactions.prefix, key_id)
