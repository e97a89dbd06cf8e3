"""How often keys may be used that share a limit, and how much of any limit is used."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from store.domain.limits import Limit, Limits, Subject, Used, from_stored, to_stored
from store.persistence.repositories.dialects import total
from store.persistence.schema import limit_counts, limits, people


class SharedLimits(NamedTuple):
    """What an owner's keys, or a workspace's, are held to together."""

    subject: Subject
    value: str
    """The owner; empty for the workspace."""
    limits: Limits
    set_at: int
    set_by: str
    """E-mail of whoever set it."""

    @property
    def each(self) -> tuple[Limit, ...]:
        """Return each of them."""
        return tuple(Limit(self.subject, self.value, window) for window in self.limits)


class StoredLimits:
    """One transaction's view of a workspace's limits. A key's own stand in its row."""

    def __init__(self, connection: Connection, now: int) -> None:
        self._connection = connection
        self._now = now

    def all(self, workspace_id: int) -> Iterator[SharedLimits]:
        """Yield what is shared: that of the workspace last, the owners' by name.

        Some of it is held at a time: there may be one for each customer.
        """
        query = (
            select(limits.c.kind, limits.c.value, limits.c.windows, limits.c.set_at, people.c.email)
            .join(people, people.c.id == limits.c.set_by)
            .where(limits.c.workspace_id == workspace_id)
            .order_by(limits.c.kind, limits.c.value)
        )
        with self._connection.execute(query, execution_options={"yield_per": 500}) as rows:
            for kind, value, windows, at, by in rows:
                yield SharedLimits(Subject(kind), value, from_stored(windows), at, by)

    def of(self, workspace_id: int, subject: Subject, value: str) -> Limits:
        """Return what an owner's keys, or the workspace's, are held to; nothing where none is."""
        windows = self._connection.execute(
            select(limits.c.windows).where(
                limits.c.workspace_id == workspace_id,
                limits.c.kind == subject.value,
                limits.c.value == value,
            )
        ).scalar_one_or_none()
        return from_stored(windows)

    def set(self, workspace_id: int, subject: Subject, value: str, found: Limits, by: int) -> None:
        """Say what they are held to from now on; nothing lifts it."""
        self._connection.execute(
            delete(limits).where(
                limits.c.workspace_id == workspace_id,
                limits.c.kind == subject.value,
                limits.c.value == value,
            )
        )
        if found:
            self._connection.execute(
                insert(limits).values(
                    workspace_id=workspace_id,
                    kind=subject.value,
                    value=value,
                    windows=to_stored(found),
                    set_at=self._now,
                    set_by=by,
                )
            )

    def used(self, workspace_id: int, of: Sequence[Limit]) -> tuple[Used, ...]:
        """Return how much of each limit is used now, as verifiers told last."""
        return tuple(self._used(workspace_id, limit) for limit in of)

    def _used(self, workspace_id: int, limit: Limit) -> Used:
        begins, ends = limit.window.around(self._now)
        counts = limit_counts.c
        used = self._connection.execute(
            select(func.coalesce(total(counts.used), 0)).where(
                counts.workspace_id == workspace_id,
                counts.kind == limit.subject.value,
                counts.value == limit.value,
                counts.span == limit.window.span,
                counts.starts_at == begins,
            )
        ).scalar_one()
        return Used(limit, used, ends)
