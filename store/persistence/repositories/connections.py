"""Connections of a workspace."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection as Transaction
from sqlalchemy import Select, and_, insert, select, update
from sqlalchemy.engine import Row

from store.domain.connections import Connection
from store.domain.key_networks import KeyNetworks, from_stored
from store.domain.names import fold
from store.domain.scopes import Scopes, canonical, from_canonical
from store.persistence.repositories.people import as_one
from store.persistence.schema import connection_usage, connections, people

_approver = people.alias("approver")
_revoker = people.alias("revoker")


class Connections:
    """One transaction's view of a workspace's connections, seen from one instant."""

    def __init__(self, transaction: Transaction, now: int) -> None:
        self._transaction = transaction
        self._now = now

    def add(
        self,
        workspace_id: int,
        *,
        connection_id: str,
        client_id: str,
        name: str,
        redirect_host: str,
        resource: str,
        scopes: Scopes,
        approved_by: int,
        expires_at: int,
        revision: int,
    ) -> None:
        """Add a connection, approved now and not yet opened."""
        self._transaction.execute(
            insert(connections).values(
                id=connection_id,
                workspace_id=workspace_id,
                client_id=client_id,
                name=name,
                name_folded=fold(name),
                redirect_host=redirect_host,
                resource=resource,
                scopes=canonical(scopes),
                created_at=self._now,
                approved_by=approved_by,
                expires_at=expires_at,
                revision=revision,
            )
        )

    def all(self, workspace_id: int) -> list[Connection]:
        """Return the workspace's connections: those that work first, of each the newest first."""
        return list(self.each(workspace_id))

    def each(self, workspace_id: int) -> Iterator[Connection]:
        """Yield what `all` returns, some of it held at a time."""
        query = (
            _select()
            .where(connections.c.workspace_id == workspace_id)
            .order_by(
                connections.c.revoked_at.is_not(None),
                connections.c.expires_at <= self._now,
                connections.c.created_at.desc(),
                connections.c.id,
            )
        )
        with self._transaction.execute(query, execution_options={"yield_per": 500}) as rows:
            for row in rows:
                yield _connection_of(row)

    def get(self, workspace_id: int, connection_id: str) -> Connection | None:
        """Return the workspace's connection with an id, or None."""
        row = self._transaction.execute(
            _select().where(
                connections.c.workspace_id == workspace_id, connections.c.id == connection_id
            )
        ).first()
        return None if row is None else _connection_of(row)

    def named(self, workspace_id: int, name: str) -> list[Connection]:
        """Return the workspace's connections of an assistant's name, newest first."""
        rows = self._transaction.execute(
            _select()
            .where(
                connections.c.workspace_id == workspace_id, connections.c.name_folded == fold(name)
            )
            .order_by(connections.c.created_at.desc())
            .limit(20)
        )
        return [_connection_of(row) for row in rows]

    def approved_by(
        self, workspace_id: int, person_id: int, limit: int | None = None
    ) -> list[Connection]:
        """Return the active connections that somebody approved, newest first; up to `limit`."""
        query = (
            _select()
            .where(
                connections.c.workspace_id == workspace_id,
                connections.c.approved_by.in_(as_one(workspace_id, person_id)),
                connections.c.revoked_at.is_(None),
                connections.c.expires_at > self._now,
            )
            .order_by(connections.c.created_at.desc(), connections.c.id)
            .limit(limit)
        )
        return [_connection_of(row) for row in self._transaction.execute(query)]

    def revoked_because(
        self, workspace_id: int, person_id: int, reason: str, until: int
    ) -> list[Connection]:
        """Return what somebody approved and was revoked for a reason by then, the latest first."""
        query = (
            _select()
            .where(
                connections.c.workspace_id == workspace_id,
                connections.c.approved_by.in_(as_one(workspace_id, person_id)),
                connections.c.revoke_reason == reason,
                connections.c.revoked_at <= until,
            )
            .order_by(connections.c.revoked_at.desc(), connections.c.created_at.desc())
        )
        return [_connection_of(row) for row in self._transaction.execute(query)]

    def set_scopes(self, workspace_id: int, connection_id: str, to: Scopes, revision: int) -> None:
        """Replace a connection's scopes."""
        self._set(workspace_id, connection_id, scopes=canonical(to), revision=revision)

    def set_networks(
        self, workspace_id: int, connection_id: str, networks: KeyNetworks | None, revision: int
    ) -> None:
        """Say where a connection is used from."""
        stored = networks and str(networks)
        self._set(workspace_id, connection_id, networks=stored, revision=revision)

    def set_opened(self, workspace_id: int, connection_id: str) -> None:
        """Remember that the assistant took its first tokens."""
        self._set(workspace_id, connection_id, opened_at=self._now)

    def set_revoked(
        self,
        workspace_id: int,
        connection_id: str,
        by: int | None,
        reason: str | None,
        revision: int,
    ) -> None:
        """Revoke a connection, for good; `by` is None where nobody did."""
        self._set(
            workspace_id,
            connection_id,
            revoked_at=self._now,
            revoked_by=by,
            revoke_reason=reason,
            revision=revision,
        )

    def approver(self, workspace_id: int, connection_id: str) -> int | None:
        """Return the id of whoever approved a connection."""
        return self._transaction.execute(
            select(connections.c.approved_by).where(
                connections.c.workspace_id == workspace_id, connections.c.id == connection_id
            )
        ).scalar()

    def _set(self, workspace_id: int, connection_id: str, **values: object) -> None:
        self._transaction.execute(
            update(connections)
            .where(connections.c.workspace_id == workspace_id, connections.c.id == connection_id)
            .values(**values)
        )


def _select() -> Select[Any]:
    return (
        select(
            connections,
            _approver.c.email.label("approver"),
            _revoker.c.email.label("revoker"),
            connection_usage.c.last_used_at,
        )
        .join(_approver, _approver.c.id == connections.c.approved_by)
        .outerjoin(_revoker, _revoker.c.id == connections.c.revoked_by)
        .outerjoin(
            connection_usage,
            and_(
                connection_usage.c.workspace_id == connections.c.workspace_id,
                connection_usage.c.connection_id == connections.c.id,
            ),
        )
    )


def _connection_of(row: Row[Any]) -> Connection:
    return Connection(
        id=row.id,
        workspace_id=row.workspace_id,
        client_id=row.client_id,
        name=row.name,
        redirect_host=row.redirect_host,
        resource=row.resource,
        scopes=from_canonical(row.scopes),
        created_at=row.created_at,
        approved_by=row.approver,
        expires_at=row.expires_at,
        opened_at=row.opened_at,
        last_used_at=row.last_used_at,
        networks=None if row.networks is None else from_stored(row.networks),
        revoked_at=row.revoked_at,
        revoked_by=row.revoker,
        revoke_reason=row.revoke_reason,
        revision=row.revision,
    )
