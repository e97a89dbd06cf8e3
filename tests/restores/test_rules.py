"""Every column of every table is judged, and what is judged is what happens."""

from collections.abc import Callable
from contextlib import closing
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Table

from store.domain import limits
from store.domain.audit.actions import Action
from store.domain.audit.changes import changed
from store.domain.audit.entry import AuditEntry
from store.domain.credential import Credential
from store.domain.decision import restrictions
from store.domain.key_networks import from_stored, key_networks, takes_away
from store.domain.people import BY_POWER, Role
from store.operations.restore.merging import (
    least_role,
    narrowest,
    strictest_limits,
    strictest_networks,
)
from store.operations.restore.rules import HOW, RULES, RowsTaken, Rule, copied, latest, raised
from store.persistence.database import sqlite_library
from store.persistence.schema import PASSING, metadata, tombstones
from tests.restores.judging import TAKES_AWAY, TOLD

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


def test_what_the_audit_tells_of_has_a_word() -> None:
    assert {name for judged in RULES.values() for name in judged.told} == set(HOW)
    for how in HOW.values():
        about = (1, 1, 0, None, "operator", Action.KEY_CARRIED_OVER, "key", "Website")
        assert changed(AuditEntry(*about, {"still": [how]}, 1)), how


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


NETWORKS = [
    key_networks([given], enforced=enforced)
    for given in ("10.0.0.0/8", "10.1.0.0/16", "192.0.2.0/24")
    for enforced in (True, False)
]

RIGHTS: dict[str, tuple[list[Any], Callable[[Any, Any], bool]]] = {
    # Values of a column, and whether one allows no more than another.
    "an end": ([None, 1, 5, 9], lambda one, other: other is None or (one or 10) <= other),
    "a beginning": (
        [None, 1, 5, 9],
        lambda one, other: (one or 0) >= (other or 0),
    ),
    "a mark": ([None, 3, 7], lambda one, other: other is None or one is not None),
    "scopes": (
        ["a:read", "a:read b:read", "b:read c:read"],
        lambda one, other: set(one.split()) <= set(other.split()),
    ),
    "a role": (
        [role.value for role in BY_POWER],
        lambda one, other: BY_POWER.index(Role(one)) <= BY_POWER.index(Role(other)),
    ),
    "networks": (
        [None, *map(str, NETWORKS)],
        lambda one, other: not takes_away(one and from_stored(one), other and from_stored(other)),
    ),
    "limits": (
        [None, "5/1m", "5/1m?", "9/1m", "5/1m? 9/1m 50/1h", "2/month?"],
        lambda one, other: (
            not limits.takes_away(limits.from_stored(one), limits.from_stored(other))
        ),
    ),
    "a secret": (["first", "second"], lambda one, other: one == other),
}


def gives_back(rule: Rule, of: str) -> list[tuple[Any, Any, Any]]:
    """Return where a rule allows more than is known: the copy's value, the known one, and its."""
    values, no_more = RIGHTS[of]
    query = (
        f"SELECT {rule('v')} FROM (SELECT ? AS v, ? AS generation) AS t,"
        " (SELECT ? AS v, 2 AS generation) AS k"
    )
    found = []
    with closing(sqlite_library().connect(":memory:")) as connection:
        connection.create_function("narrowest", 2, narrowest)
        connection.create_function("strictest_networks", 2, strictest_networks)
        connection.create_function("strictest_limits", 2, strictest_limits)
        connection.create_function("least_role", 2, least_role)
        for copy, known, generation in product(values, values, (1, 2)):
            [after] = connection.execute(query, (copy, generation, known)).fetchone()
            if not no_more(after, known):
                found.append((copy, known, after))
    return found


@pytest.mark.parametrize(
    ("rule", "of"),
    [(rule, of) for rule, kinds in TAKES_AWAY.items() for of in kinds],
    ids=lambda part: part if isinstance(part, str) else part.__name__,
)
def test_what_takes_away_allows_no_more_than_is_known(rule: Rule, of: str) -> None:
    assert gives_back(rule, of) == []


@pytest.mark.parametrize("rule", [copied, raised, latest])
def test_what_is_as_the_copy_has_it_does_and_is_not_among_them(rule: Rule) -> None:
    assert gives_back(rule, "an end")
    assert "an end" not in TAKES_AWAY.get(rule, ())


def test_no_restriction_looks_at_what_an_answer_only_says() -> None:
    row = Credential("id", 1, "acme", "free", "Website", b"", "", "events:read", 5, 7)
    for field in TOLD:
        changed: dict[str, Any] = {field: "another"}
        assert restrictions(row._replace(**changed)) == restrictions(row)
