"""Who may have known a key's secret, and how."""

from collections.abc import Sequence

from sqlalchemy import Connection, case, func, insert, select

from store.people import Holder, How
from store.repositories.key_columns import active
from store.schema import key_holders, keys, people


class Holders:
    """One transaction's view of a workspace's holders."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, workspace_id: int, key_id: str, person_id: int, how: How, now: int) -> None:
        """Remember a holder; one that is known stays as they are."""
        known = self._connection.execute(
            select(key_holders.c.since).where(
                key_holders.c.workspace_id == workspace_id,
                key_holders.c.key_id == key_id,
                key_holders.c.person_id == person_id,
                key_holders.c.how == how.value,
            )
        ).first()
        if known is None:
            self._connection.execute(
                insert(key_holders).values(
                    workspace_id=workspace_id,
                    key_id=key_id,
                    person_id=person_id,
                    how=how.value,
                    since=now,
                )
            )

    def active_by_person(self, workspace_id: int, now: int) -> dict[int, tuple[int, int]]:
        """Return, by person, how many active keys they made and how many they may know."""
        made = case((key_holders.c.how == How.CREATED.value, keys.c.id))
        rows = self._connection.execute(
            select(
                key_holders.c.person_id,
                func.count(made.distinct()),
                func.count(keys.c.id.distinct()),
            )
            .join(keys, keys.c.id == key_holders.c.key_id)
            .where(
                key_holders.c.workspace_id == workspace_id,
                keys.c.workspace_id == workspace_id,
                active(keys, now),
            )
            .group_by(key_holders.c.person_id)
        )
        return {person_id: (made, known) for person_id, made, known in rows}

    def of(self, workspace_id: int, key_id: str) -> list[Holder]:
        """Return a key's holders, first comer first."""
        return self.of_keys(workspace_id, (key_id,)).get(key_id, [])

    def of_keys(self, workspace_id: int, key_ids: Sequence[str]) -> dict[str, list[Holder]]:
        """Return the holders of some keys, by key, first comer first."""
        rows = self._connection.execute(
            select(key_holders, people.c.email, people.c.name)
            .join(people, people.c.id == key_holders.c.person_id)
            .where(key_holders.c.workspace_id == workspace_id, key_holders.c.key_id.in_(key_ids))
            .order_by(key_holders.c.since, people.c.email, key_holders.c.how)
        )
        found: dict[str, list[Holder]] = {}
        for row in rows:
            holder = Holder(row.person_id, row.email, row.name, How(row.how), row.since)
            found.setdefault(row.key_id, []).append(holder)
        return found
