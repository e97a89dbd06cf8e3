"""Stops: what is refused until it goes on."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, delete, insert, select, tuple_

from store.domain.labels import pair_in_words
from store.domain.stops import Stop, StopKind, Target
from store.persistence.schema import keys, people, stops, workspaces


class Stops:
    """One transaction's view of a workspace's stops."""

    def __init__(self, connection: Connection, now: int) -> None:
        self._connection = connection
        self._now = now

    def add(self, workspace_id: int, target: Target, by: int, reason: str | None) -> None:
        """Stop something that is not stopped yet."""
        self._connection.execute(
            insert(stops).values(
                workspace_id=workspace_id,
                kind=target.kind.value,
                value=target.value,
                stopped_at=self._now,
                stopped_by=by,
                reason=reason,
            )
        )

    def delete(self, workspace_id: int, target: Target) -> None:
        """Let something go on."""
        self._connection.execute(
            delete(stops).where(
                stops.c.workspace_id == workspace_id,
                stops.c.kind == target.kind.value,
                stops.c.value == target.value,
            )
        )

    def all(self, workspace_id: int) -> list[Stop]:
        """Return every stop, the latest first."""
        latest = stops.c.stopped_at.desc()
        return self._found(_stops(workspace_id).order_by(latest, stops.c.kind, stops.c.value))

    def among(self, workspace_id: int, targets: Sequence[Target]) -> dict[Target, Stop]:
        """Return those of some that are stopped, each as itself, in their order."""
        pairs = [(target.kind.value, target.value) for target in targets]
        query = _stops(workspace_id).where(tuple_(stops.c.kind, stops.c.value).in_(pairs))
        found = {stop.target: stop for stop in self._found(query)}
        return {target: found[target] for target in targets if target in found}

    def _found(self, query: Select[Any]) -> list[Stop]:
        return [
            Stop(
                Target(StopKind(row.kind), row.value),
                pair_in_words(row.name) if row.kind == StopKind.LABEL else row.name,
                row.stopped_at,
                row.by,
                row.reason,
            )
            for row in self._connection.execute(query)
        ]


def _stops(workspace_id: int) -> Select[Any]:
    its_key = and_(
        stops.c.kind == StopKind.KEY.value,
        keys.c.workspace_id == stops.c.workspace_id,
        keys.c.id == stops.c.value,
    )
    name: ColumnElement[str] = case(
        (stops.c.kind == StopKind.WORKSPACE.value, workspaces.c.name),
        else_=stops.c.value,
    )
    return (
        select(
            stops.c.kind,
            stops.c.value,
            case((keys.c.name.is_not(None), keys.c.name), else_=name).label("name"),
            stops.c.stopped_at,
            people.c.email.label("by"),
            stops.c.reason,
        )
        .join(people, people.c.id == stops.c.stopped_by)
        .join(workspaces, workspaces.c.id == stops.c.workspace_id)
        .outerjoin(keys, its_key)
        .where(stops.c.workspace_id == workspace_id)
    )
