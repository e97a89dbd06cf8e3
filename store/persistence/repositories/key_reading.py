"""Reading keys: their rows, and what other tables tell of them, of all of them at once."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select

from store.domain.keys import Key
from store.persistence.repositories.key_columns import select_refused, select_rotations
from store.persistence.repositories.key_rows import Columns, keys_of


def read_keys(
    connection: Connection, now: int, workspace_id: int, statement: Select[Any]
) -> list[Key]:
    """Return the keys that a statement made of `select_keys` finds in a workspace, in its order."""
    rows = [row._mapping for row in connection.execute(statement)]
    return keys_of(rows, _Beside(connection, now, workspace_id))


class _Beside:
    def __init__(self, connection: Connection, now: int, workspace_id: int) -> None:
        self._connection = connection
        self._now = now
        self._workspace_id = workspace_id

    def rotations(self, ids: Sequence[str]) -> Iterable[Columns]:
        """Return the rotations of some keys."""
        statement = select_rotations(self._workspace_id, ids, self._now)
        return [row._mapping for row in self._connection.execute(statement)]

    def refused(self, ids: Sequence[str]) -> Iterable[Columns]:
        """Return when each of some dead keys was refused last."""
        statement = select_refused(self._workspace_id, ids)
        return [row._mapping for row in self._connection.execute(statement)]
