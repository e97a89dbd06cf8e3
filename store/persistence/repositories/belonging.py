"""Whom keys belong to outside, and which labels they have: the different ones there are.

There may be as many as keys, so each is one step in an index from the one before, and no more are
looked for than are asked for.
"""

from sqlalchemy import Column, Connection, select

from store.domain.labels import Labels, from_stored
from store.persistence.schema import keys


class Belonging:
    """One transaction's view of a workspace's owners and labels."""

    def __init__(self, connection: Connection, now: int) -> None:
        self._connection = connection
        self._now = now

    def owners(self, workspace_id: int, begun: str, most: int) -> list[str]:
        """Return owners that begin so, by letters, up to so many."""
        found = self._different(workspace_id, keys.c.owner, begun, most)
        return [one for one in found if one.startswith(begun)]

    def labels(self, workspace_id: int, most: int) -> list[Labels]:
        """Return the different sets of labels that keys have, up to so many."""
        return [from_stored(one) for one in self._different(workspace_id, keys.c.labels, "", most)]

    def _different(
        self, workspace_id: int, column: Column[str], first: str, most: int
    ) -> list[str]:
        found: list[str] = []
        while len(found) < most:
            beyond = column > found[-1] if found else column >= first
            row = self._connection.execute(
                select(column)
                .where(keys.c.workspace_id == workspace_id, beyond, column.is_not(None))
                .order_by(column)
                .limit(1)
            ).first()
            if row is None or not row[0].startswith(first):
                break
            found.append(str(row[0]))
        return found
