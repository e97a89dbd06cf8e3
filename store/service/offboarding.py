"""OffboardingService: what becomes of the keys that somebody who left may know."""

from store.domain.audit.actions import Action
from store.domain.key_string import shown
from store.domain.keys import State
from store.domain.names import checked_name
from store.domain.offboarding import Decided, Decision, KnownKey, Leaver, Offboarding
from store.domain.people import Actor, Person
from store.domain.times import HOUR
from store.errors import (
    Invalid,
    NoSuchOffboarding,
    NotReplaced,
    NotTheirs,
    OffboardingOver,
    StillToDecide,
    SuccessorNotStored,
)
from store.persistence.unit import Unit
from store.service.commits import Done
from store.service.key_access import find_key
from store.service.mutation import Mutation
from store.service.revoking import revoke_in
from store.service.transactions import Needs, Transactions, check_standing


def begin(mutation: Mutation, actor: Actor, person: Person) -> Offboarding | None:
    """Write down every active key that a person may know, as part of their leaving.

    Under the revision lock, so that none made or rotated at the same time is missed. Returns None
    where there is nothing to decide; an offboarding that is still open goes on.
    """
    unit, workspace_id = mutation.unit, actor.workspace_id
    known = unit.holders.known_to(workspace_id, person.id, mutation.now)
    if not known:
        return None
    offboarding_id = unit.offboardings.begin(workspace_id, person.id, actor.person_id)
    unit.offboardings.add_keys(workspace_id, offboarding_id, known)
    return _read(unit, workspace_id, offboarding_id)


class OffboardingService:
    """Decide about each key, in any order and at any time; the last decision closes the record.

    Membership has ended before the first of them: see `PeopleService.leave`.
    """

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def all(self, actor: Actor, *, open_only: bool = False) -> list[Leaver]:
        """Return who left keys behind, latest first. Raises NotAllowed."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.ADMIN, "see who may know which keys")
            return unit.offboardings.leavers(actor.workspace_id, open_only=open_only)

    def show(self, actor: Actor, reference: str | int) -> Offboarding:
        """Return an offboarding by its id, or somebody's latest by their e-mail.

        Raises NotAllowed or NoSuchOffboarding.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.ADMIN, "see who may know which keys")
            return _found(unit, actor.workspace_id, reference)

    def meant(self, actor: Actor, reference: str | int, key: str) -> KnownKey:
        """Return the key of an open offboarding that an id, a prefix or a name means.

        Raises NotAllowed, NotFound or OffboardingOver.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.ADMIN, "decide about the keys of leavers")
            return self._one(unit, actor, self._unfinished(unit, actor, reference), key)

    def keep(self, actor: Actor, reference: str | int, key: str, reason: str) -> Offboarding:
        """Let a key go on as it is, and say why.

        Raises NotAllowed, NotFound, Invalid without a reason, or OffboardingOver.
        """
        if not reason.strip():
            raise Invalid("reason", "Say why it may stay: a key is kept only with a reason.")
        reason = checked_name(reason, "reason")
        with self._transactions.writing(raise_revision=False) as mutation:
            theirs, known = self._open(mutation, actor, reference, key)
            self._decide(mutation, actor, theirs, known, Decision.KEEP, reason=reason)
            return _read(mutation.unit, actor.workspace_id, theirs.id)

    def revoke(
        self, actor: Actor, reference: str | int, key: str, reason: str | None = None
    ) -> Done[Offboarding]:
        """Revoke a key at once and for good; without a reason it is that they left.

        Raises NotAllowed, NotFound, Invalid, AlreadyRevoked or OffboardingOver.
        """
        with self._transactions.taking_away() as mutation:
            theirs, known = self._open(mutation, actor, reference, key)
            why = reason if reason and reason.strip() else f"{theirs.email} left"
            revoke_in(mutation, actor, known.key, why)
            self._decide(mutation, actor, theirs, known, Decision.REVOKE, reason=why)
            after = _read(mutation.unit, actor.workspace_id, theirs.id)
        return mutation.done(after)

    def rotated(self, actor: Actor, reference: str | int, key: str) -> Offboarding:
        """Write down that a key was rotated: a successor stands that the leaver does not know.

        Raises NotAllowed, NotFound, NotReplaced, SuccessorNotStored or OffboardingOver.
        """
        with self._transactions.writing(raise_revision=False) as mutation:
            unit, workspace_id = mutation.unit, actor.workspace_id
            theirs, known = self._open(mutation, actor, reference, key)
            successor = unit.rotations.standing_successor(workspace_id, known.key.id)
            if _unstored(unit, workspace_id, successor):
                raise SuccessorNotStored(
                    known.key.name, shown(self._transactions.prefix, successor or "")
                )
            if successor is None or unit.holders.ways(workspace_id, successor, theirs.person_id):
                raise NotReplaced(known.key.name, theirs.email)
            self._decide(mutation, actor, theirs, known, Decision.ROTATE, successor=successor)
            return _read(unit, workspace_id, theirs.id)

    def finish(self, actor: Actor, reference: str | int) -> Offboarding:
        """Close the record where what was left to decide has ended by itself.

        Raises NotAllowed, NoSuchOffboarding, OffboardingOver or StillToDecide.
        """
        with self._transactions.writing(raise_revision=False) as mutation:
            theirs = self._theirs(mutation, actor, reference)
            waiting = theirs.waiting(mutation.now)
            if waiting:
                raise StillToDecide(theirs.email, tuple(known.key.name for known in waiting))
            _close(mutation, actor, theirs)
            return _read(mutation.unit, actor.workspace_id, theirs.id)

    def _theirs(self, mutation: Mutation, actor: Actor, reference: str | int) -> Offboarding:
        check_standing(mutation.unit, actor, Needs.ADMIN, "decide about the keys of leavers")
        return self._unfinished(mutation.unit, actor, reference)

    @staticmethod
    def _unfinished(unit: Unit, actor: Actor, reference: str | int) -> Offboarding:
        theirs = _found(unit, actor.workspace_id, reference)
        if theirs.finished_at is not None:
            raise OffboardingOver(theirs.email)
        return theirs

    def _open(
        self, mutation: Mutation, actor: Actor, reference: str | int, key: str
    ) -> tuple[Offboarding, KnownKey]:
        theirs = self._theirs(mutation, actor, reference)
        return theirs, self._one(mutation.unit, actor, theirs, key)

    def _one(self, unit: Unit, actor: Actor, theirs: Offboarding, reference: str) -> KnownKey:
        # Both sides of a rotation have the name: the one they know is meant.
        named = [known for known in theirs.waiting(unit.now) if known.key.name == reference]
        if len(named) == 1:
            return named[0]
        key = find_key(unit, actor.workspace_id, self._transactions.prefix, reference, verb=True)
        for known in theirs.keys:
            if known.key.id == key.id:
                return known
        raise NotTheirs(key.name, theirs.email)

    def _decide(
        self,
        mutation: Mutation,
        actor: Actor,
        theirs: Offboarding,
        known: KnownKey,
        decision: Decision,
        *,
        reason: str | None = None,
        successor: str | None = None,
    ) -> None:
        workspace_id = actor.workspace_id
        mutation.unit.offboardings.decide(
            workspace_id,
            theirs.id,
            known.key.id,
            actor.person_id,
            decision,
            reason=reason,
            successor=successor,
        )
        mutation.audit(
            workspace_id,
            actor,
            Action.KEY_DECIDED,
            known.key.id,
            known.key.name,
            leaver=theirs.email,
            decision=decision.value,
            known=[way.value for way in known.ways],
            reason=reason,
            successor=successor,
        )
        after = _read(mutation.unit, workspace_id, theirs.id)
        if not after.waiting(mutation.now):
            _close(mutation, actor, after)


def _close(mutation: Mutation, actor: Actor, theirs: Offboarding) -> None:
    mutation.unit.offboardings.finish(actor.workspace_id, theirs.id, actor.person_id)
    by_decision: dict[str, list[str]] = {decision.value: [] for decision in Decision}
    ended = []
    for known in theirs.keys:
        if known.decided is None:
            ended.append(known.key.name)
        else:
            why = known.decided.what is Decision.KEEP and known.decided.reason
            by_decision[known.decided.what.value].append(
                f"{known.key.name} ({why})" if why else known.key.name
            )
    mutation.audit(
        actor.workspace_id,
        actor,
        Action.PERSON_OFFBOARDED,
        str(theirs.person_id),
        theirs.email,
        rotated=by_decision["rotate"],
        revoked=by_decision["revoke"],
        kept=by_decision["keep"],
        ended_otherwise=ended,
    )


def _found(unit: Unit, workspace_id: int, reference: str | int) -> Offboarding:
    if isinstance(reference, int):
        return _read(unit, workspace_id, reference)
    email = reference.strip().casefold()
    for leaver in unit.offboardings.leavers(workspace_id, open_only=False):
        if leaver.email.casefold() == email:
            return _read(unit, workspace_id, leaver.id)
    raise NoSuchOffboarding(reference)


def _read(unit: Unit, workspace_id: int, offboarding_id: int) -> Offboarding:
    row = unit.offboardings.get(workspace_id, offboarding_id)
    if row is None:
        raise NoSuchOffboarding(f"Number {offboarding_id}")
    known = []
    for listed in unit.offboardings.keys(workspace_id, offboarding_id):
        key = unit.keys.get(workspace_id, listed.key_id)
        if key is None:
            raise AssertionError("keys are never deleted")
        traffic = unit.usage.traffic(workspace_id, key.id, unit.now - HOUR)
        decided = listed.decided
        if row.finished_at is None and decided and not _holds(unit, workspace_id, decided):
            decided = None
        successor = key.successor if decided is None and key.rotating else None
        unstored = successor if _unstored(unit, workspace_id, successor) else None
        known.append(KnownKey(key, listed.ways, listed.since, traffic, decided, unstored))
    return Offboarding(
        id=row.id,
        person_id=row.person_id,
        email=row.email,
        name=row.name,
        started_at=row.started_at,
        started_by=row.starter,
        finished_at=row.finished_at,
        finished_by=row.finisher,
        keys=tuple(known),
    )


def _unstored(unit: Unit, workspace_id: int, successor: str | None) -> bool:
    key = unit.keys.get(workspace_id, successor) if successor else None
    return key is not None and key.reached_nobody


def _holds(unit: Unit, workspace_id: int, decided: Decided) -> bool:
    """Return whether a decision still stands: replaced by a key that is dead is not replaced."""
    if decided.successor is None:
        return True
    successor = unit.keys.get(workspace_id, decided.successor)
    return successor is not None and successor.state(unit.now) is State.ACTIVE
