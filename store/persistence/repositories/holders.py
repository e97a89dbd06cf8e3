"""Who may know a key's secret, and how. A secret that was minted anew is known to nobody of before.

Rows are never changed or taken away: who learned a secret does not unlearn it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, func, insert, select

from store.domain.batches import batches
from store.domain.people import Holder, KnownBy
from store.persistence.repositories.dialects import beside_indexes, of_few
from store.persistence.repositories.key_columns import active, active_by_its_row, among
from store.persistence.repositories.people import as_one
from store.persistence.schema import key_holders, keys, people


def of_the_present_secret() -> ColumnElement[bool]:
    """Return the condition that joins holders with the keys whose secret, as it is now, they know.

    The caller names the workspace.
    """
    return and_(
        key_holders.c.workspace_id == keys.c.workspace_id,
        key_holders.c.key_id == keys.c.id,
        key_holders.c.generation == keys.c.generation,
    )


class Known(NamedTuple):
    """A key whose present secret somebody may know."""

    name: str
    ways: tuple[KnownBy, ...]
    """The first way first."""
    since: int


class Holders:
    """One transaction's view of a workspace's holders."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, workspace_id: int, key_id: str, person_id: int, how: KnownBy, now: int) -> None:
        """Remember that somebody knows a key's present secret; what is known already stays."""
        if how in self.ways(workspace_id, key_id, person_id):
            return
        generation = (
            select(keys.c.generation)
            .where(keys.c.workspace_id == workspace_id, keys.c.id == key_id)
            .scalar_subquery()
        )
        self._connection.execute(
            insert(key_holders).values(
                workspace_id=workspace_id,
                key_id=key_id,
                person_id=person_id,
                how=how.value,
                generation=generation,
                since=now,
            )
        )

    def ways(self, workspace_id: int, key_id: str, person_id: int) -> set[KnownBy]:
        """Return how somebody knows a key's present secret; empty where they do not."""
        rows = self._connection.execute(
            select(key_holders.c.how)
            .join(keys, of_the_present_secret())
            .where(
                key_holders.c.workspace_id == workspace_id,
                key_holders.c.key_id == key_id,
                key_holders.c.person_id.in_(as_one(workspace_id, person_id)),
            )
        )
        return {KnownBy(how) for (how,) in rows}

    def active_by_person(self, workspace_id: int, now: int) -> dict[int, tuple[int, int]]:
        """Return, by person, how many active keys they made and how many they may know.

        Whoever left and joined again is one, by their latest id.
        """
        made = case((key_holders.c.how == KnownBy.CREATED.value, keys.c.id))
        latest = people.alias("latest")
        same = and_(
            latest.c.workspace_id == workspace_id, latest.c.email_folded == people.c.email_folded
        )
        current = select(func.max(latest.c.id)).where(same).correlate(people).scalar_subquery()
        by_person = current.label("current")
        rows = self._connection.execute(
            select(
                by_person,
                func.count(made.distinct()),
                func.count(keys.c.id.distinct()),
            )
            .join(keys, of_the_present_secret())
            .join(people, people.c.id == key_holders.c.person_id)
            .where(key_holders.c.workspace_id == workspace_id, active(keys, now))
            .group_by(by_person)
        )
        return {person_id: (made, known) for person_id, made, known in rows}

    def known_to(
        self,
        workspace_id: int,
        person_id: int,
        now: int,
        key_ids: Sequence[str] | None = None,
    ) -> dict[str, Known]:
        """Return the active keys whose present secret somebody may know, by id, in order of names.

        What they knew when they left before, they know still. `key_ids` are those to look at.
        """
        # One step after the other, by ids: where one made nearly all keys, PostgreSQL knows of the
        # others by their ids alone that they did not.
        theirs = self._connection.execute(as_one(workspace_id, person_id)).scalars().all()
        statement = select(
            key_holders.c.key_id,
            key_holders.c.how,
            key_holders.c.since,
            key_holders.c.generation,
        ).where(
            beside_indexes(key_holders.c.workspace_id) == workspace_id,
            # Where one made nearly all keys, statistics let SQLite expect that anybody did.
            of_few(key_holders.c.person_id.in_(theirs)),
        )
        if key_ids is not None:
            statement = statement.where(among(key_holders.c.key_id, key_ids))
        held: dict[str, list[tuple[int, str, int]]] = {}
        for key_id, how, since, generation in self._connection.execute(statement):
            held.setdefault(key_id, []).append((since, how, generation))
        named: list[tuple[str, str, Known]] = []
        for some in batches(tuple(held)):
            working = select(keys.c.id, keys.c.name, keys.c.name_folded, keys.c.generation).where(
                beside_indexes(keys.c.workspace_id) == workspace_id,
                among(keys.c.id, some),
                active_by_its_row(keys, now),
            )
            for key_id, name, folded, generation in self._connection.execute(working):
                ways = sorted(way[:2] for way in held[key_id] if way[2] == generation)
                if ways:
                    known = Known(name, tuple(KnownBy(how) for _, how in ways), ways[0][0])
                    named.append((folded, key_id, known))
        return {key_id: known for _, key_id, known in sorted(named, key=lambda one: one[:2])}

    def of(self, workspace_id: int, key_id: str) -> list[Holder]:
        """Return who may know a key's present secret, first comer first."""
        return self.of_keys(workspace_id, (key_id,)).get(key_id, [])

    def of_keys(self, workspace_id: int, key_ids: Sequence[str]) -> dict[str, list[Holder]]:
        """Return who may know the present secrets of some keys, by key, first comer first."""
        rows = self._connection.execute(
            select(key_holders, people.c.email, people.c.name)
            .join(people, people.c.id == key_holders.c.person_id)
            .join(keys, of_the_present_secret())
            .where(key_holders.c.workspace_id == workspace_id, key_holders.c.key_id.in_(key_ids))
            .order_by(key_holders.c.since, people.c.email, key_holders.c.how)
        )
        found: dict[str, list[Holder]] = {}
        for row in rows:
            holder = Holder(row.person_id, row.email, row.name, KnownBy(row.how), row.since)
            found.setdefault(row.key_id, []).append(holder)
        return found
