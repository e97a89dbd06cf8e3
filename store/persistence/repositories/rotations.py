"""Rotations: which key replaces which."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update
from sqlalchemy.engine import Row

from store.domain.rotation import Rotation
from store.persistence.repositories.dialects import beside_indexes
from store.persistence.repositories.key_columns import active_by_its_row, among
from store.persistence.schema import keys, people, rotations


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
        expires_before: int | None,
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
                expires_before=expires_before,
                token=token,
            )
        )

    def get(self, workspace_id: int, rotation_id: int) -> Rotation | None:
        """Return the workspace's rotation with an id, or None."""
        return self._first(workspace_id, rotations.c.id == rotation_id)

    def of_keys(self, workspace_id: int, key_ids: Sequence[str]) -> list[Rotation]:
        """Return the rotations that some keys stand in, on either side, newest first."""
        sides = among(rotations.c.predecessor_id, key_ids) | among(
            rotations.c.successor_id, key_ids
        )
        statement = self._select(workspace_id).where(sides).order_by(rotations.c.id.desc())
        return [_rotation(row) for row in self._connection.execute(statement)]

    def newest(self, workspace_id: int, limit: int, before: int | None = None) -> list[Rotation]:
        """Return up to `limit` rotations, newest first, of those before an id."""
        statement = self._select(workspace_id).order_by(rotations.c.id.desc()).limit(limit)
        if before is not None:
            statement = statement.where(rotations.c.id < before)
        return [_rotation(row) for row in self._connection.execute(statement)]

    def set_overlap(self, workspace_id: int, rotation_id: int, ends_at: int | None) -> None:
        """Move a rotation's overlap; None leaves it open."""
        self._connection.execute(
            update(rotations)
            .where(rotations.c.workspace_id == workspace_id, rotations.c.id == rotation_id)
            .values(overlap_ends_at=ends_at)
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
                (beside_indexes(keys.c.workspace_id) == rotations.c.workspace_id)
                & (keys.c.id == rotations.c.successor_id),
            )
            .where(
                rotations.c.workspace_id == workspace_id,
                rotations.c.predecessor_id == key_id,
                active_by_its_row(keys, self._now),
            )
        ).scalar()

    def _first(self, workspace_id: int, condition: Any) -> Rotation | None:
        statement = self._select(workspace_id).where(condition).order_by(rotations.c.id.desc())
        row = self._connection.execute(statement.limit(1)).first()
        return _rotation(row) if row else None

    def _select(self, workspace_id: int) -> Select[Any]:
        return (
            select(rotations, people.c.email)
            .join(people, people.c.id == rotations.c.started_by)
            .where(rotations.c.workspace_id == workspace_id)
        )


def _rotation(row: Row[Any]) -> Rotation:
    return Rotation(
        id=row.id,
        workspace_id=row.workspace_id,
        predecessor_id=row.predecessor_id,
        successor_id=row.successor_id,
        started_at=row.started_at,
        started_by=row.email,
        overlap_ends_at=row.overlap_ends_at,
        expires_before=row.expires_before,
        token=row.token,
    )
