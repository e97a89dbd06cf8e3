"""Bringing a copy's rows together with what is known of them, as `rules` beside it says.

Inside one transaction on the store, where `replaced` is the same file as it was before it, and
`copy` the copy.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, ForeignKeyConstraint, Table

from store.domain import limits
from store.domain.key_networks import from_stored, strictest
from store.domain.people import BY_POWER, Role
from store.domain.scopes import checked_actions
from store.operations.restore import tombstones
from store.operations.restore.rules import RULES, Judged, RowsTaken, Rule
from store.persistence.schema import memberships, metadata, offboarding_keys, revision, settings


@dataclass(frozen=True, slots=True)
class Known:
    """A table's judgement, and where what is known of its rows stands."""

    table: Table
    judged: Judged
    sources: tuple[str, ...]


def judged_tables() -> Iterator[tuple[Table, Judged]]:
    """Give every table that a restore takes or leaves, those that others refer to first."""
    for table in metadata.sorted_tables:
        if table.name in RULES:
            yield table, RULES[table.name]


def narrowest(copied: str, known: str) -> str:
    """Return the scopes of two lists in both, the known list where there are none."""
    both = set(copied.split()) & set(known.split())
    return " ".join(sorted(both)) or known


def strictest_networks(copied: str | None, known: str | None) -> str | None:
    """Return the networks of two columns that may be NULL: of either, or in both."""
    if copied is None or known is None:
        return copied or known
    return str(strictest(from_stored(copied), from_stored(known)))


def strictest_limits(copied: str | None, known: str | None) -> str | None:
    """Return the limits of two columns that may be NULL: those of both."""
    return limits.to_stored(limits.strictest(limits.from_stored(copied), limits.from_stored(known)))


def widest(copied: str, known: str) -> str:
    """Return the actions of two lists in either, as they are offered."""
    return " ".join(checked_actions([copied, known]))


def least_role(copied: str, known: str) -> str:
    """Return the role of two that may do less."""
    return min(copied, known, key=lambda role: BY_POWER.index(Role(role)))


def merge(connection: Connection) -> None:
    """Make the store's tables what the copy and all that is known of its rows come to.

    The rules of the database are not in force meanwhile, nor are references.
    """
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101
    driver.create_function("narrowest", 2, narrowest, deterministic=True)
    driver.create_function("strictest_networks", 2, strictest_networks, deterministic=True)
    driver.create_function("strictest_limits", 2, strictest_limits, deterministic=True)
    driver.create_function("widest", 2, widest, deterministic=True)
    driver.create_function("least_role", 2, least_role, deterministic=True)
    every = [_known(connection, table, judged) for table, judged in judged_tables()]
    for known in every:
        _take(connection, known)
    for known in every:
        if known.judged.ends:
            _end(connection, known)
    for known in every:
        for source in known.sources:
            _bring_in(connection, known, source)
    for known in every:
        _let_stay(connection, known)
    for known in every:
        if known.judged.unless_known is not None:
            _leave_out(connection, known)
    void(connection)
    _never_without_an_admin(connection)
    connection.exec_driver_sql("DELETE FROM main.tombstones")
    for known in every:
        if known.judged.remembered:
            tombstones.bury(connection, known.table, known.sources)


def void(connection: Connection) -> None:
    """Take away what is used once."""
    for table, judged in judged_tables():
        if judged.voided:
            nothing = ", ".join(f"{name} = NULL" for name in judged.voided)
            connection.exec_driver_sql(f"UPDATE main.{table.name} SET {nothing}")  # noqa: S608


def changed(connection: Connection, table: Table, columns: str) -> list[dict[str, Any]]:
    """Return rows that are not as the copy has them where a table's judgement tells of that.

    `columns` is SQL over the row `m` and the copy's `c`.
    """
    differ = " OR ".join(f"m.{name} IS NOT c.{name}" for name in RULES[table.name].told)
    return [
        dict(row)
        for row in connection.exec_driver_sql(
            f"SELECT {columns} FROM main.{table.name} m JOIN copy.{table.name} c"  # noqa: S608
            f" ON {_same(table, 'm', 'c')} WHERE {differ}"
        ).mappings()
    ]


def _known(connection: Connection, table: Table, judged: Judged) -> Known:
    sources = [f"replaced.{table.name}"]
    if judged.remembered:
        sources.append(tombstones.unearth(connection, table))
    return Known(table, judged, tuple(sources))


def _take(connection: Connection, known: Known) -> None:
    name = known.table.name
    stay = known.judged.taken in (RowsTaken.NEVER, RowsTaken.IN_FORCE)
    if stay or known.table in (settings, revision):
        return
    connection.exec_driver_sql(f"DELETE FROM main.{name}")  # noqa: S608
    if known.judged.taken is RowsTaken.FROM_COPY:
        columns = ", ".join(f'"{column.name}"' for column in known.table.columns)
        connection.exec_driver_sql(
            f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM copy.{name}"  # noqa: S608
        )


def _end(connection: Connection, known: Known) -> None:
    """Leave out memberships that have ended: the workspace and the person are known, they not."""
    alive = " AND ".join(
        f"NOT EXISTS (SELECT 1 FROM {source} k WHERE {_same(known.table, 'k', 't')})"  # noqa: S608
        for source in known.sources
    )
    connection.exec_driver_sql(
        f"DELETE FROM main.{known.table.name} AS t"  # noqa: S608
        " WHERE (EXISTS (SELECT 1 FROM replaced.people p WHERE p.id = t.person_id)"
        " OR EXISTS (SELECT 1 FROM temp.gone_people p WHERE p.id = t.person_id))"
        " AND (EXISTS (SELECT 1 FROM replaced.workspaces w WHERE w.id = t.workspace_id)"
        " OR EXISTS (SELECT 1 FROM temp.gone_workspaces w WHERE w.id = t.workspace_id))"
        f" AND {alive}"
    )


def _bring_in(connection: Connection, known: Known, source: str) -> None:
    merged: dict[str, Rule] = known.judged.merged
    if not merged or known.judged.taken is not RowsTaken.FROM_COPY:
        return
    values = ", ".join(f"{name} = {rule(name)}" for name, rule in merged.items())
    differ = " OR ".join(f"t.{name} IS NOT k.{name}" for name in merged)
    if known.table is offboarding_keys:
        # Replaced by a key that is gone is not replaced.
        differ = (
            f"({differ}) AND (k.successor_id IS NULL"  # noqa: S608
            " OR k.successor_id IN (SELECT id FROM main.keys))"
        )
    connection.exec_driver_sql(
        f"UPDATE main.{known.table.name} AS t SET {values} FROM {source} k"  # noqa: S608
        f" WHERE {_same(known.table, 't', 'k')} AND ({differ})"
    )


def _let_stay(connection: Connection, known: Known) -> None:
    name = known.table.name
    if known.judged.taken is RowsTaken.NEVER:
        connection.exec_driver_sql(
            f"DELETE FROM main.{name} AS s WHERE NOT ({_complete(known.table)})"  # noqa: S608
        )
    if not known.judged.stays:
        return
    columns = ", ".join(f'"{column.name}"' for column in known.table.columns)
    for source in known.sources:
        connection.exec_driver_sql(
            f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM {source} s"  # noqa: S608
            f" WHERE NOT EXISTS (SELECT 1 FROM main.{name} t WHERE {_same(known.table, 't', 's')})"
            f" AND {_complete(known.table)}"
        )


def _leave_out(connection: Connection, known: Known) -> None:
    name = known.table.name
    connection.exec_driver_sql(
        f"DELETE FROM main.{name} AS t WHERE ({known.judged.unless_known})"  # noqa: S608
        f" AND NOT EXISTS (SELECT 1 FROM replaced.{name} k WHERE {_same(known.table, 't', 'k')})"
    )


def _never_without_an_admin(connection: Connection) -> None:
    """Let the admins of now stay where those of the copy have all left or may do less."""
    columns = ", ".join(f'"{column.name}"' for column in memberships.columns)
    admin = f"role = '{Role.ADMIN.value}'"
    connection.exec_driver_sql(
        f"INSERT OR REPLACE INTO main.memberships ({columns})"  # noqa: S608
        f" SELECT {columns} FROM replaced.memberships s WHERE {admin}"
        " AND s.workspace_id IN (SELECT id FROM main.workspaces)"
        " AND NOT EXISTS (SELECT 1 FROM main.memberships t"
        f" WHERE t.workspace_id = s.workspace_id AND t.{admin})"
    )


def _same(table: Table, left: str, right: str) -> str:
    return " AND ".join(
        f"{left}.{column.name} = {right}.{column.name}" for column in table.primary_key
    )


def _complete(table: Table) -> str:
    """Return the condition that all is there that a row `s` refers to."""
    conditions = ["1"]
    for constraint in table.constraints:
        if not isinstance(constraint, ForeignKeyConstraint):
            continue
        pairs = [(part.parent.name, part.column.name) for part in constraint.elements]
        there = " AND ".join(f"p.{target} = s.{own}" for own, target in pairs)
        unset = " OR ".join(f"s.{own} IS NULL" for own, _ in pairs)
        conditions.append(
            f"({unset} OR EXISTS"  # noqa: S608
            f" (SELECT 1 FROM main.{constraint.referred_table.name} p WHERE {there}))"
        )
    return " AND ".join(conditions)
