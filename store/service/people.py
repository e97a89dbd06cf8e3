"""PeopleService: what admins do with the people of their workspace."""

from dataclasses import dataclass

from store import passwords
from store.errors import AlreadyAMember, LastAdmin, NoSuchPerson
from store.names import checked_email, checked_name
from store.people import Actor, Person, Role
from store.secrets import Secret
from store.service.ground import Ground, Needs, check_standing
from store.service.sign_in import code_digest
from store.times import DAY
from store.unit import Unit

CODE_LIFETIME = 7 * DAY


@dataclass(frozen=True, slots=True)
class Member:
    """A person, and their part in the workspace's active keys."""

    person: Person
    made: int
    known: int
    """Keys whose secret they may know, the ones they made included."""


@dataclass(frozen=True, slots=True)
class Added:
    """A new member, and the one-time code to hand over where they have no password yet."""

    person: Person
    code: Secret | None


class PeopleService:
    """List, add, change role, leave. No admin ever sets anybody's password."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def all(self, actor: Actor) -> list[Person]:
        """Return the workspace's people by e-mail. Raises NotAllowed."""
        with self._ground.reading() as unit:
            check_standing(unit, actor, Needs.MEMBER, "see the people")
            return unit.people.in_workspace(actor.workspace_id)

    def members(self, actor: Actor) -> list[Member]:
        """Return the workspace's people by e-mail with their active keys. Raises NotAllowed."""
        with self._ground.reading() as unit:
            check_standing(unit, actor, Needs.ADMIN, "see who may know which keys")
            counted = unit.holders.active_by_person(actor.workspace_id, unit.now)
            return [
                Member(person, *counted.get(person.id, (0, 0)))
                for person in unit.people.in_workspace(actor.workspace_id)
            ]

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
            code = None if account.password_hash else new_code(unit, account.id, mutation.now)
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

    def leave(self, actor: Actor, email: str) -> Person:
        """End a membership; with the last one the person's sign-in ends too.

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
            mutation.audit(actor.workspace_id, actor, "person.left", str(person.id), person.email)
            return person

    def _member(self, unit: Unit, actor: Actor, email: str) -> Person:
        person = unit.people.member(actor.workspace_id, email)
        if person is None:
            raise NoSuchPerson(email)
        return person

    def _check_not_last(self, unit: Unit, actor: Actor, person: Person) -> None:
        if person.role is Role.ADMIN and unit.people.admins(actor.workspace_id) == 1:
            raise LastAdmin(person.email)


def new_code(unit: Unit, person_id: int, now: int) -> Secret:
    """Give a person a one-time enrolment code, good for seven days; it replaces an older one."""
    code = passwords.enrolment_code()
    unit.people.set_enrolment(person_id, code_digest(code), now + CODE_LIFETIME)
    return code
