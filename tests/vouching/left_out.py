"""Each rule of who may be whom, left out: what the search is there to find."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select, update

from store.domain.key_string import Secret
from store.domain.people import Actor, Role
from store.errors import EnrolmentInvalid
from store.persistence.repositories.people import IS_THEIRS, Membership, People
from store.persistence.schema import memberships, people
from store.service.sign_in import SignIn


def _opens_all(self: People, person_id: int, account_id: int) -> None:
    email = select(people.c.email_folded).where(people.c.id == person_id).scalar_subquery()
    self._connection.execute(
        update(people)
        .where(people.c.email_folded == email, people.c.account_id.is_(None))
        .values(account_id=account_id, enrolment_digest=None, enrolment_expires_at=None)
    )


def _without_accepting(self: People, workspace_id: int, person_id: int) -> Role | None:
    found = self._connection.execute(
        select(memberships.c.role)
        .join(people, IS_THEIRS)
        .where(memberships.c.workspace_id == workspace_id, memberships.c.person_id == person_id)
    ).scalar()
    return Role(found) if found else None


def _all_of_the_e_mail(self: People, account_id: int | None) -> list[Membership]:
    email = select(people.c.email_folded).where(people.c.account_id == account_id)
    return self._memberships(people.c.email_folded.in_(email)) if account_id else []


def _name_of_before(before: Callable[..., int]) -> Callable[..., int]:
    def add(self: People, workspace_id: int, email: str, name: str, now: int) -> int:
        known = self.memberships(email)
        return before(self, workspace_id, email, known[0].name if known else name, now)

    return add


def _first_to_enrol(before: Callable[..., Actor]) -> Callable[..., Actor]:
    def enrol(
        self: SignIn, email: str, code: Secret, password: Secret, workspace: str | None = None
    ) -> Actor:
        with self._transactions.reading() as unit:
            if unit.accounts.of_email(email):
                raise EnrolmentInvalid
        return before(self, email, code, password, workspace)

    return enrol


_RULES: dict[str, tuple[tuple[type, str, Any], ...]] = {
    "A code opens the workspace that gave it alone.": ((People, "accept", _opens_all),),
    "Who is invited is not in yet.": (
        (People, "role", _without_accepting),
        (People, "memberships_of", _all_of_the_e_mail),
    ),
    "A workspace's people have the names that it gave them.": (
        (People, "add", _name_of_before(People.add)),
    ),
    "Nobody's enrolment stands in the way of another's.": (
        (SignIn, "enrol", _first_to_enrol(SignIn.enrol)),
    ),
}
RULES = tuple(_RULES)


@contextmanager
def left_out(rule: str) -> Iterator[None]:
    """Break a rule."""
    kept = [(owner, name, getattr(owner, name)) for owner, name, _ in _RULES[rule]]
    try:
        for owner, name, broken in _RULES[rule]:
            setattr(owner, name, broken)
        yield
    finally:
        for owner, name, whole in kept:
            setattr(owner, name, whole)
