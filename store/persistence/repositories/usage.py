"""What the verifiers counted, of keys or of connections: here a key stands for either.

Written by the verifiers alone, and never to a row of state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import BigInteger, Connection, Text, case, column, func, select, values
from sqlalchemy.engine import Row

from store.domain.batches import batches
from store.domain.times import DAY, HOUR, MINUTE
from store.domain.usage import (
    Caller,
    Day,
    KeyUsage,
    Observed,
    Refusal,
    ScopeUse,
    Span,
    ToolOutcome,
    ToolUse,
    Traffic,
)
from store.domain.verdicts import Verdict
from store.persistence.repositories.dialects import total
from store.persistence.repositories.key_columns import active, among
from store.persistence.schema import OF_KEYS, UsageTables, keys


class UsageCounts:
    """One transaction's view of a workspace's usage counts."""

    def __init__(self, connection: Connection, tables: UsageTables = OF_KEYS) -> None:
        self._connection = connection
        self._tables = tables

    def traffic(self, workspace_id: int, key_id: str, since: int) -> Traffic:
        """Return a key's requests since an instant, whole spans at a time."""
        return self.traffic_of_keys(workspace_id, (key_id,), since)[key_id]

    def traffic_of_keys(
        self, workspace_id: int, key_ids: Sequence[str], since: int
    ) -> dict[str, Traffic]:
        """Return the requests of some keys since an instant, by key, whole spans at a time."""
        found = {key_id: Traffic(since, {}, {}, {}, None) for key_id in key_ids}
        counts, used = self._tables.verdicts.c, self._tables.used.c
        owner, user = counts[self._tables.owner], used[self._tables.owner]
        for some in batches(key_ids):
            addresses = select(user, used.last_address).where(
                used.workspace_id == workspace_id, among(user, some)
            )
            for key_id, address in self._connection.execute(addresses):
                found[key_id] = replace(found[key_id], last_address=address)
            counted = select(
                owner, counts.starts_at, counts.span_ms, counts.verdict, counts.count
            ).where(
                counts.workspace_id == workspace_id,
                among(owner, some),
                counts.starts_at >= since - since % MINUTE,
            )
            for key_id, starts_at, span_ms, word, count in self._connection.execute(counted):
                _add(found[key_id], Verdict(word), starts_at, span_ms, count)
        return found

    def of_key(self, workspace_id: int, key_id: str, since: int) -> KeyUsage:
        """Return what is known of a key's use; counts since an instant, the rest of all time."""
        first, last, _ = self._use(workspace_id, key_id)
        return KeyUsage(
            traffic=self.traffic(workspace_id, key_id, since),
            first_used_at=first,
            last_used_at=last,
            scopes=self.scopes(workspace_id, key_id, since),
            refusals=self.refusals(workspace_id, key_id),
        )

    def days(self, workspace_id: int, key_id: str, number: int, now: int) -> tuple[Day, ...]:
        """Return a key's requests by day, today last; days without any are there too."""
        tables, counts = self._tables, self._tables.verdicts.c
        first = now - now % DAY - (number - 1) * DAY
        day = (counts.starts_at - counts.starts_at % DAY).label("day")
        allowed = case((counts.verdict == Verdict.VALID.value, counts.count), else_=0)
        rows = self._connection.execute(
            select(day, total(allowed), total(counts.count))
            .where(
                *tables.whose(tables.verdicts, workspace_id, key_id),
                counts.starts_at >= first,
            )
            .group_by(day)
        )
        found = {starts_at: Day(starts_at, good, total - good) for starts_at, good, total in rows}
        starts = range(first, first + number * DAY, DAY)
        return tuple(found.get(starts_at, Day(starts_at, 0, 0)) for starts_at in starts)

    def callers(self, workspace_id: int, key_ids: Sequence[str]) -> dict[str, tuple[Caller, ...]]:
        """Return the latest callers of some keys, the last to call first; only known ones."""
        callers = self._tables.callers.c
        owner = callers[self._tables.owner]
        rows = self._connection.execute(
            select(
                owner,
                callers.address,
                callers.user_agent,
                callers.first_at,
                callers.last_at,
                callers["count"],
            )
            .where(callers.workspace_id == workspace_id, owner.in_(key_ids))
            .order_by(callers.last_at.desc(), callers.address, callers.user_agent)
        )
        found: dict[str, list[Caller]] = {}
        for key_id, *caller in rows:
            found.setdefault(key_id, []).append(Caller(*caller))
        return {key_id: tuple(of_key) for key_id, of_key in found.items()}

    def tools(self, workspace_id: int, connection_id: str, since: int) -> tuple[ToolUse, ...]:
        """Return the tools that a connection called since an instant, whole days in UTC, by name.

        Of keys there are none.
        """
        counts = self._tables.tools
        if counts is None:
            return ()

        def number(outcome: ToolOutcome) -> Any:
            return total(case((counts.c.outcome == outcome.value, counts.c.count), else_=0))

        rows = self._connection.execute(
            select(
                counts.c.tool,
                number(ToolOutcome.DONE),
                number(ToolOutcome.REFUSED),
                number(ToolOutcome.FAILED),
                func.max(counts.c.last_at),
            )
            .where(
                *self._tables.whose(counts, workspace_id, connection_id),
                counts.c.starts_at >= since - since % DAY,
            )
            .group_by(counts.c.tool)
            .order_by(counts.c.tool)
        )
        return tuple(ToolUse(*row) for row in rows)

    def observed(self, workspace_id: int, key_ids: Sequence[str]) -> tuple[Observed, ...]:
        """Return whom what is only observed would have refused, the latest first."""
        observed = self._tables.observed.c
        found: list[Observed] = []
        for some in batches(key_ids):
            rows = self._connection.execute(
                select(
                    observed.verdict,
                    observed.address,
                    observed.user_agent,
                    observed.method,
                    observed.path,
                    observed.first_at,
                    observed.last_at,
                    observed["count"],
                ).where(
                    observed.workspace_id == workspace_id,
                    among(observed[self._tables.owner], some),
                )
            )
            found += [Observed(Verdict(verdict), *more) for verdict, *more in rows]
        return tuple(sorted(found, key=lambda one: (-one.last_at, one)))

    def let_in(self, workspace_id: int, key_ids: Sequence[str], since: int) -> list[Span]:
        """Return the requests of some keys that were let in since an instant, by span."""
        counts = self._tables.verdicts.c
        found: list[Span] = []
        for some in batches(key_ids):
            rows = self._connection.execute(
                select(counts.starts_at, counts.span_ms, counts.count).where(
                    counts.workspace_id == workspace_id,
                    among(counts[self._tables.owner], some),
                    counts.verdict == Verdict.VALID.value,
                    counts.starts_at >= since,
                )
            )
            found += [Span(*row) for row in rows]
        return found

    def usual_gap(self, workspace_id: int, key_id: str, since: int) -> int | None:
        """Return what lies between two bursts of a key's allowed requests, in milliseconds.

        Counted are hours that had any, for a minute is one only while it is young: a job that asks
        for half an hour every Monday has a gap of a week, not of minutes. None where it had fewer
        than two.
        """
        return self.usual_gaps(workspace_id, [key_id], since).get(key_id)

    def usual_gaps(self, workspace_id: int, key_ids: Sequence[str], since: int) -> dict[str, int]:
        """Return the same of some keys, by id; none of those that have none."""
        counts = self._tables.verdicts.c
        owner, hour = counts[self._tables.owner], counts.starts_at - counts.starts_at % HOUR
        rows = self._connection.execute(
            select(owner, func.count(hour.distinct()), func.min(hour), func.max(hour))
            .where(
                counts.workspace_id == workspace_id,
                owner.in_(key_ids),
                counts.verdict == Verdict.VALID.value,
                counts.span_ms <= HOUR,
                counts.starts_at >= since,
            )
            .group_by(owner)
        )
        return {
            key_id: int((last - first) // (number - 1))
            for key_id, number, first, last in rows
            if number > 1
        }

    def ever_used(self, workspace_id: int, key_id: str) -> bool:
        """Return whether a key was ever presented, whatever the verdict."""
        counts = self._tables.verdicts
        found = self._connection.execute(
            select(counts.c.verdict)
            .where(*self._tables.whose(counts, workspace_id, key_id))
            .limit(1)
        )
        return found.first() is not None

    def refusals(self, workspace_id: int, key_id: str) -> tuple[Refusal, ...]:
        """Return a key's latest refusals, newest first."""
        table = self._tables.refusals
        rows = self._connection.execute(
            select(table)
            .where(*self._tables.whose(table, workspace_id, key_id))
            .order_by(table.c.at.desc(), table.c.id.desc())
        )
        return tuple(_refusal(row) for row in rows)

    def refused(self, workspace_id: int, at: int, request_id: str) -> tuple[str, Refusal] | None:
        """Return the refusal of an instant with a request id, and the key it was of."""
        table = self._tables.refusals
        row = self._connection.execute(
            select(table).where(
                table.c.workspace_id == workspace_id,
                table.c.at == at,
                table.c.request_id == request_id,
            )
        ).first()
        return None if row is None else (row._mapping[self._tables.owner], _refusal(row))

    def _use(self, workspace_id: int, key_id: str) -> tuple[int | None, int | None, str | None]:
        used = self._tables.used
        found = self._connection.execute(
            select(used.c.first_used_at, used.c.last_used_at, used.c.last_address).where(
                *self._tables.whose(used, workspace_id, key_id)
            )
        ).first()
        return (None, None, None) if found is None else tuple(found)

    def used_since(
        self, workspace_id: int, edge: int, now: int, most: int
    ) -> tuple[int, dict[str, str | None]]:
        """Return how many active keys were used since an instant, and the last ones of them.

        Those are by id, the latest first, with the address each was used from.
        """
        used = OF_KEYS.used.c
        statement = (
            select(used.key_id, used.last_address)
            .join(keys, (keys.c.workspace_id == used.workspace_id) & (keys.c.id == used.key_id))
            .where(used.workspace_id == workspace_id, used.last_used_at > edge, active(keys, now))
        )
        number = self._connection.execute(
            select(func.count()).select_from(statement.subquery())
        ).scalar_one()
        latest = self._connection.execute(
            statement.order_by(used.last_used_at.desc(), used.key_id).limit(most)
        )
        return number, {row.key_id: row.last_address for row in latest}

    def used_from(self, workspace_id: int, since: int, most: int) -> list[str | None]:
        """Return from where each of the keys was used last that were since an instant.

        Of so many at the most, the latest.
        """
        used = self._tables.used.c
        rows = self._connection.execute(
            select(used.last_address)
            .where(used.workspace_id == workspace_id, used.last_used_at > since)
            .order_by(used.last_used_at.desc())
            .limit(most)
        )
        return list(rows.scalars())

    def with_unused_scopes(self, workspace_id: int, edge: int, now: int) -> list[str]:
        """Return active keys, by name, that were made before an instant and lack a use since then.

        A scope that was granted later lacks it too: the caller looks closer.
        """
        used: dict[str, set[str]] = {}
        used_scopes = OF_KEYS.scope_used.c
        for key_id, scope in self._connection.execute(
            select(used_scopes.key_id, used_scopes.scope).where(
                used_scopes.workspace_id == workspace_id, used_scopes.last_used_at > edge
            )
        ):
            used.setdefault(key_id, set()).add(scope)
        granted = self._connection.execute(
            select(keys.c.id, keys.c.scopes)
            .where(
                keys.c.workspace_id == workspace_id,
                keys.c.created_at <= edge,
                active(keys, now),
            )
            .order_by(keys.c.name_folded, keys.c.id)
        )
        return [
            key_id for key_id, scopes in granted if set(scopes.split()) - used.get(key_id, set())
        ]

    def scopes(self, workspace_id: int, key_id: str, since: int) -> tuple[ScopeUse, ...]:
        """Return every scope of a key that was ever used; requests are counted since an instant."""
        return self.scopes_of_keys(workspace_id, {key_id: since}).get(key_id, ())

    def scopes_of_keys(
        self, workspace_id: int, since: Mapping[str, int]
    ) -> dict[str, tuple[ScopeUse, ...]]:
        """Return every scope of some keys that was ever used, by key; without those of no use.

        Requests are counted since an instant, of each key its own.
        """
        tables, counts, used = self._tables, self._tables.scopes.c, self._tables.scope_used.c
        owner = used[tables.owner]
        found: dict[str, list[ScopeUse]] = {}
        for some in batches([(key_id, at - at % MINUTE) for key_id, at in since.items()]):
            asked = values(column("key_id", Text), column("since", BigInteger), name="asked")
            from_when = asked.data(list(some)).cte("from_when").c
            counted = (
                select(func.coalesce(total(counts.count), 0))
                .where(
                    counts.workspace_id == used.workspace_id,
                    counts[tables.owner] == owner,
                    counts.scope == used.scope,
                    counts.starts_at >= from_when.since,
                )
                .scalar_subquery()
            )
            rows = self._connection.execute(
                select(owner, used.scope, counted, used.first_used_at, used.last_used_at)
                .where(used.workspace_id == workspace_id, owner == from_when.key_id)
                .order_by(owner, used.scope)
            )
            for key_id, *use in rows:
                found.setdefault(key_id, []).append(ScopeUse(*use))
        return {key_id: tuple(of_key) for key_id, of_key in found.items()}


def _add(traffic: Traffic, verdict: Verdict, starts_at: int, span_ms: int, count: int) -> None:
    traffic.by_verdict[verdict] = traffic.by_verdict.get(verdict, 0) + count
    if span_ms == MINUTE:
        minutes = traffic.by_minute if verdict is Verdict.VALID else traffic.refused_by_minute
        minute = starts_at // MINUTE
        minutes[minute] = minutes.get(minute, 0) + count


def _refusal(row: Row[Any]) -> Refusal:
    return Refusal(
        row.at,
        Verdict(row.verdict),
        row.address,
        row.user_agent,
        row.method,
        row.path,
        row.request_id,
        row._mapping.get("tool"),
    )
