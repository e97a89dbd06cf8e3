"""Workspaces."""

from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import Row

from store.domain.people import Plan, Workspace
from store.persistence.repositories.tombstones import unused_id
from store.persistence.schema import workspaces


class Workspaces:
    """One transaction's view of the workspaces."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> list[Workspace]:
        """Return every workspace, oldest first."""
        rows = self._connection.execute(select(workspaces).order_by(workspaces.c.id))
        return [workspace_of(row) for row in rows]

    def first(self, most: int) -> list[Workspace]:
        """Return the oldest workspaces, so many at the most."""
        rows = self._connection.execute(select(workspaces).order_by(workspaces.c.id).limit(most))
        return [workspace_of(row) for row in rows]

    def by_id(self, workspace_id: int) -> Workspace:
        """Return a workspace that exists."""
        return workspace_of(
            self._connection.execute(
                select(workspaces).where(workspaces.c.id == workspace_id)
            ).one()
        )

    def by_slug(self, slug: str) -> Workspace | None:
        """Return the workspace with this slug, or None."""
        row = self._connection.execute(select(workspaces).where(workspaces.c.slug == slug)).first()
        return workspace_of(row) if row else None

    def add(self, slug: str, name: str, plan: Plan, now: int) -> Workspace:
        """Add a workspace."""
        row = self._connection.execute(
            insert(workspaces)
            .values(
                **unused_id(self._connection, workspaces),
                slug=slug,
                name=name,
                plan=plan.value,
                created_at=now,
            )
            .returning(workspaces)
        ).one()
        return workspace_of(row)

    def set_plan(self, workspace_id: int, plan: Plan) -> None:
        """Change a workspace's plan."""
        self._connection.execute(
            update(workspaces).where(workspaces.c.id == workspace_id).values(plan=plan.value)
        )

    def set_colour(self, workspace_id: int, colour: str | None) -> None:
        """Change what a workspace's name is drawn in."""
        self._connection.execute(
            update(workspaces).where(workspaces.c.id == workspace_id).values(colour=colour)
        )


def workspace_of(row: Row[Any]) -> Workspace:
    """Return the workspace in a row of its table."""
    return Workspace(row.id, row.slug, row.name, Plan(row.plan), row.colour)
