"""Workspaces, people and memberships."""

from dataclasses import dataclass

from sqlalchemy import Connection, Select, delete, func, insert, or_, select, update
from sqlalchemy.engine import Row

from store.names import fold
from store.people import Person, Plan, Role, Workspace
from store.schema import memberships, people, workspaces


@dataclass(frozen=True, slots=True)
class Account:
    """A person as the store knows them, whatever their workspaces."""

    id: int
    email: str
    name: str
    password_hash: str | None
    enrolment_digest: bytes | None
    enrolment_expires_at: int | None


class Workspaces:
    """One transaction's view of the workspaces."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> list[Workspace]:
        """Return every workspace, oldest first."""
        rows = self._connection.execute(select(workspaces).order_by(workspaces.c.id))
        return [_workspace(row) for row in rows]

    def by_id(self, workspace_id: int) -> Workspace:
        """Return a workspace that exists."""
        return _workspace(
            self._connection.execute(
                select(workspaces).where(workspaces.c.id == workspace_id)
            ).one()
        )

    def by_slug(self, slug: str) -> Workspace | None:
        """Return the workspace with this slug, or None."""
        row = self._connection.execute(select(workspaces).where(workspaces.c.slug == slug)).first()
        return _workspace(row) if row else None

    def of_person(self, person_id: int) -> list[Workspace]:
        """Return the workspaces a person is a member of, oldest first."""
        rows = self._connection.execute(
            select(workspaces)
            .join(memberships, memberships.c.workspace_id == workspaces.c.id)
            .where(memberships.c.person_id == person_id)
            .order_by(workspaces.c.id)
        )
        return [_workspace(row) for row in rows]

    def add(self, slug: str, name: str, plan: Plan, now: int) -> Workspace:
        """Add a workspace."""
        row = self._connection.execute(
            insert(workspaces)
            .values(slug=slug, name=name, plan=plan.value, created_at=now)
            .returning(workspaces)
        ).one()
        return _workspace(row)

    def set_plan(self, workspace_id: int, plan: Plan) -> None:
        """Change a workspace's plan."""
        self._connection.execute(
            update(workspaces).where(workspaces.c.id == workspace_id).values(plan=plan.value)
        )

    def set_colour(self, workspace_id: int, colour: str | None) -> None:
        """Change what a workspace's name is drawn in."""
        self._connection.execute(
            update(workspaces).where(workspaces.c.id == workspace_id).values(colour=colour)
        )


class People:
    """One transaction's view of people and their memberships."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def account(self, email: str) -> Account | None:
        """Return the account with an e-mail, compared case-folded, or None."""
        return self._account(select(people).where(people.c.email_folded == fold(email)))

    def account_by_id(self, person_id: int) -> Account | None:
        """Return the account with an id, or None."""
        return self._account(select(people).where(people.c.id == person_id))

    def add(self, email: str, name: str, now: int) -> Account:
        """Add a person without a password."""
        self._connection.execute(
            insert(people).values(
                email=email,
                email_folded=fold(email),
                name=name,
                name_folded=fold(name),
                created_at=now,
            )
        )
        account = self.account(email)
        if account is None:
            raise AssertionError("a person just added is there")
        return account

    def set_password(self, person_id: int, password_hash: str | None) -> None:
        """Store a password's hash and end any enrolment; None takes the password away."""
        self._connection.execute(
            update(people)
            .where(people.c.id == person_id)
            .values(password_hash=password_hash, enrolment_digest=None, enrolment_expires_at=None)
        )

    def set_enrolment(self, person_id: int, digest: bytes, expires_at: int) -> None:
        """Store the digest of a one-time code; the password, if any, stays until it is used."""
        self._connection.execute(
            update(people)
            .where(people.c.id == person_id)
            .values(enrolment_digest=digest, enrolment_expires_at=expires_at)
        )

    def signed_in(self, person_id: int, now: int) -> None:
        """Remember when a person last signed in."""
        self._connection.execute(
            update(people).where(people.c.id == person_id).values(last_sign_in_at=now)
        )

    def in_workspace(self, workspace_id: int) -> list[Person]:
        """Return a workspace's people by e-mail."""
        return [
            _person(row)
            for row in self._connection.execute(
                _members(workspace_id).order_by(people.c.email_folded)
            )
        ]

    def member(self, workspace_id: int, email: str) -> Person | None:
        """Return the person with an e-mail in a workspace, or None."""
        row = self._connection.execute(
            _members(workspace_id).where(people.c.email_folded == fold(email))
        ).first()
        return _person(row) if row else None

    def role(self, workspace_id: int, person_id: int) -> Role | None:
        """Return a person's role in a workspace, or None for no member."""
        found = self._connection.execute(
            select(memberships.c.role).where(
                memberships.c.workspace_id == workspace_id, memberships.c.person_id == person_id
            )
        ).scalar()
        return Role(found) if found else None

    def join(self, workspace_id: int, person_id: int, role: Role, now: int) -> None:
        """Make a person a member."""
        self._connection.execute(
            insert(memberships).values(
                workspace_id=workspace_id, person_id=person_id, role=role.value, joined_at=now
            )
        )

    def set_role(self, workspace_id: int, person_id: int, role: Role) -> None:
        """Change a member's role."""
        self._connection.execute(
            update(memberships)
            .where(memberships.c.workspace_id == workspace_id, memberships.c.person_id == person_id)
            .values(role=role.value)
        )

    def leave(self, workspace_id: int, person_id: int) -> None:
        """End a membership."""
        self._connection.execute(
            delete(memberships).where(
                memberships.c.workspace_id == workspace_id, memberships.c.person_id == person_id
            )
        )

    def other_admins(self, workspace_id: int, person_id: int) -> int:
        """Return how many admins who can sign in a workspace has besides a person."""
        can_sign_in = or_(
            people.c.password_hash.is_not(None), people.c.last_sign_in_at.is_not(None)
        )
        return self._connection.execute(
            select(func.count())
            .select_from(memberships)
            .join(people, people.c.id == memberships.c.person_id)
            .where(
                memberships.c.workspace_id == workspace_id,
                memberships.c.role == Role.ADMIN.value,
                memberships.c.person_id != person_id,
                can_sign_in,
            )
        ).scalar_one()

    def _account(self, query: Select[tuple[object, ...]]) -> Account | None:
        row = self._connection.execute(query).first()
        if row is None:
            return None
        return Account(
            id=row.id,
            email=row.email,
            name=row.name,
            password_hash=row.password_hash,
            enrolment_digest=row.enrolment_digest,
            enrolment_expires_at=row.enrolment_expires_at,
        )


def _members(workspace_id: int) -> Select[tuple[object, ...]]:
    return (
        select(people, memberships.c.role, memberships.c.joined_at)
        .join(memberships, memberships.c.person_id == people.c.id)
        .where(memberships.c.workspace_id == workspace_id)
    )


def _person(row: Row[tuple[object, ...]]) -> Person:
    return Person(
        id=row.id,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        joined_at=row.joined_at,
        last_sign_in_at=row.last_sign_in_at,
        enrolled=row.password_hash is not None,
        code_until=row.enrolment_expires_at,
    )


def _workspace(row: Row[tuple[object, ...]]) -> Workspace:
    return Workspace(row.id, row.slug, row.name, Plan(row.plan), row.colour)
