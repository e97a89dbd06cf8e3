"""The catalogue of resources that scopes can name."""

from sqlalchemy import Connection, delete, insert, select, union_all, update

from store.domain.scopes import Resource
from store.persistence.repositories.dialects import beside_indexes
from store.persistence.repositories.key_sources import scopes_granted
from store.persistence.repositories.key_terms import grants
from store.persistence.schema import connections, keys, resources, workspaces

_NAMED = 10
"""Of each kind: who uses a resource is told to somebody who reads it."""


class Catalogue:
    """One transaction's view of the catalogue."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> list[Resource]:
        """Return every resource by name."""
        rows = self._connection.execute(select(resources).order_by(resources.c.name))
        return [
            Resource(row.name, row.title, row.builtin, tuple(row.actions.split())) for row in rows
        ]

    def add(self, resource: Resource) -> None:
        """Add a resource, of the installation's own or of the sample API."""
        row = {**resource._asdict(), "actions": " ".join(resource.actions)}
        self._connection.execute(insert(resources).values(row))

    def set_actions(self, name: str, actions: tuple[str, ...]) -> None:
        """Replace a resource's actions."""
        row = update(resources).where(resources.c.name == name)
        self._connection.execute(row.values(actions=" ".join(actions)))

    def remove(self, name: str) -> None:
        """Remove a resource."""
        self._connection.execute(delete(resources).where(resources.c.name == name))

    def active_keys_using(self, scope: str, now: int) -> list[str]:
        """Return the names of what is active, keys and connections, with a scope.

        Or, for the name of a resource alone, with any scope on it. In any workspace.
        """
        return [*self._keys_using(scope, now), *self._connections_using(scope, now)]

    def _keys_using(self, scope: str, now: int) -> list[str]:
        # From the few combinations of scopes there are to the keys that have one and work.
        granted = scopes_granted(select(workspaces.c.id))
        theirs = (
            select(keys.c.name)
            # As values, which nothing is sorted by: else SQLite begins with all the keys.
            .join_from(granted, keys, keys.c.workspace_id == beside_indexes(granted.c.workspace_id))
            .where(keys.c.scopes == granted.c.scopes.concat(""))
            .where(grants(granted.c.scopes, scope), keys.c.revoked_at.is_(None))
        )
        both = union_all(
            theirs.where(keys.c.expires_at.is_(None)), theirs.where(keys.c.expires_at > now)
        ).subquery()
        return sorted(self._connection.execute(select(both.c.name).limit(_NAMED)).scalars())

    def _connections_using(self, scope: str, now: int) -> list[str]:
        rows = self._connection.execute(
            select(connections.c.name)
            .where(grants(connections.c.scopes, scope))
            .where(connections.c.revoked_at.is_(None))
            .where(connections.c.expires_at.is_(None) | (connections.c.expires_at > now))
            .order_by(connections.c.name)
            .limit(_NAMED)
        )
        return list(rows.scalars())
