"""OffboardingService: what becomes of the keys that somebody who left may know."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from store.domain.audit.actions import Action
from store.domain.batches import PAUSE_S, batches
from store.domain.key_string import shown
from store.domain.keys import Key, State
from store.domain.names import checked_name
from store.domain.offboarding import (
    Decided,
    Decision,
    EndedAssistant,
    KnownKey,
    Leaver,
    Offboarding,
)
from store.domain.people import Actor
from store.domain.times import DAY, HOUR
from store.errors import (
    Invalid,
    NoSuchOffboarding,
    NotReplaced,
    NotTheirs,
    OffboardingOver,
    StillToDecide,
    SuccessorNotStored,
)
from store.persistence.repositories.offboardings import Listed, Record
from store.persistence.unit import Unit
from store.service.commits import Done
from store.service.connections import APPROVER_LEFT, MONTH_DAYS
from store.service.key_access import find_key
from store.service.mutation import Mutation
from store.service.revoking import revoke_in
from store.service.transactions import Needs, Transactions, check_standing

MOST_NAMED = 500
"""Keys that one entry of the audit names."""


def begin(
    mutation: Mutation, actor: Actor, person_id: int, key_ids: Sequence[str]
) -> tuple[str, ...]:
    """Write down some keys that a person may know, as part of their leaving; return their names.

    Those that still work, that is: none are where there is nothing to decide. An offboarding that
    is still open goes on.
    """
    unit, workspace_id = mutation.unit, actor.workspace_id
    known = unit.holders.known_to(workspace_id, person_id, mutation.now, key_ids)
    if known:
        offboarding_id = unit.offboardings.begin(workspace_id, person_id, actor.person_id)
        unit.offboardings.add_keys(workspace_id, offboarding_id, known)
    return tuple(one.name for one in known.values())


def write_down_the_rest(
    transactions: Transactions, actor: Actor, person_id: int, email: str
) -> Offboarding | None:
    """Write down what else somebody who has left may know, some keys in each transaction.

    Also what was made while they were leaving. Cut off in between nothing is lost: what an open
    offboarding lacks is shown with it, and written down before the next decision. Returns it as it
    is then, or None where there is none.
    """
    workspace_id = actor.workspace_id
    with transactions.reading() as unit:
        known = unit.holders.known_to(workspace_id, person_id, unit.now)
        offboarding_id = unit.offboardings.open_of(workspace_id, person_id)
        there = unit.offboardings.listed(workspace_id, offboarding_id) if offboarding_id else set()
    for some in batches([key_id for key_id in known if key_id not in there]):
        time.sleep(PAUSE_S)
        with transactions.writing(raise_revision=False) as mutation:
            names = begin(mutation, actor, person_id, some)
            if not names:
                mutation.leave_unchanged()
                continue
            action = Action.PERSON_KEYS_LISTED
            mutation.audit(
                workspace_id, actor, action, str(person_id), email, keys_known=list(names)
            )
    with transactions.reading() as unit:
        offboarding_id = unit.offboardings.open_of(workspace_id, person_id)
        return _found(unit, workspace_id, offboarding_id) if offboarding_id else None


class OffboardingService:
    """Decide about each key, in any order and at any time; the last decision closes the record.

    Membership has ended before the first of them: see `PeopleService.leave`.
    """

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def all(self, actor: Actor, *, open_only: bool = False) -> list[Leaver]:
        """Return who left keys behind, latest first. Raises NotAllowed."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see who may know which keys")
            return unit.offboardings.leavers(actor.workspace_id, open_only=open_only)

    def show(self, actor: Actor, reference: str | int) -> Offboarding:
        """Return an offboarding by its id, or somebody's latest by their e-mail.

        Raises NotAllowed or NoSuchOffboarding.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see who may know which keys")
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
        self._complete(actor, reference)
        with self._transactions.writing(raise_revision=False) as mutation:
            theirs, known = self._open(mutation, actor, reference, key)
            self._decide(mutation, actor, theirs, known, Decision.KEEP, reason=reason)
        return self._after(actor, theirs)

    def revoke(
        self, actor: Actor, reference: str | int, key: str, reason: str | None = None
    ) -> Done[Offboarding]:
        """Revoke a key at once and for good; without a reason it is that they left.

        Raises NotAllowed, NotFound, Invalid, AlreadyRevoked or OffboardingOver.
        """
        self._complete(actor, reference)
        with self._transactions.taking_away() as mutation:
            theirs, known = self._open(mutation, actor, reference, key)
            why = reason if reason and reason.strip() else f"{theirs.email} left"
            revoke_in(mutation, actor, known.key, why)
            self._decide(mutation, actor, theirs, known, Decision.REVOKE, reason=why)
        return mutation.done(self._after(actor, theirs))

    def rotated(self, actor: Actor, reference: str | int, key: str) -> Offboarding:
        """Write down that a key was rotated: a successor stands that the leaver does not know.

        Raises NotAllowed, NotFound, NotReplaced, SuccessorNotStored or OffboardingOver.
        """
        self._complete(actor, reference)
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
        return self._after(actor, theirs)

    def finish(self, actor: Actor, reference: str | int) -> Offboarding:
        """Close the record where what was left to decide has ended by itself.

        Raises NotAllowed, NoSuchOffboarding, OffboardingOver or StillToDecide.
        """
        self._complete(actor, reference)
        with self._transactions.writing(raise_revision=False) as mutation:
            theirs = self._theirs(mutation, actor, reference)
            waiting = mutation.unit.offboardings.waiting(actor.workspace_id, theirs.id, MOST_NAMED)
            if waiting:
                raise StillToDecide(theirs.email, tuple(waiting))
            _close(mutation, actor, theirs)
        return self._after(actor, theirs)

    def _complete(self, actor: Actor, reference: str | int) -> None:
        """Write down what was cut off when they left: no record is closed without it."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.ADMIN, "decide about the keys of leavers")
            theirs = _record(unit, actor.workspace_id, reference)
            lacking = _unlisted(unit, theirs)
        if lacking:
            write_down_the_rest(self._transactions, actor, theirs.person_id, theirs.email)

    def _after(self, actor: Actor, theirs: Record) -> Offboarding:
        # Read when nobody has to wait for it: it may be of many keys.
        with self._transactions.reading() as unit:
            return _found(unit, actor.workspace_id, theirs.id)

    def _theirs(self, mutation: Mutation, actor: Actor, reference: str | int) -> Record:
        check_standing(mutation.unit, actor, Needs.ADMIN, "decide about the keys of leavers")
        return self._unfinished(mutation.unit, actor, reference)

    @staticmethod
    def _unfinished(unit: Unit, actor: Actor, reference: str | int) -> Record:
        theirs = _record(unit, actor.workspace_id, reference)
        if theirs.finished_at is not None:
            raise OffboardingOver(theirs.email)
        return theirs

    def _open(
        self, mutation: Mutation, actor: Actor, reference: str | int, key: str
    ) -> tuple[Record, KnownKey]:
        theirs = self._theirs(mutation, actor, reference)
        return theirs, self._one(mutation.unit, actor, theirs, key)

    def _one(self, unit: Unit, actor: Actor, theirs: Record, reference: str) -> KnownKey:
        workspace_id, listed_keys = actor.workspace_id, unit.offboardings.keys
        # Both sides of a rotation have the name: the one they know is meant.
        of_the_name = _known(unit, theirs, listed_keys(workspace_id, theirs.id, name=reference))
        waiting = [known for known in of_the_name if known.waits(unit.now)]
        if len(waiting) == 1:
            return waiting[0]
        key = find_key(unit, workspace_id, self._transactions.prefix, reference, verb=True)
        for known in _known(unit, theirs, listed_keys(workspace_id, theirs.id, key_id=key.id)):
            return known
        raise NotTheirs(key.name, theirs.email)

    def _decide(
        self,
        mutation: Mutation,
        actor: Actor,
        theirs: Record,
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
        if not mutation.unit.offboardings.waiting(workspace_id, theirs.id, 1):
            _close(mutation, actor, theirs)


def _close(mutation: Mutation, actor: Actor, theirs: Record) -> None:
    offboardings, workspace_id = mutation.unit.offboardings, actor.workspace_id
    offboardings.finish(workspace_id, theirs.id, actor.person_id)
    by_decision: dict[str, list[str]] = {decision.value: [] for decision in Decision}
    ended = []
    for outcome in offboardings.outcomes(workspace_id, theirs.id, MOST_NAMED):
        if outcome.decision is None:
            ended.append(outcome.name)
        else:
            why = outcome.decision is Decision.KEEP and outcome.reason
            by_decision[outcome.decision.value].append(
                f"{outcome.name} ({why})" if why else outcome.name
            )
    beyond = offboardings.number(workspace_id, theirs.id) - MOST_NAMED
    unnamed: dict[str, Any] = {"more": beyond} if beyond > 0 else {}
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
        **unnamed,
    )


def _record(unit: Unit, workspace_id: int, reference: str | int) -> Record:
    """Return an offboarding without its keys. Raises NoSuchOffboarding."""
    if isinstance(reference, int):
        offboarding_id, named = reference, f"Number {reference}"
    else:
        offboarding_id = unit.offboardings.latest_of(workspace_id, reference.strip()) or 0
        named = reference
    row = unit.offboardings.get(workspace_id, offboarding_id)
    if row is None:
        raise NoSuchOffboarding(named)
    return row


def _found(unit: Unit, workspace_id: int, reference: str | int) -> Offboarding:
    row = _record(unit, workspace_id, reference)
    listed = unit.offboardings.keys(workspace_id, row.id)
    known = [*_known(unit, row, listed), *_known(unit, row, _unlisted(unit, row))]
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
        assistants=_assistants(unit, row),
    )


def _assistants(unit: Unit, theirs: Record) -> tuple[EndedAssistant, ...]:
    """Return what ended because they left: this time, or before and was never told of."""
    workspace_id, person_id = theirs.workspace_id, theirs.person_id
    until = unit.now if theirs.finished_at is None else theirs.finished_at
    told = unit.offboardings.finished_before(workspace_id, theirs.id, person_id)
    tools = unit.connection_usage.tools
    return tuple(
        EndedAssistant(one, tools(workspace_id, one.id, one.revoked_at - (MONTH_DAYS - 1) * DAY))
        for one in unit.connections.revoked_because(workspace_id, person_id, APPROVER_LEFT, until)
        if one.revoked_at is not None and one.revoked_at > told
    )


def _unlisted(unit: Unit, theirs: Record) -> list[Listed]:
    """Return what whoever left may know and is not written down: writing it down was cut off."""
    workspace_id = theirs.workspace_id
    if theirs.finished_at is not None or unit.people.member(workspace_id, theirs.email):
        return []
    known = unit.holders.known_to(workspace_id, theirs.person_id, unit.now)
    there = unit.offboardings.listed(workspace_id, theirs.id)
    return [
        Listed(key_id, one.ways, one.since, None)
        for key_id, one in known.items()
        if key_id not in there
    ]


def _known(unit: Unit, theirs: Record, listed: Sequence[Listed]) -> list[KnownKey]:
    """Return keys that were written down as they are now, in the same order."""
    workspace_id, ids = theirs.workspace_id, [one.key_id for one in listed]
    keys = unit.keys.some(workspace_id, ids)
    traffic = unit.usage.traffic_of_keys(workspace_id, ids, unit.now - HOUR)
    replacing = {one.decided.successor for one in listed if one.decided}
    replacing |= {key.successor for key in keys.values()}
    successors = unit.keys.some(workspace_id, [one for one in replacing if one is not None])
    known = []
    for one in listed:
        key, decided = keys[one.key_id], one.decided
        if theirs.finished_at is None and decided and not _holds(successors, decided, unit.now):
            decided = None
        successor = key.successor if decided is None and key.rotating else None
        unstored = successor if _reached_nobody(successors.get(successor or "")) else None
        known.append(KnownKey(key, one.ways, one.since, traffic[key.id], decided, unstored))
    return known


def _unstored(unit: Unit, workspace_id: int, successor: str | None) -> bool:
    return _reached_nobody(unit.keys.get(workspace_id, successor) if successor else None)


def _reached_nobody(key: Key | None) -> bool:
    return key is not None and key.reached_nobody


def _holds(successors: Mapping[str, Key], decided: Decided, now: int) -> bool:
    """Return whether a decision still stands: replaced by a key that is dead is not replaced."""
    if decided.successor is None:
        return True
    successor = successors.get(decided.successor)
    return successor is not None and successor.state(now) is State.ACTIVE
