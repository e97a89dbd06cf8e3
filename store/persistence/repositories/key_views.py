"""How each person looked at a workspace's keys last."""

from typing import Any

from sqlalchemy import Connection, Select, select

from store.domain.listing import Sort, View
from store.persistence.repositories.dialects import inserting
from store.persistence.schema import key_views


def select_view(workspace_id: int, person_id: int) -> Select[Any]:
    """Return the statement that reads how a person looked at a workspace's keys last."""
    return select(key_views).where(
        key_views.c.workspace_id == workspace_id, key_views.c.person_id == person_id
    )


class KeyViews:
    """One transaction's view of that."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, workspace_id: int, person_id: int) -> View:
        """Return how a person looked at a workspace's keys last."""
        row = self._connection.execute(select_view(workspace_id, person_id)).first()
        if row is None or row.sort not in set(Sort):
            return View()
        return View(row.filter, Sort(row.sort), row.descending)

    def keep(self, workspace_id: int, person_id: int, view: View) -> None:
        """Remember it."""
        adding = inserting(self._connection, key_views).values(
            workspace_id=workspace_id,
            person_id=person_id,
            filter=view.filter,
            sort=view.sort.value,
            descending=view.descending,
        )
        given = adding.excluded
        self._connection.execute(
            adding.on_conflict_do_update(
                index_elements=list(key_views.primary_key),
                set_={
                    "filter": given.filter,
                    "sort": given.sort,
                    "descending": given.descending,
                },
            )
        )
