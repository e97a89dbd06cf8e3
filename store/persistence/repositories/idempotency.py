"""Answers to writes that came with an Idempotency-Key: kept in the write's own transaction."""

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import ColumnElement, Connection, delete, insert, select, tuple_

from store.domain.times import DAY
from store.persistence.schema import idempotency_keys, rotations

KEPT_MS = DAY
"""How long an answer is given again."""


@dataclass(frozen=True, slots=True)
class Once:
    """A write that is to be done once, whoever sends it however often."""

    operation: str
    """What is done: the same Idempotency-Key means something else elsewhere."""
    digest: str
    """SHA-256 of the Idempotency-Key, in hexadecimal."""
    fingerprint: str
    """SHA-256 of what was sent with it."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What was answered to a write."""

    status: int
    location: str
    """Below the verifier's address."""
    etag: str
    body: str
    fingerprint: str = ""
    """Of what was sent."""


class IdempotencyKeys:
    """One transaction's view of the answers to one credential and its lineage."""

    def __init__(
        self, connection: Connection, workspace_id: int, credential_id: str, now: int
    ) -> None:
        self._connection = connection
        self._workspace_id = workspace_id
        self._credential_id = credential_id
        self._now = now

    @cached_property
    def owner(self) -> str:
        """What the answers are kept under: the lineage's first key, or a connection itself."""
        found = self._credential_id
        while (before := self._predecessor(found)) is not None:
            found = before
        return found

    def find(self, once: Once) -> StoredAnswer | None:
        """Return what was answered within the last 24 hours, or None; what is older goes."""
        mine = self._whose(once)
        row = self._connection.execute(select(idempotency_keys).where(*mine)).first()
        if row is None:
            return None
        if row.created_at <= self._now - KEPT_MS:
            self._connection.execute(delete(idempotency_keys).where(*mine))
            return None
        return StoredAnswer(row.status, row.location, row.etag, row.body, row.fingerprint)

    def keep(self, once: Once, answered: StoredAnswer) -> None:
        """Keep an answer, in a transaction that has found none."""
        self._connection.execute(
            insert(idempotency_keys).values(
                workspace_id=self._workspace_id,
                owner=self.owner,
                operation=once.operation,
                digest=once.digest,
                fingerprint=once.fingerprint,
                status=answered.status,
                location=answered.location,
                etag=answered.etag,
                body=answered.body,
                created_at=self._now,
            )
        )

    def _whose(self, once: Once) -> tuple[ColumnElement[bool], ...]:
        table = idempotency_keys.c
        return (
            table.workspace_id == self._workspace_id,
            table.owner == self.owner,
            table.operation == once.operation,
            table.digest == once.digest,
        )

    def _predecessor(self, key_id: str) -> str | None:
        statement = select(rotations.c.predecessor_id).where(
            rotations.c.workspace_id == self._workspace_id, rotations.c.successor_id == key_id
        )
        return self._connection.execute(statement).scalar()


PRUNED_AT_ONCE = 500


def prune(connection: Connection, now: int) -> int:
    """Let go of some answers, of any workspace, that are not given again; return how many.

    PRUNED_AT_ONCE at the most, so that nobody waits long for the lock.
    """
    old = (
        select(*idempotency_keys.primary_key)
        .where(idempotency_keys.c.created_at <= now - KEPT_MS)
        .limit(PRUNED_AT_ONCE)
    )
    found = connection.execute(
        delete(idempotency_keys).where(tuple_(*idempotency_keys.primary_key).in_(old))
    )
    return found.rowcount
