"""Whatever takes a right away returns its commit, and nobody lets that fall.

A use case is found by what it does to rights, not by what it says of itself.
"""

import ast
import inspect
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple, get_origin, get_type_hints

import pytest
from sqlalchemy import text

from store.domain.times import sooner
from store.persistence.repositories.stopped import CONNECTION_STOPPED_AT, KEY_STOPPED_AT
from store.service.commits import Done
from store.service.leaks import LeakReports
from store.service.mutation import TakingMutation
from store.service.transactions import Transactions
from tests.house import House
from tests.invariants.everything import MUTATIONS
from tests.invariants.mutation import Mutation
from tests.invariants.use_cases import services

ROOT = Path(__file__).parents[2]


class Rights(NamedTuple):
    """What somebody may do who has one secret, and until when."""

    subject: str
    """Whose they are, as the audit names it."""
    scopes: frozenset[str]
    ends: int | None
    digest: bytes

    def worse_than(self, before: "Rights") -> bool:
        """Return whether some request is, or will be, refused that would not have been."""
        return (
            not before.scopes <= self.scopes
            or self.digest != before.digest
            or sooner(self.ends, before.ends)
        )


_KEYS = f"""
SELECT keys.id, keys.id AS subject, scopes, expires_at, revoked_at, digest, plan,
       {KEY_STOPPED_AT} AS stopped_at
FROM keys JOIN workspaces ON workspaces.id = keys.workspace_id
"""
_TOKENS = f"""
SELECT access_tokens.id, connections.id AS subject, scopes, access_tokens.expires_at,
       revoked_at, digest, plan, {CONNECTION_STOPPED_AT} AS stopped_at
FROM access_tokens JOIN connections ON connections.id = access_tokens.connection_id
JOIN workspaces ON workspaces.id = connections.workspace_id
"""


def rights(house: House) -> dict[str, Rights]:
    """Return what every secret opens now; those of another workspace, too."""
    found = {}
    with house.store.database.reading() as connection:
        for query in (_KEYS, _TOKENS):
            for row in connection.execute(text(query)).mappings():
                works = row["revoked_at"] is None and row["plan"] == "pro"
                works = works and row["stopped_at"] is None
                ends = row["expires_at"]
                works = works and (ends is None or ends > house.clock.now())
                scopes = frozenset(row["scopes"].split()) if works else frozenset[str]()
                found[row["id"]] = Rights(row["subject"], scopes, ends, bytes(row["digest"]))
    return found


def losers(before: Mapping[str, Rights], after: Mapping[str, Rights]) -> set[str]:
    """Return who may do less after than before."""
    return {
        one.subject
        for secret, one in before.items()
        if secret not in after or after[secret].worse_than(one)
    }


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_who_may_do_less_after_it_is_named_by_what_it_returns(
    house: House, mutation: Mutation
) -> None:
    theirs = house.create("Bob's", actor=house.bob).key.id
    house.opened()
    handed = mutation.prepare(house)
    before, last = rights(house), house.store.audit_trail.latest(house.alice)
    result = mutation.call(house, handed)
    lost = losers(before, rights(house))
    if mutation.name == "rotate":
        # Its overlap outlasts every lease there is, so that it ends everywhere when it ends.
        lost = set()
    if mutation.answers_at_once:
        assert lost
        return
    commits = result.commits if isinstance(result, Done) else ()
    told = {taken.subject for commit in commits for taken in commit.taken}
    if "bolt-catering" in told:
        # A plan is taken from all keys of a workspace.
        told = told - {"bolt-catering"} | {theirs}
    if "acme-events" in told:
        # So is a stop, and from its assistants.
        told |= {one.subject for one in before.values() if one.subject != theirs}
    assert lost <= told, "it takes away without saying so"
    entries = house.store.audit_trail.newest(house.alice, after=last)
    assert [entry.subject for entry in entries if "in_force" in entry.details] == [
        taken.subject
        for commit in commits
        for taken in reversed(commit.taken)
        if taken.workspace_id == house.alice.workspace_id
    ]


def _takes_away(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.attr == "taking_away"
        for node in ast.walk(function)
    )


def taking() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Return the functions in which something may be taken away, and where they are."""
    for path in sorted((ROOT / "store").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and _takes_away(node):
                yield f"{path.relative_to(ROOT)}:{node.name}", node


def test_each_use_case_that_may_take_away_is_typed_so_and_is_among_the_mutations(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = dict(taking())
    assert len(found) > 10
    untyped = [
        name
        for name, function in found.items()
        if not (function.returns and ast.unparse(function.returns).startswith("Done["))
    ]
    assert untyped == []
    real, seen = Transactions.taking_away, set()

    def taking_away(
        self: Transactions, *, raise_revision: bool = True
    ) -> AbstractContextManager[TakingMutation]:
        caller = inspect.stack()[1]
        seen.add(f"{Path(caller.filename).relative_to(ROOT)}:{caller.function}")
        return real(self, raise_revision=raise_revision)

    monkeypatch.setattr(Transactions, "taking_away", taking_away)
    for mutation in MUTATIONS:
        mutation.call(house, mutation.prepare(house))
    assert set(found) - seen == set(), "no mutation of tests.invariants.everything comes there"


def _methods(service: type) -> Iterator[str]:
    for name, method in inspect.getmembers(service, inspect.isfunction):
        if not name.startswith("_") and get_origin(get_type_hints(method).get("return")) is Done:
            yield name


def done_methods() -> set[tuple[str, str]]:
    """Return the use cases that return `Done`, by the name of their service and their own."""
    found = {("taking", name) for name in _methods(LeakReports)}
    for name, kind in services().items():
        found |= {(name, method) for method in _methods(kind)}
    return found


def dropped(tree: ast.AST, methods: set[tuple[str, str]]) -> Iterator[ast.Call]:
    """Return calls of use cases whose `Done` nobody takes, also those that run in a thread."""

    def is_one(node: Any) -> bool:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            return False
        service = node.func.value
        of = service.attr if isinstance(service, ast.Attribute) else getattr(service, "id", "")
        # A unit's repositories have the names of services.
        in_a_unit = isinstance(service, ast.Attribute) and ast.unparse(service).startswith("unit.")
        return (of, node.func.attr) in methods and not in_a_unit

    for node in ast.walk(tree):
        if not isinstance(node, ast.Expr):
            continue
        call = node.value.value if isinstance(node.value, ast.Await) else node.value
        if not isinstance(call, ast.Call):
            continue
        runs = isinstance(call.func, ast.Attribute) and call.func.attr in ("in_store", "run")
        given = [one.body for one in call.args if isinstance(one, ast.Lambda)] if runs else []
        if is_one(call) or any(map(is_one, given)):
            yield call


def test_nobody_lets_fall_what_is_to_be_waited_for() -> None:
    methods = done_methods()
    assert len(methods) > 10
    fallen = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for room in ("console", "store")
        for path in sorted((ROOT / room).rglob("*.py"))
        for call in dropped(ast.parse(path.read_text()), methods)
    ]
    assert fallen == []


@pytest.mark.parametrize(
    "statement",
    [
        "store.keys.revoke(actor, key_id)",
        "await app.in_store(lambda store: store.people.leave(actor, email))",
        "await self._executor.run(lambda store: store.tokens.end(token, client_id))",
        "taking.take(report)",
    ],
)
def test_what_is_let_fall_is_found(statement: str) -> None:
    methods = done_methods()
    assert [*dropped(ast.parse(statement), methods)]
    assert not [*dropped(ast.parse(f"done = {statement}"), methods)]
