"""Rotations: which key replaces which."""

from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.engine import Row

from store.repositories.key_columns import active
from store.rotation import Rotation
from store.schema import keys, people, rotations


class Rotations:
    """One transaction's view of a workspace's rotations."""

    def __init__(self, connection: Connection, now: int) -> None:
        self._connection = connection
        self._now = now

    def add(
        self,
        workspace_id: int,
        *,
        predecessor_id: str,
        successor_id: str,
        started_by: int,
        overlap_ends_at: int | None,
        token: str | None,
    ) -> None:
        """Add a rotation that starts now."""
        self._connection.execute(
            insert(rotations).values(
                workspace_id=workspace_id,
                predecessor_id=predecessor_id,
                successor_id=successor_id,
                started_at=self._now,
                started_by=started_by,
                overlap_ends_at=overlap_ends_at,
                token=token,
            )
        )

    def by_token(self, workspace_id: int, token: str) -> Rotation | None:
        """Return the rotation that was started with a token, or None."""
        return self._first(workspace_id, rotations.c.token == token)

    def of_successor(self, workspace_id: int, key_id: str) -> Rotation | None:
        """Return the rotation that made a key, or None."""
        return self._first(workspace_id, rotations.c.successor_id == key_id)

    def standing_successor(self, workspace_id: int, key_id: str) -> str | None:
        """Return the id of an active successor of a key, or None."""
        return self._connection.execute(
            select(rotations.c.successor_id)
            .join(
                keys,
                (keys.c.workspace_id == rotations.c.workspace_id)
                & (keys.c.id == rotations.c.successor_id),
            )
            .where(
                rotations.c.workspace_id == workspace_id,
                rotations.c.predecessor_id == key_id,
                active(keys, self._now),
            )
        ).scalar()

    def _first(self, workspace_id: int, condition: Any) -> Rotation | None:
        row = self._connection.execute(
            select(rotations, people.c.email)
            .join(people, people.c.id == rotations.c.started_by)
            .where(rotations.c.workspace_id == workspace_id, condition)
        ).first()
        return _rotation(row) if row else None


def _rotation(row: Row[Any]) -> Rotation:
    return Rotation(
        id=row.id,
        workspace_id=row.workspace_id,
        predecessor_id=row.predecessor_id,
        successor_id=row.successor_id,
        started_at=row.started_at,
        started_by=row.email,
        overlap_ends_at=row.overlap_ends_at,
        token=row.token,
    )
