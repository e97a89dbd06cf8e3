"""Accounts: what people sign in with."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import Row

from store.domain.names import fold
from store.persistence.repositories.people import IS_THEIRS
from store.persistence.schema import accounts, memberships, people


@dataclass(frozen=True, slots=True)
class Account:
    """What somebody signs in with; it opens the workspaces whose invitations they accepted."""

    id: int
    password_hash: str | None
    password_set_at: int | None
    """None where nobody knows any more."""
    code_digest: bytes | None
    """Of the operator's code for a password that was lost."""
    code_expires_at: int | None


class Accounts:
    """One transaction's view of the accounts, whatever workspaces they open."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, account_id: int) -> Account:
        """Return an account that exists."""
        row = self._connection.execute(select(accounts).where(accounts.c.id == account_id)).one()
        return _account(row)

    def of_email(self, email: str) -> list[Account]:
        """Return the accounts that open a workspace by an e-mail, compared case-folded, by age.

        There are several where somebody enrolled apart in each: nobody has said that they are one.
        """
        rows = self._connection.execute(
            select(accounts)
            .where(
                accounts.c.id.in_(
                    select(people.c.account_id)
                    .join(memberships, IS_THEIRS)
                    .where(people.c.email_folded == fold(email))
                )
            )
            .order_by(accounts.c.id)
        )
        return [_account(row) for row in rows]

    def add(self, password_hash: str | None, now: int) -> int:
        """Add an account, without a password for somebody whom sshd lets in; return its id."""
        made: int = self._connection.execute(
            insert(accounts)
            .values(password_hash=password_hash, password_set_at=now)
            .returning(accounts.c.id)
        ).scalar_one()
        return made

    def set_password(self, account_id: int, password_hash: str | None, now: int) -> None:
        """Store a password's hash, end any code and login; None takes the password away."""
        self._connection.execute(
            update(accounts)
            .where(accounts.c.id == account_id)
            .values(
                password_hash=password_hash,
                password_set_at=now,
                code_digest=None,
                code_expires_at=None,
            )
        )
        self._connection.execute(
            update(people)
            .where(people.c.account_id == account_id)
            .values(login_digest=None, login_expires_at=None)
        )

    def renew_hash(self, account_id: int, password_hash: str) -> None:
        """Store a newer hash of the same password."""
        self._connection.execute(
            update(accounts).where(accounts.c.id == account_id).values(password_hash=password_hash)
        )

    def set_code(self, account_id: int, digest: bytes, expires_at: int) -> None:
        """Store the digest of the operator's code; the password stays until it is used."""
        self._connection.execute(
            update(accounts)
            .where(accounts.c.id == account_id)
            .values(code_digest=digest, code_expires_at=expires_at)
        )


def _account(row: Row[Any]) -> Account:
    return Account(
        row.id, row.password_hash, row.password_set_at, row.code_digest, row.code_expires_at
    )
