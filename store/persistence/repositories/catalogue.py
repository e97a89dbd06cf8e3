"""The catalogue of resources that scopes can name."""

from sqlalchemy import Connection, Table, delete, insert, select, update

from store.domain.scopes import Resource
from store.persistence.repositories.key_terms import grants
from store.persistence.schema import connections, keys, resources


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

    def add(self, name: str, title: str, actions: tuple[str, ...]) -> None:
        """Add a resource of the installation's own."""
        row = {"name": name, "title": title, "builtin": False, "actions": " ".join(actions)}
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
        return [*self._using(keys, scope, now), *self._using(connections, scope, now)]

    def _using(self, table: Table, scope: str, now: int) -> list[str]:
        rows = self._connection.execute(
            select(table.c.name)
            .where(grants(table.c.scopes, scope))
            .where(table.c.revoked_at.is_(None))
            .where(table.c.expires_at.is_(None) | (table.c.expires_at > now))
            .order_by(table.c.name)
            .limit(10)
        )
        return list(rows.scalars())
