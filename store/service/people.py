"""PeopleService: what admins do with the people of their workspace."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from store.domain.audit.actions import Action
from store.domain.batches import AT_ONCE, PAUSE_S
from store.domain.connections import Connection
from store.domain.key_string import Secret
from store.domain.keys import Key
from store.domain.names import checked_email, checked_name
from store.domain.offboarding import Offboarding
from store.domain.people import Actor, Person, Role
from store.domain.times import DAY
from store.domain.usage import ToolUse
from store.errors import (
    AlreadyAMember,
    AlreadyEnrolled,
    LastAdmin,
    NoSuchPerson,
)
from store.persistence.unit import Unit
from store.service import one_time_codes
from store.service.commits import Commit, Done
from store.service.connections import MONTH_DAYS, end_approved
from store.service.mutation import TakingMutation
from store.service.offboarding import begin, write_down_the_rest
from store.service.transactions import Needs, Transactions, check_standing

MOST_COMPARED = 1000
"""People among whom the one is looked for that a mistyped e-mail was meant for."""
MOST_TOLD = 3
"""Assistants of a leaver of which is told what they did."""


@dataclass(frozen=True, slots=True)
class KeyCounts:
    """Somebody's part in a workspace's active keys, by number."""

    made: int = 0
    known: int = 0
    """Keys whose secret they may know, the ones they made included."""
    more: bool = False
    """Whether there may be others: of whoever may know very many, the latest are looked at."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person, and their part in the active keys; None where that is not for whoever looks."""

    person: Person
    part: KeyCounts | None


@dataclass(frozen=True, slots=True)
class Added:
    """Who was invited, and the one-time code to hand over: until it is used they are not in.

    There is one for everybody, also for an e-mail that another workspace knows: whether one does is
    told to nobody.
    """

    person: Person
    code: Secret


@dataclass(frozen=True, slots=True)
class Leaving:
    """What somebody's leaving would come to."""

    person: Person
    keys: tuple[Key, ...]
    """The active keys whose secret they may know, by name."""
    connections: tuple[Connection, ...]
    """The assistants they had approved, which would be revoked."""
    called: Mapping[str, tuple[ToolUse, ...]]
    """What the first MOST_TOLD of those called in the last 30 days, by id."""


@dataclass(frozen=True, slots=True)
class Left:
    """Who has left, as they were."""

    person: Person
    offboarding: Offboarding | None
    """The keys to decide about; None where they knew none."""
    connections: tuple[Connection, ...] = ()
    """The assistants they had approved; revoked."""


class PeopleService:
    """List, add, invite anew, change role, leave. No admin ever sets anybody's password."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def all(self, actor: Actor) -> list[Person]:
        """Return the workspace's people by e-mail. Raises NotAllowed."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.MEMBER, "see the people")
            return unit.people.in_workspace(actor.workspace_id)

    def each(self, actor: Actor) -> Iterator[Person]:
        """Yield what `all` returns, read while it is asked for. Raises NotAllowed."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.MEMBER, "see the people")
            yield from unit.people.each(actor.workspace_id)

    def parts(self, actor: Actor) -> dict[int, KeyCounts]:
        """Return, by person, how many active keys they made and may know; without those of none.

        Of each person so many keys are looked at, and no more. Raises NotAllowed.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see who may know which keys")
            counted = unit.holders.active_by_person(actor.workspace_id, unit.now)
            return {person_id: KeyCounts(*numbers) for person_id, numbers in counted.items()}

    def add(self, actor: Actor, email: str, name: str, role: Role = Role.MEMBER) -> Added:
        """Invite a person, and vouch for whoever the code is handed to.

        Raises NotAllowed, Invalid or AlreadyAMember.
        """
        email, name = checked_email(email), checked_name(name)
        with self._transactions.writing(raise_revision=True) as mutation:
            unit, workspace_id = mutation.unit, actor.workspace_id
            check_standing(unit, actor, Needs.ADMIN, "add people")
            if unit.people.member(workspace_id, email):
                raise AlreadyAMember(email)
            person_id = unit.people.add(workspace_id, email, name, mutation.now)
            unit.people.join(workspace_id, person_id, role, mutation.now, actor.person_id)
            code = one_time_codes.new_invitation(unit, person_id)
            mutation.audit(
                workspace_id,
                actor,
                Action.PERSON_ADDED,
                str(person_id),
                email,
                role=role.value,
                enrolment_code=True,
            )
            return Added(self._member(unit, actor, email), code)

    def invite_anew(self, actor: Actor, email: str) -> Secret:
        """Return a new code for somebody who has not accepted; the older one ends.

        Raises NotAllowed, NoSuchPerson or AlreadyEnrolled.
        """
        with self._transactions.writing(raise_revision=False) as mutation:
            unit = mutation.unit
            check_standing(unit, actor, Needs.ADMIN, "give enrolment codes")
            person = self._member(unit, actor, email)
            # What is chosen with a code opens what its owner accepted elsewhere, too.
            if person.enrolled:
                raise AlreadyEnrolled(person.email)
            mutation.audit(
                actor.workspace_id, actor, Action.PERSON_CODE_ISSUED, str(person.id), person.email
            )
            unit.people.set_vouched_by(actor.workspace_id, person.id, actor.person_id)
            return one_time_codes.new_invitation(unit, person.id)

    def set_role(self, actor: Actor, email: str, role: Role) -> Person:
        """Change a member's role. Raises NotAllowed, NoSuchPerson or LastAdmin."""
        with self._transactions.writing(raise_revision=True) as mutation:
            unit = mutation.unit
            check_standing(unit, actor, Needs.ADMIN, "change roles")
            person = self._member(unit, actor, email)
            if role is not Role.ADMIN:
                self._check_not_last(unit, actor, person)
            unit.people.set_role(actor.workspace_id, person.id, role)
            mutation.audit(
                actor.workspace_id,
                actor,
                Action.PERSON_ROLE_CHANGED,
                str(person.id),
                person.email,
                role=role.value,
                before=person.role.value,
            )
            return self._member(unit, actor, email)

    def check_not_last(self, actor: Actor, email: str) -> None:
        """Raise LastAdmin for whom `leave` would: asked before anybody is asked to be sure.

        Raises NotAllowed or NoSuchPerson.
        """
        with self._transactions.reading() as unit:
            self._leaver(unit, actor, email)

    def leaving(self, actor: Actor, email: str) -> Leaving:
        """Return what `leave` would come to. Raises what that does."""
        with self._transactions.reading() as unit:
            person = self._leaver(unit, actor, email)
            ids = tuple(unit.holders.known_to(actor.workspace_id, person.id, unit.now))
            known = unit.keys.some(actor.workspace_id, ids)
            theirs = tuple(unit.connections.approved_by(actor.workspace_id, person.id))
            tools, since = unit.connection_usage.tools, unit.now - (MONTH_DAYS - 1) * DAY
            return Leaving(
                person,
                tuple(known[key_id] for key_id in ids),
                theirs,
                {one.id: tools(one.workspace_id, one.id, since) for one in theirs[:MOST_TOLD]},
            )

    def leave(self, actor: Actor, email: str) -> Done[Left]:
        """End a membership, or take back an invitation.

        With the last one their sign-in ends too, and so do their SSH keys.

        From here on nothing opens for them: with it the assistants that they approved are revoked,
        and the active keys that they may know wait for a decision each. Of many assistants some
        are revoked in transactions of their own, before: cut off in between, they have not left,
        and leaving goes on with the others. Where there are many keys, they are written down
        afterwards. Raises NotAllowed, NoSuchPerson or LastAdmin.
        """
        with self._transactions.reading() as unit:
            person = self._leaver(unit, actor, email)
            ids = tuple(unit.holders.known_to(actor.workspace_id, person.id, unit.now))
        ended: list[Connection] = []
        commits: tuple[Commit, ...] = ()
        more = True
        while more:
            if ended:
                time.sleep(PAUSE_S)
            with self._transactions.taking_away() as mutation:
                person = self._leaver(mutation.unit, actor, email)
                some, more = end_approved(mutation, actor, person.id)
                if not more:
                    self._leave(mutation, actor, person, ids)
            ended += some
            commits += mutation.commits or ()
        theirs = write_down_the_rest(self._transactions, actor, person.id, person.email)
        return Done(Left(person, theirs, tuple(ended)), commits)

    @staticmethod
    def _leave(
        mutation: TakingMutation, actor: Actor, person: Person, key_ids: Sequence[str]
    ) -> None:
        unit = mutation.unit
        unit.people.leave(actor.workspace_id, person.id)
        account_id = unit.people.account_id(person.id)
        ended: list[str] = []
        if not unit.people.memberships_of(account_id):
            if account_id is not None:
                unit.accounts.set_password(account_id, None, mutation.now)
            keys = unit.ssh_keys.of_person(person.id, account_id)
            ended = [key.fingerprint for key in keys]
            unit.ssh_keys.remove(ended)
        beyond = len(key_ids) - AT_ONCE
        unnamed: dict[str, Any] = {"more": beyond} if beyond > 0 else {}
        names = begin(mutation, actor, person.id, key_ids[:AT_ONCE])
        mutation.audit(
            actor.workspace_id,
            actor,
            Action.PERSON_LEFT,
            str(person.id),
            person.email,
            keys_known=list(names) or None,
            ssh_keys=ended or None,
            **unnamed,
        )

    def _leaver(self, unit: Unit, actor: Actor, email: str) -> Person:
        check_standing(unit, actor, Needs.ADMIN, "let people leave")
        person = self._member(unit, actor, email)
        self._check_not_last(unit, actor, person)
        return person

    def _member(self, unit: Unit, actor: Actor, email: str) -> Person:
        person = unit.people.member(actor.workspace_id, email)
        if person is None:
            there = islice(unit.people.each(actor.workspace_id), MOST_COMPARED)
            raise NoSuchPerson(email, tuple(one.email for one in there))
        return person

    def _check_not_last(self, unit: Unit, actor: Actor, person: Person) -> None:
        others = unit.people.other_admins(actor.workspace_id, person.id)
        if person.role is Role.ADMIN and not others:
            raise LastAdmin(person.email)
