"""The people each workspace knows, and their memberships."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.engine import Row

from store.domain.batches import batches
from store.domain.names import fold
from store.domain.people import Person, Role, Workspace
from store.persistence.repositories.dialects import beside_indexes
from store.persistence.repositories.tombstones import forget_gone, unused_id
from store.persistence.repositories.workspaces import workspace_of
from store.persistence.schema import memberships, people, workspaces

_voucher = people.alias("voucher")
IS_THEIRS = and_(
    memberships.c.workspace_id == people.c.workspace_id, memberships.c.person_id == people.c.id
)
"""Which joins people with their memberships."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's place in a workspace."""

    workspace: Workspace
    person_id: int
    email: str
    name: str
    role: Role
    account_id: int | None
    """None until the invitation is accepted."""
    enrolment_digest: bytes | None
    enrolment_expires_at: int | None
    vouched_by: str | None
    """The e-mail of whoever gave the code; None where the operator made them a member."""
    login_digest: bytes | None
    login_expires_at: int | None


def as_one(workspace_id: int, person_id: int) -> Select[tuple[int]]:
    """Return the ids under which a workspace knows a person: one for each time they joined it."""
    email = select(people.c.email_folded).where(people.c.id == person_id).scalar_subquery()
    return select(people.c.id).where(
        beside_indexes(people.c.workspace_id) == workspace_id, people.c.email_folded == email
    )


def select_account(person_id: int) -> Select[Any]:
    """Return the statement that reads which account a person has."""
    return select(people.c.account_id).where(people.c.id == person_id)


def select_memberships(which: ColumnElement[bool]) -> Select[Any]:
    """Return the statement that reads memberships with their workspaces, the oldest first."""
    return (
        select(
            workspaces,
            memberships.c.role,
            people.c.id.label("person_id"),
            people.c.email,
            people.c.name.label("person_name"),
            people.c.account_id,
            people.c.enrolment_digest,
            people.c.enrolment_expires_at,
            people.c.login_digest,
            people.c.login_expires_at,
            _voucher.c.email.label("voucher"),
        )
        .join(memberships, memberships.c.workspace_id == workspaces.c.id)
        .join(people, IS_THEIRS)
        .outerjoin(_voucher, _voucher.c.id == memberships.c.vouched_by)
        .where(which)
        .order_by(workspaces.c.id)
    )


class People:
    """One transaction's view of people, and their memberships."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def memberships(self, email: str) -> list[Membership]:
        """Return where an e-mail is a member or invited, oldest workspace first."""
        return self._memberships(people.c.email_folded == fold(email))

    def memberships_of(self, account_id: int | None) -> list[Membership]:
        """Return what an account opens, oldest workspace first; nothing for None."""
        return [] if account_id is None else self._memberships(people.c.account_id == account_id)

    def account_id(self, person_id: int) -> int | None:
        """Return the account a person has, or had until they left; None for one who is invited."""
        found: int | None = self._connection.execute(select_account(person_id)).scalar()
        return found

    def membership(self, person_id: int) -> Membership | None:
        """Return a person's place in their workspace, accepted or not; None for nobody there."""
        found = self._memberships(people.c.id == person_id)
        return found[0] if found else None

    def add(self, workspace_id: int, email: str, name: str, now: int) -> int:
        """Add a person to those a workspace knows, also one who was there before; return their id.

        Nothing that they were given before opens anything here.
        """
        made: int = self._connection.execute(
            insert(people)
            .values(
                **unused_id(self._connection, people),
                workspace_id=workspace_id,
                email=email,
                email_folded=fold(email),
                name=name,
                name_folded=fold(name),
                created_at=now,
            )
            .returning(people.c.id)
        ).scalar_one()
        return made

    def accept(self, person_id: int, account_id: int) -> None:
        """Let an account open a person's membership; the code that was for it is used."""
        self._set(
            person_id, account_id=account_id, enrolment_digest=None, enrolment_expires_at=None
        )

    def set_enrolment(self, person_id: int, digest: bytes, expires_at: int) -> None:
        """Store the digest of an invitation's one-time code."""
        self._set(person_id, enrolment_digest=digest, enrolment_expires_at=expires_at)

    def set_login(self, person_id: int, digest: bytes | None, expires_at: int | None) -> None:
        """Store the digest of what opens a person's login; None ends it."""
        self._set(person_id, login_digest=digest, login_expires_at=expires_at)

    def signed_in(self, person_id: int, now: int) -> None:
        """Remember when a person last signed in to their workspace."""
        self._set(person_id, last_sign_in_at=now)

    def in_workspace(self, workspace_id: int) -> list[Person]:
        """Return a workspace's people by e-mail."""
        return list(self.each(workspace_id))

    def each(self, workspace_id: int) -> Iterator[Person]:
        """Yield a workspace's people by e-mail, some of them held at a time."""
        query = _members(workspace_id).order_by(people.c.email_folded)
        with self._connection.execute(query, execution_options={"yield_per": 500}) as rows:
            for row in rows:
                yield _person(row)

    def member(self, workspace_id: int, email: str) -> Person | None:
        """Return the person with an e-mail in a workspace, or None."""
        row = self._connection.execute(
            _members(workspace_id).where(people.c.email_folded == fold(email))
        ).first()
        return _person(row) if row else None

    def ids_by_email(self, workspace_id: int, emails: Iterable[str]) -> dict[str, int]:
        """Return the ids of those of some people who are in a workspace, by their folded e-mail."""
        found: dict[str, int] = {}
        for some in batches(sorted({fold(email) for email in emails})):
            rows = self._connection.execute(
                select(people.c.email_folded, people.c.id)
                .join(memberships, IS_THEIRS)
                .where(memberships.c.workspace_id == workspace_id, people.c.email_folded.in_(some))
            )
            found.update((email, person_id) for email, person_id in rows)
        return found

    def role(self, workspace_id: int, person_id: int) -> Role | None:
        """Return a person's role in a workspace, or None for no member: invited is none yet."""
        found = self._connection.execute(
            select(memberships.c.role)
            .join(people, IS_THEIRS)
            .where(
                memberships.c.workspace_id == workspace_id,
                memberships.c.person_id == person_id,
                people.c.account_id.is_not(None),
            )
        ).scalar()
        return Role(found) if found else None

    def join(
        self, workspace_id: int, person_id: int, role: Role, now: int, vouched_by: int | None
    ) -> None:
        """Make a person a member, once they accept; `vouched_by` is None for the operator."""
        self._connection.execute(
            insert(memberships).values(
                workspace_id=workspace_id,
                person_id=person_id,
                role=role.value,
                joined_at=now,
                vouched_by=vouched_by,
            )
        )

    def set_vouched_by(self, workspace_id: int, person_id: int, by: int) -> None:
        """Remember who gave the newest code."""
        self._connection.execute(
            update(memberships)
            .where(memberships.c.workspace_id == workspace_id, memberships.c.person_id == person_id)
            .values(vouched_by=by)
        )

    def set_role(self, workspace_id: int, person_id: int, role: Role) -> None:
        """Change a member's role."""
        self._connection.execute(
            update(memberships)
            .where(memberships.c.workspace_id == workspace_id, memberships.c.person_id == person_id)
            .values(role=role.value)
        )

    def leave(self, workspace_id: int, person_id: int) -> None:
        """End a membership, and the code for it."""
        self._connection.execute(
            delete(memberships).where(
                memberships.c.workspace_id == workspace_id, memberships.c.person_id == person_id
            )
        )
        self._set(person_id, enrolment_digest=None, enrolment_expires_at=None)
        self.set_login(person_id, None, None)
        # Nor does a membership of theirs come back that a restore removed before.
        for known_as in self._connection.execute(as_one(workspace_id, person_id)).scalars().all():
            forget_gone(self._connection, memberships, workspace_id, known_as)

    def other_admins(self, workspace_id: int, person_id: int) -> int:
        """Return how many admins who have accepted a workspace has besides a person."""
        return self._connection.execute(
            select(func.count())
            .select_from(memberships)
            .join(people, IS_THEIRS)
            .where(
                memberships.c.workspace_id == workspace_id,
                memberships.c.role == Role.ADMIN.value,
                memberships.c.person_id != person_id,
                people.c.account_id.is_not(None),
            )
        ).scalar_one()

    def _memberships(self, which: ColumnElement[bool]) -> list[Membership]:
        rows = self._connection.execute(select_memberships(which))
        return [
            Membership(
                workspace=workspace_of(row),
                person_id=row.person_id,
                email=row.email,
                name=row.person_name,
                role=Role(row.role),
                account_id=row.account_id,
                enrolment_digest=row.enrolment_digest,
                enrolment_expires_at=row.enrolment_expires_at,
                vouched_by=row.voucher,
                login_digest=row.login_digest,
                login_expires_at=row.login_expires_at,
            )
            for row in rows
        ]

    def _set(self, person_id: int, **values: object) -> None:
        self._connection.execute(update(people).where(people.c.id == person_id).values(**values))


def _members(workspace_id: int) -> Select[tuple[object, ...]]:
    return (
        select(
            people,
            memberships.c.role,
            memberships.c.joined_at,
            _voucher.c.email.label("voucher"),
        )
        .join(memberships, IS_THEIRS)
        .outerjoin(_voucher, _voucher.c.id == memberships.c.vouched_by)
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
        enrolled=row.account_id is not None,
        vouched_by=row.voucher,
        code_until=row.enrolment_expires_at,
    )
