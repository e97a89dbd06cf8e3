"""Every column of every table is judged, and what is judged is what happens."""

import pytest
from sqlalchemy import Table

from store.domain.people import Role
from store.operations.restore.merging import BY_POWER, least_role, narrowest
from store.operations.restore.rules import RULES, RowsTaken, copied, raised
from store.persistence.schema import PASSING, metadata, tombstones

TAKEN = [table for table in metadata.sorted_tables if table not in {*PASSING, tombstones}]


def test_every_table_is_judged_and_nothing_else() -> None:
    assert set(RULES) == {table.name for table in TAKEN}


@pytest.mark.parametrize("table", TAKEN, ids=lambda table: table.name)
def test_every_column_is_judged(table: Table) -> None:
    assert set(RULES[table.name].columns) == {column.name for column in table.columns}


def test_what_names_a_row_and_whose_it_is_comes_from_one_row() -> None:
    for table in TAKEN:
        judged = RULES[table.name]
        if judged.taken is RowsTaken.FROM_COPY:
            assert {judged.columns[column.name] for column in table.primary_key} <= {copied}
        # Where the audit tells of a column, something other than the copy may count in it.
        assert set(judged.told) <= set(judged.merged)
        assert bool(judged.told) == (raised in judged.columns.values() and judged.remembered)


def test_every_role_is_weighed() -> None:
    assert set(BY_POWER) == set(Role)
    for power, role in enumerate(BY_POWER):
        for more in BY_POWER[power:]:
            assert least_role(role, more) == least_role(more, role) == role


@pytest.mark.parametrize(
    ("copy", "known", "left"),
    [
        ("a:read b:read", "a:read", "a:read"),
        ("a:read", "a:read b:read", "a:read"),
        ("a:read b:read", "b:read c:read", "b:read"),
        # What it could do then it may not any more: what it may do now is no more than that.
        ("a:read", "c:read", "c:read"),
    ],
)
def test_scopes_are_those_of_both_and_never_more_than_now(copy: str, known: str, left: str) -> None:
    assert narrowest(copy, known) == left
    assert set(left.split()) <= set(known.split())
