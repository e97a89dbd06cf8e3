"""What a workspace's admins say of assistants whose id is an address."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, delete, func, insert, select, update
from sqlalchemy.engine import Row

from store.domain.connections import Client
from store.persistence.schema import client_documents, people


class AddedClient(NamedTuple):
    """An assistant that an admin let ask."""

    client: Client
    """Made when it was added."""
    added_by: str
    """E-mail of whoever added it."""


class ClientDocuments:
    """One transaction's view of a workspace's assistants."""

    def __init__(self, connection: Connection, now: int) -> None:
        self._connection = connection
        self._now = now

    def get(self, workspace_id: int, client_id: str) -> AddedClient | None:
        """Return the workspace's assistant with an address, or None."""
        row = self._connection.execute(
            _select().where(
                client_documents.c.workspace_id == workspace_id,
                client_documents.c.client_id == client_id,
            )
        ).first()
        return None if row is None else _added(row)

    def each(self, workspace_id: int) -> Iterator[AddedClient]:
        """Yield the workspace's assistants, by address."""
        rows = self._connection.execute(
            _select()
            .where(client_documents.c.workspace_id == workspace_id)
            .order_by(client_documents.c.client_id)
        )
        yield from map(_added, rows)

    def of_any(self, client_id: str) -> list[Client]:
        """Return what every workspace says of an address: whoever asks is of none yet."""
        rows = self._connection.execute(
            _select()
            .where(client_documents.c.client_id == client_id)
            .order_by(client_documents.c.workspace_id)
        )
        return [_added(row).client for row in rows]

    def number(self, workspace_id: int) -> int:
        """Return how many the workspace has."""
        return self._connection.execute(
            select(func.count()).where(client_documents.c.workspace_id == workspace_id)
        ).scalar_one()

    def add(self, workspace_id: int, client: Client, person_id: int) -> None:
        """Add an assistant."""
        whose = {"workspace_id": workspace_id, "client_id": client.id}
        said = _said(client.name, client.redirect_uris, self._now, person_id)
        self._connection.execute(insert(client_documents).values(whose | said))

    def replace(self, workspace_id: int, client: Client, person_id: int) -> None:
        """Say something else of an assistant."""
        self._connection.execute(
            update(client_documents)
            .where(
                client_documents.c.workspace_id == workspace_id,
                client_documents.c.client_id == client.id,
            )
            .values(_said(client.name, client.redirect_uris, self._now, person_id))
        )

    def remove(self, workspace_id: int, client_id: str) -> None:
        """Forget an assistant."""
        self._connection.execute(
            delete(client_documents).where(
                client_documents.c.workspace_id == workspace_id,
                client_documents.c.client_id == client_id,
            )
        )


def _said(name: str, redirects: Sequence[str], at: int, person_id: int) -> dict[str, object]:
    return {
        "name": name,
        "redirect_uris": json.dumps(list(redirects)),
        "added_at": at,
        "added_by": person_id,
    }


def _select() -> Select[Any]:
    return select(client_documents, people.c.email).join(
        people, people.c.id == client_documents.c.added_by
    )


def _added(row: Row[Any]) -> AddedClient:
    redirects = tuple(json.loads(row.redirect_uris))
    return AddedClient(Client(row.client_id, row.name, redirects, row.added_at), row.email)
