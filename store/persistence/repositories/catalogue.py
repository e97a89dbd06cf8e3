"""The catalogue of resources that scopes can name."""

from sqlalchemy import Connection, Table, delete, insert, select

from store.domain.scopes import Access, Resource, Scope
from store.persistence.schema import connections, keys, resources


class Catalogue:
    """One transaction's view of the catalogue."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> list[Resource]:
        """Return every resource by name."""
        rows = self._connection.execute(select(resources).order_by(resources.c.name))
        return [Resource(row.name, row.title, row.builtin) for row in rows]

    def add(self, name: str, title: str) -> None:
        """Add a resource of the installation's own."""
        self._connection.execute(insert(resources).values(name=name, title=title, builtin=False))

    def remove(self, name: str) -> None:
        """Remove a resource."""
        self._connection.execute(delete(resources).where(resources.c.name == name))

    def active_keys_using(self, name: str, now: int) -> list[str]:
        """Return the names of what is active, keys and connections, with a scope on a resource.

        In any workspace.
        """
        return [*self._using(keys, name, now), *self._using(connections, name, now)]

    def _using(self, table: Table, name: str, now: int) -> list[str]:
        padded = " " + table.c.scopes + " "
        used = [padded.contains(f" {Scope(name, access)} ", autoescape=True) for access in Access]
        rows = self._connection.execute(
            select(table.c.name)
            .where(used[0] | used[1])
            .where(table.c.revoked_at.is_(None))
            .where(table.c.expires_at.is_(None) | (table.c.expires_at > now))
            .order_by(table.c.name)
            .limit(10)
        )
        return list(rows.scalars())
