"""PeopleService: what admins do with the people of their workspace."""

from dataclasses import dataclass

from store import passwords
from store.connections import Connection
from store.errors import (
    AlreadyAMember,
    AlreadyEnrolled,
    InvitedElsewhere,
    LastAdmin,
    NoSuchPerson,
)
from store.keys import Key
from store.names import checked_email, checked_name
from store.offboarding import Offboarding
from store.people import Actor, Person, Role
from store.secrets import Secret
from store.service.connections import approved_by, end_approved
from store.service.ground import Ground, Needs, check_standing
from store.service.offboarding import begin
from store.service.sign_in import code_digest
from store.times import DAY
from store.unit import Unit

CODE_LIFETIME = 7 * DAY


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody's part in a workspace's active keys, by number."""

    made: int = 0
    known: int = 0
    """Keys whose secret they may know, the ones they made included."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person, and their part in the active keys; None where that is not for whoever looks."""

    person: Person
    part: Part | None


@dataclass(frozen=True, slots=True)
class Added:
    """A new member, and the one-time code to hand over.

    There is none for somebody who has a password, or was invited to another workspace: whoever
    holds a code chooses the password for all of them.
    """

    person: Person
    code: Secret | None


@dataclass(frozen=True, slots=True)
class Leaving:
    """What somebody's leaving would come to."""

    person: Person
    keys: tuple[Key, ...]
    """The active keys whose secret they may know, by name."""
    connections: tuple[Connection, ...]
    """The assistants they had approved, which would be revoked."""


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

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def all(self, actor: Actor) -> list[Person]:
        """Return the workspace's people by e-mail. Raises NotAllowed."""
        with self._ground.reading() as unit:
            check_standing(unit, actor, Needs.MEMBER, "see the people")
            return unit.people.in_workspace(actor.workspace_id)

    def parts(self, actor: Actor) -> dict[int, Part]:
        """Return, by person, how many active keys they made and may know; without those of none.

        It reads every active key. Raises NotAllowed.
        """
        with self._ground.reading() as unit:
            check_standing(unit, actor, Needs.ADMIN, "see who may know which keys")
            counted = unit.holders.active_by_person(actor.workspace_id, unit.now)
            return {person_id: Part(*numbers) for person_id, numbers in counted.items()}

    def add(self, actor: Actor, email: str, name: str, role: Role = Role.MEMBER) -> Added:
        """Add a person; an e-mail the store knows keeps its own password.

        Raises NotAllowed, Invalid or AlreadyAMember.
        """
        email = checked_email(email)
        with self._ground.writing(raise_revision=True) as mutation:
            unit = mutation.unit
            check_standing(unit, actor, Needs.ADMIN, "add people")
            if unit.people.member(actor.workspace_id, email):
                raise AlreadyAMember(email)
            account = unit.people.account(email) or unit.people.add(
                email, checked_name(name), mutation.now
            )
            unit.people.join(actor.workspace_id, account.id, role, mutation.now)
            code = None
            if not account.password_hash and len(unit.workspaces.of_person(account.id)) == 1:
                code = new_code(unit, account.id, mutation.now)
            mutation.audit(
                actor.workspace_id,
                actor,
                "person.added",
                str(account.id),
                account.email,
                role=role.value,
                enrolment_code=code is not None,
            )
            return Added(self._member(unit, actor, email), code)

    def invite_anew(self, actor: Actor, email: str) -> Secret:
        """Return a new enrolment code for a member who has not enrolled; the older one ends.

        Raises NotAllowed, NoSuchPerson, AlreadyEnrolled or InvitedElsewhere.
        """
        with self._ground.writing(raise_revision=False) as mutation:
            unit = mutation.unit
            check_standing(unit, actor, Needs.ADMIN, "give enrolment codes")
            person = self._member(unit, actor, email)
            if person.enrolled:
                raise AlreadyEnrolled(person.email)
            if len(unit.workspaces.of_person(person.id)) > 1:
                raise InvitedElsewhere(person.email)
            mutation.audit(
                actor.workspace_id, actor, "person.code_issued", str(person.id), person.email
            )
            return new_code(unit, person.id, mutation.now)

    def set_role(self, actor: Actor, email: str, role: Role) -> Person:
        """Change a member's role. Raises NotAllowed, NoSuchPerson or LastAdmin."""
        with self._ground.writing(raise_revision=True) as mutation:
            unit = mutation.unit
            check_standing(unit, actor, Needs.ADMIN, "change roles")
            person = self._member(unit, actor, email)
            if role is not Role.ADMIN:
                self._check_not_last(unit, actor, person)
            unit.people.set_role(actor.workspace_id, person.id, role)
            mutation.audit(
                actor.workspace_id,
                actor,
                "person.role_changed",
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
        with self._ground.reading() as unit:
            check_standing(unit, actor, Needs.ADMIN, "let people leave")
            self._check_not_last(unit, actor, self._member(unit, actor, email))

    def leaving(self, actor: Actor, email: str) -> Leaving:
        """Return what `leave` would come to. Raises what that does."""
        with self._ground.reading() as unit:
            check_standing(unit, actor, Needs.ADMIN, "let people leave")
            person = self._member(unit, actor, email)
            self._check_not_last(unit, actor, person)
            ids = tuple(unit.holders.known_to(actor.workspace_id, person.id, unit.now))
            known = unit.keys.some(actor.workspace_id, ids)
            return Leaving(
                person,
                tuple(known[one] for one in ids),
                approved_by(unit, actor.workspace_id, person.email),
            )

    def leave(self, actor: Actor, email: str) -> Left:
        """End a membership; with the last one the person's sign-in ends too.

        It is the first step: from here on nothing opens for them, the assistants that they approved
        are revoked, and the active keys that they may know wait for a decision each.
        Raises NotAllowed, NoSuchPerson or LastAdmin.
        """
        with self._ground.writing(raise_revision=True) as mutation:
            unit = mutation.unit
            check_standing(unit, actor, Needs.ADMIN, "let people leave")
            person = self._member(unit, actor, email)
            self._check_not_last(unit, actor, person)
            unit.people.leave(actor.workspace_id, person.id)
            if not unit.workspaces.of_person(person.id):
                unit.people.set_password(person.id, None)
            theirs = begin(mutation, actor, person)
            ended = end_approved(mutation, actor, person.email)
            mutation.audit(
                actor.workspace_id,
                actor,
                "person.left",
                str(person.id),
                person.email,
                keys_known=[one.key.name for one in theirs.keys] if theirs else None,
            )
            return Left(person, theirs, ended)

    def _member(self, unit: Unit, actor: Actor, email: str) -> Person:
        person = unit.people.member(actor.workspace_id, email)
        if person is None:
            raise NoSuchPerson(email)
        return person

    def _check_not_last(self, unit: Unit, actor: Actor, person: Person) -> None:
        others = unit.people.other_admins(actor.workspace_id, person.id)
        if person.role is Role.ADMIN and not others:
            raise LastAdmin(person.email)


def new_code(unit: Unit, person_id: int, now: int) -> Secret:
    """Give a person a one-time enrolment code, good for seven days; it replaces an older one."""
    code = passwords.enrolment_code()
    unit.people.set_enrolment(person_id, code_digest(code), now + CODE_LIFETIME)
    return code
