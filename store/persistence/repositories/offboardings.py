"""Who has left, and what was decided about the keys they may know."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, case, func, insert, not_, or_, select, update
from sqlalchemy.engine import Row

from store.domain.offboarding import Decided, Decision, Leaver
from store.domain.people import KnownBy
from store.persistence.repositories.dialects import beside_indexes
from store.persistence.repositories.key_columns import active
from store.persistence.repositories.people import as_one
from store.persistence.schema import keys, offboarding_keys, offboardings, people

_starter = people.alias("starter")
_finisher = people.alias("finisher")
_decider = people.alias("decider")
_successor = keys.alias("successor")


class Listed(NamedTuple):
    """One key of an offboarding, as it was written down."""

    key_id: str
    ways: tuple[KnownBy, ...]
    since: int
    decided: Decided | None


class Offboardings:
    """One transaction's view of a workspace's offboardings."""

    def __init__(self, connection: Connection, now: int) -> None:
        self._connection = connection
        self._now = now

    def begin(self, workspace_id: int, person_id: int, by: int) -> int:
        """Return the id of a person's open offboarding, begun now where there is none."""
        open_one: int | None = self._connection.execute(
            select(offboardings.c.id).where(
                offboardings.c.workspace_id == workspace_id,
                offboardings.c.person_id.in_(as_one(workspace_id, person_id)),
                offboardings.c.finished_at.is_(None),
            )
        ).scalar()
        if open_one is not None:
            return open_one
        begun: int = self._connection.execute(
            insert(offboardings)
            .values(
                workspace_id=workspace_id,
                person_id=person_id,
                started_at=self._now,
                started_by=by,
            )
            .returning(offboardings.c.id)
        ).scalar_one()
        return begun

    def add_keys(
        self,
        workspace_id: int,
        offboarding_id: int,
        known: Mapping[str, tuple[tuple[KnownBy, ...], int]],
    ) -> None:
        """Write down the keys to decide about; those that are there stay as they are."""
        there = {known_key.key_id for known_key in self.keys(workspace_id, offboarding_id)}
        rows = [
            {
                "workspace_id": workspace_id,
                "offboarding_id": offboarding_id,
                "key_id": key_id,
                "ways": " ".join(way.value for way in ways),
                "since": since,
            }
            for key_id, (ways, since) in known.items()
            if key_id not in there
        ]
        if rows:
            self._connection.execute(insert(offboarding_keys), rows)

    def get(self, workspace_id: int, offboarding_id: int) -> Row[Any] | None:
        """Return an offboarding without its keys, or None."""
        return self._connection.execute(
            select(
                offboardings,
                people.c.email,
                people.c.name,
                _starter.c.email.label("starter"),
                _finisher.c.email.label("finisher"),
            )
            .join(people, people.c.id == offboardings.c.person_id)
            .join(_starter, _starter.c.id == offboardings.c.started_by)
            .outerjoin(_finisher, _finisher.c.id == offboardings.c.finished_by)
            .where(offboardings.c.workspace_id == workspace_id, offboardings.c.id == offboarding_id)
        ).first()

    def keys(self, workspace_id: int, offboarding_id: int) -> list[Listed]:
        """Return the keys of an offboarding, by name."""
        rows = self._connection.execute(
            select(offboarding_keys, _decider.c.email)
            .join(
                keys,
                and_(
                    beside_indexes(keys.c.workspace_id) == offboarding_keys.c.workspace_id,
                    keys.c.id == offboarding_keys.c.key_id,
                ),
            )
            .outerjoin(_decider, _decider.c.id == offboarding_keys.c.decided_by)
            .where(
                offboarding_keys.c.workspace_id == workspace_id,
                offboarding_keys.c.offboarding_id == offboarding_id,
            )
            .order_by(keys.c.name_folded, keys.c.id)
        )
        return [_listed(row) for row in rows]

    def leavers(self, workspace_id: int, *, open_only: bool) -> list[Leaver]:
        """Return who left, latest first, with how many keys still wait for a decision."""
        undecided = or_(
            offboarding_keys.c.decision.is_(None),
            # Replaced by a key that is dead is not replaced.
            and_(_successor.c.id.is_not(None), not_(active(_successor, self._now))),
        )
        waits = and_(undecided, active(keys, self._now))
        query = (
            select(
                offboardings.c.id,
                offboardings.c.person_id,
                people.c.email,
                people.c.name,
                offboardings.c.started_at,
                offboardings.c.finished_at,
                func.count(),
                func.sum(case((waits, 1), else_=0)),
            )
            .join(people, people.c.id == offboardings.c.person_id)
            .join(
                offboarding_keys,
                and_(
                    offboarding_keys.c.workspace_id == offboardings.c.workspace_id,
                    offboarding_keys.c.offboarding_id == offboardings.c.id,
                ),
            )
            .join(
                keys,
                and_(
                    keys.c.workspace_id == offboarding_keys.c.workspace_id,
                    keys.c.id == offboarding_keys.c.key_id,
                ),
            )
            .outerjoin(
                _successor,
                and_(
                    _successor.c.workspace_id == offboarding_keys.c.workspace_id,
                    _successor.c.id == offboarding_keys.c.successor_id,
                ),
            )
            .where(offboardings.c.workspace_id == workspace_id)
            .group_by(offboardings.c.id, people.c.id)
            .order_by(offboardings.c.id.desc())
        )
        if open_only:
            query = query.where(offboardings.c.finished_at.is_(None))
        return [Leaver(*row) for row in self._connection.execute(query)]

    def decide(
        self,
        workspace_id: int,
        offboarding_id: int,
        key_id: str,
        by: int,
        decision: Decision,
        *,
        reason: str | None = None,
        successor: str | None = None,
    ) -> None:
        """Write down what was decided about a key now."""
        self._connection.execute(
            update(offboarding_keys)
            .where(
                offboarding_keys.c.workspace_id == workspace_id,
                offboarding_keys.c.offboarding_id == offboarding_id,
                offboarding_keys.c.key_id == key_id,
            )
            .values(
                decision=decision.value,
                reason=reason,
                successor_id=successor,
                decided_at=self._now,
                decided_by=by,
            )
        )

    def finish(self, workspace_id: int, offboarding_id: int, by: int) -> None:
        """Close an offboarding now."""
        self._connection.execute(
            update(offboardings)
            .where(offboardings.c.workspace_id == workspace_id, offboardings.c.id == offboarding_id)
            .values(finished_at=self._now, finished_by=by)
        )


def _listed(row: Row[Any]) -> Listed:
    decided = None
    if row.decision is not None:
        decided = Decided(
            Decision(row.decision), row.reason, row.successor_id, row.decided_at, row.email
        )
    return Listed(row.key_id, tuple(KnownBy(how) for how in row.ways.split()), row.since, decided)
