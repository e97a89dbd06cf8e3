"""Who may know a key's secret, and how. A secret that was minted anew is known to nobody of before.

Rows are never changed or taken away: who learned a secret does not unlearn it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, insert, select

from store.domain.batches import batches
from store.domain.people import Holder, KnownBy
from store.persistence.repositories.dialects import beside_indexes, of_few
from store.persistence.repositories.key_columns import active_by_its_row, among
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


class Part(NamedTuple):
    """Somebody's part in a workspace's active keys."""

    made: int
    known: int
    more: bool
    """Whether they may know others, that were not looked at."""


class _Learned(NamedTuple):
    key_id: str
    generation: int
    how: str


LOOKED_AT = 1000
"""Of one person: the secrets they learned last, whatever has become of the keys since."""
_PEOPLE_AT_ONCE = 20


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

    def add_first(
        self, workspace_id: int, told: Sequence[tuple[str, int, KnownBy]], now: int
    ) -> None:
        """Remember who knows what of keys that were made just now, by key and person."""
        self._connection.execute(
            insert(key_holders),
            [
                {
                    "workspace_id": workspace_id,
                    "key_id": key_id,
                    "person_id": person_id,
                    "how": how.value,
                    "generation": 1,
                    "since": now,
                }
                for key_id, person_id, how in told
            ],
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

    def active_by_person(self, workspace_id: int, now: int) -> dict[int, Part]:
        """Return, by person, the active keys they may know, of the LOOKED_AT they learned last.

        Whoever left and joined again is one, by their latest id. Those of none are left out.
        """
        latest: dict[str, int] = {}
        known_as: dict[str, list[int]] = {}
        for person_id, email in self._connection.execute(
            select(people.c.id, people.c.email_folded)
            .where(people.c.workspace_id == workspace_id)
            .order_by(people.c.id)
        ):
            latest[email] = person_id
            known_as.setdefault(email, []).append(person_id)
        parts: dict[int, Part] = {}
        for emails in batches(tuple(known_as), _PEOPLE_AT_ONCE):
            learned = {email: self._learned(workspace_id, known_as[email]) for email in emails}
            ids = dict.fromkeys(one.key_id for some in learned.values() for one in some)
            secrets = self._active_secrets(workspace_id, tuple(ids), now)
            for email, some in learned.items():
                now_known = [
                    one for one in some[:LOOKED_AT] if secrets.get(one.key_id) == one.generation
                ]
                part = Part(
                    len({one.key_id for one in now_known if one.how == KnownBy.CREATED.value}),
                    len({one.key_id for one in now_known}),
                    len(some) > LOOKED_AT,
                )
                if part.known or part.more:
                    parts[latest[email]] = part
        return parts

    def _learned(self, workspace_id: int, person_ids: Sequence[int]) -> list[_Learned]:
        """Return what somebody, by any of their ids, learned last; one more than is looked at."""
        rows = [
            (since, _Learned(key_id, generation, how))
            for person_id in person_ids
            for since, key_id, generation, how in self._connection.execute(
                select(
                    key_holders.c.since,
                    key_holders.c.key_id,
                    key_holders.c.generation,
                    key_holders.c.how,
                )
                .where(
                    beside_indexes(key_holders.c.workspace_id) == workspace_id,
                    key_holders.c.person_id == person_id,
                )
                .order_by(key_holders.c.since.desc())
                .limit(LOOKED_AT + 1)
            )
        ]
        rows.sort(key=lambda row: -row[0])
        return [learned for _, learned in rows[: LOOKED_AT + 1]]

    def _active_secrets(
        self, workspace_id: int, key_ids: Sequence[str], now: int
    ) -> dict[str, int]:
        """Return, by id, the generation of the present secret of those keys that are active."""
        found: dict[str, int] = {}
        for some in batches(key_ids):
            rows = self._connection.execute(
                select(keys.c.id, keys.c.generation).where(
                    beside_indexes(keys.c.workspace_id) == workspace_id,
                    among(keys.c.id, some),
                    active_by_its_row(keys, now),
                )
            )
            found.update((row.id, row.generation) for row in rows)
        return found

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
