"""The SSH keys that the store lets people in by."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, or_, select

from store.domain.ssh_keys import SshKey
from store.persistence.repositories.ssh_key_rows import ssh_key_of
from store.persistence.schema import memberships, people, ssh_keys

_AS_WHOM = ssh_keys.c.person_id == people.c.id


def select_ssh_key(fingerprint: str) -> Select[Any]:
    """Return the statement that reads the key of a fingerprint."""
    return _with_whom().where(ssh_keys.c.fingerprint == fingerprint)


class SshKeys:
    """One transaction's view of them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, fingerprint: str) -> SshKey | None:
        """Return the key of a fingerprint, or None."""
        row = self._connection.execute(select_ssh_key(fingerprint)).first()
        return ssh_key_of(row._mapping) if row else None

    def add(self, workspace_id: int, key: SshKey) -> None:
        """Add a key, of a person as that workspace knows them."""
        self._connection.execute(
            insert(ssh_keys).values(
                fingerprint=key.fingerprint,
                workspace_id=workspace_id,
                person_id=key.person_id,
                kind=key.public.kind,
                blob=key.public.blob,
                comment=key.public.comment,
                console=key.console,
                looks_only=key.looks_only,
                added_at=key.added_at,
            )
        )

    def remove(self, fingerprints: Sequence[str]) -> None:
        """Remove keys."""
        self._connection.execute(delete(ssh_keys).where(ssh_keys.c.fingerprint.in_(fingerprints)))

    def every(self) -> list[SshKey]:
        """Return all keys of the store, by whose they are, oldest first."""
        rows = self._connection.execute(_in_order(_with_whom()))
        return [ssh_key_of(row._mapping) for row in rows]

    def of_person(self, person_id: int, account_id: int | None) -> list[SshKey]:
        """Return what lets somebody in, whichever workspace of theirs it was added for."""
        query = _with_whom().where(
            or_(people.c.id == person_id, people.c.account_id == account_id)
            if account_id is not None
            else people.c.id == person_id
        )
        return [ssh_key_of(row._mapping) for row in self._connection.execute(_in_order(query))]

    def into_workspace(self, workspace_id: int) -> list[tuple[int, SshKey]]:
        """Return what lets people into a workspace that they are in, by who they are there."""
        there = people.alias("there")
        query = (
            _with_whom()
            .add_columns(there.c.id.label("there"))
            .join(
                there,
                or_(there.c.id == people.c.id, there.c.account_id == people.c.account_id),
            )
            .join(memberships, memberships.c.person_id == there.c.id)
            .where(memberships.c.workspace_id == workspace_id)
        )
        return [
            (row.there, ssh_key_of(row._mapping))
            for row in self._connection.execute(_in_order(query))
        ]


def _with_whom() -> Select[Any]:
    return select(ssh_keys, people.c.email).join(people, _AS_WHOM)


def _in_order(query: Select[Any]) -> Select[Any]:
    return query.order_by(people.c.email_folded, ssh_keys.c.added_at, ssh_keys.c.fingerprint)
