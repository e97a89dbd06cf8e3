"""Who has left, and what was decided about the keys they may know."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    func,
    insert,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.engine import Row

from store.domain.names import fold
from store.domain.offboarding import Decided, Decision, Leaver
from store.domain.people import KnownBy
from store.persistence.repositories.dialects import beside_indexes, inserting
from store.persistence.repositories.holders import Known
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


class Record(NamedTuple):
    """An offboarding without its keys."""

    id: int
    workspace_id: int
    person_id: int
    email: str
    name: str
    started_at: int
    starter: str
    finished_at: int | None
    finisher: str | None


class Outcome(NamedTuple):
    """What became of one key of an offboarding; no decision where it ended by itself."""

    name: str
    decision: Decision | None
    reason: str | None


class Offboardings:
    """One transaction's view of a workspace's offboardings."""

    def __init__(self, connection: Connection, now: int) -> None:
        self._connection = connection
        self._now = now

    def open_of(self, workspace_id: int, person_id: int) -> int | None:
        """Return the id of a person's open offboarding, or None."""
        found: int | None = self._connection.execute(
            select(offboardings.c.id).where(
                offboardings.c.workspace_id == workspace_id,
                offboardings.c.person_id.in_(as_one(workspace_id, person_id)),
                offboardings.c.finished_at.is_(None),
            )
        ).scalar()
        return found

    def begin(self, workspace_id: int, person_id: int, by: int) -> int:
        """Return the id of a person's open offboarding, begun now where there is none."""
        open_one = self.open_of(workspace_id, person_id)
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
        known: Mapping[str, Known],
    ) -> None:
        """Write down keys to decide about; those that are there stay as they are."""
        rows = [
            {
                "workspace_id": workspace_id,
                "offboarding_id": offboarding_id,
                "key_id": key_id,
                "ways": " ".join(way.value for way in one.ways),
                "since": one.since,
            }
            for key_id, one in known.items()
        ]
        if rows:
            adding = inserting(self._connection, offboarding_keys).on_conflict_do_nothing()
            self._connection.execute(adding, rows)

    def get(self, workspace_id: int, offboarding_id: int) -> Record | None:
        """Return an offboarding without its keys, or None."""
        row = self._connection.execute(
            select(
                offboardings.c.id,
                offboardings.c.workspace_id,
                offboardings.c.person_id,
                people.c.email,
                people.c.name,
                offboardings.c.started_at,
                _starter.c.email.label("starter"),
                offboardings.c.finished_at,
                _finisher.c.email.label("finisher"),
            )
            .join(people, people.c.id == offboardings.c.person_id)
            .join(_starter, _starter.c.id == offboardings.c.started_by)
            .outerjoin(_finisher, _finisher.c.id == offboardings.c.finished_by)
            .where(offboardings.c.workspace_id == workspace_id, offboardings.c.id == offboarding_id)
        ).first()
        return None if row is None else Record(*row)

    def latest_of(self, workspace_id: int, email: str) -> int | None:
        """Return the id of somebody's latest offboarding, or None."""
        found: int | None = self._connection.execute(
            select(func.max(offboardings.c.id))
            .join(people, people.c.id == offboardings.c.person_id)
            .where(
                offboardings.c.workspace_id == workspace_id, people.c.email_folded == fold(email)
            )
        ).scalar()
        return found

    def finished_before(self, workspace_id: int, offboarding_id: int, person_id: int) -> int:
        """Return when somebody's last offboarding before one was closed; 0 where there is none."""
        found: int | None = self._connection.execute(
            select(func.max(offboardings.c.finished_at)).where(
                offboardings.c.workspace_id == workspace_id,
                offboardings.c.person_id.in_(as_one(workspace_id, person_id)),
                offboardings.c.id < offboarding_id,
            )
        ).scalar()
        return found or 0

    def keys(
        self,
        workspace_id: int,
        offboarding_id: int,
        *,
        key_id: str | None = None,
        name: str | None = None,
    ) -> list[Listed]:
        """Return the keys of an offboarding, by name: all, one by its id, or those of a name."""
        statement = (
            select(offboarding_keys, _decider.c.email)
            .join(keys, _listed_key())
            .outerjoin(_decider, _decider.c.id == offboarding_keys.c.decided_by)
            .where(*_of(workspace_id, offboarding_id))
            .order_by(keys.c.name_folded, keys.c.id)
        )
        if key_id is not None:
            statement = statement.where(offboarding_keys.c.key_id == key_id)
        if name is not None:
            statement = statement.where(keys.c.name == name)
        return [_listed(row) for row in self._connection.execute(statement)]

    def waiting(self, workspace_id: int, offboarding_id: int, most: int) -> list[str]:
        """Return the names of up to `most` keys that are written down and wait for a decision."""
        rows = self._connection.execute(
            select(keys.c.name)
            .select_from(offboarding_keys)
            .join(keys, _listed_key())
            .outerjoin(_successor, _its_successor())
            .where(*_of(workspace_id, offboarding_id), _waits(self._now))
            .order_by(keys.c.name_folded, keys.c.id)
            .limit(most)
        )
        return list(rows.scalars())

    def outcomes(self, workspace_id: int, offboarding_id: int, most: int) -> list[Outcome]:
        """Return what became of up to `most` keys, by name; a decision that holds no more is none.

        Replaced by a key that is dead is not replaced.
        """
        holds = not_(_undecided(self._now))
        rows = self._connection.execute(
            select(
                keys.c.name,
                case((holds, offboarding_keys.c.decision)),
                case((holds, offboarding_keys.c.reason)),
            )
            .select_from(offboarding_keys)
            .join(keys, _listed_key())
            .outerjoin(_successor, _its_successor())
            .where(*_of(workspace_id, offboarding_id))
            .order_by(keys.c.name_folded, keys.c.id)
            .limit(most)
        )
        return [
            Outcome(name, None if word is None else Decision(word), reason)
            for name, word, reason in rows
        ]

    def listed(self, workspace_id: int, offboarding_id: int) -> set[str]:
        """Return the ids of the keys that are written down."""
        ids = select(offboarding_keys.c.key_id).where(*_of(workspace_id, offboarding_id))
        return set(self._connection.execute(ids).scalars())

    def number(self, workspace_id: int, offboarding_id: int) -> int:
        """Return how many keys are written down."""
        number: int = self._connection.execute(
            select(func.count())
            .select_from(offboarding_keys)
            .where(*_of(workspace_id, offboarding_id))
        ).scalar_one()
        return number

    def leavers(self, workspace_id: int, *, open_only: bool) -> list[Leaver]:
        """Return who left, latest first, with how many keys still wait for a decision."""
        waits = _waits(self._now)
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
            .join(keys, _listed_key())
            .outerjoin(_successor, _its_successor())
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


def _of(workspace_id: int, offboarding_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    listed = offboarding_keys.c
    return listed.workspace_id == workspace_id, listed.offboarding_id == offboarding_id


def _listed_key() -> ColumnElement[bool]:
    return and_(
        beside_indexes(keys.c.workspace_id) == offboarding_keys.c.workspace_id,
        keys.c.id == offboarding_keys.c.key_id,
    )


def _its_successor() -> ColumnElement[bool]:
    return and_(
        _successor.c.workspace_id == offboarding_keys.c.workspace_id,
        _successor.c.id == offboarding_keys.c.successor_id,
    )


def _undecided(now: int) -> ColumnElement[bool]:
    return or_(
        offboarding_keys.c.decision.is_(None),
        # Replaced by a key that is dead is not replaced.
        and_(_successor.c.id.is_not(None), not_(active(_successor, now))),
    )


def _waits(now: int) -> ColumnElement[bool]:
    return and_(_undecided(now), active(keys, now))


def _listed(row: Row[Any]) -> Listed:
    decided = None
    if row.decision is not None:
        decided = Decided(
            Decision(row.decision), row.reason, row.successor_id, row.decided_at, row.email
        )
    return Listed(row.key_id, tuple(KnownBy(how) for how in row.ways.split()), row.since, decided)
