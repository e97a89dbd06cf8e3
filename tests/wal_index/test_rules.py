"""Each rule of `store.verifier.wal_index`, in one process: kept, and left out.

The other side is another program, with another SQLite: `tests.wal_index.shell`.
"""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from store.domain.credential import watched
from store.domain.key_string import mint
from store.domain.verdicts import Verdict
from store.operations.backup import back_up
from store.operations.restore import restore
from store.persistence.schema import keys, metadata
from store.verifier.api_keys import key_authenticator
from store.verifier.context import WorkerContext
from store.verifier.lookup.sqlite import SqliteLookup
from store.verifier.problems import Problem
from tests.house import House
from tests.invariants import prepared as made
from tests.wal_index.left_out import LEFT_OUT
from tests.wal_index.shell import Scribbler, Shell

pytestmark = pytest.mark.sqlite_only

Ask = Callable[[str], str]


@pytest.fixture
def reads(context: WorkerContext, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the keys that were read, as they are."""
    found: list[str] = []
    key = SqliteLookup.key

    def noted(self: SqliteLookup, key_id: str) -> object:
        found.append(key_id)
        return key(self, key_id)

    monkeypatch.setattr(SqliteLookup, "key", noted)
    return found


@pytest.fixture
def ask(context: WorkerContext) -> Ask:
    """Ask the worker for the verdict on a key."""
    authenticator = key_authenticator(context)

    def verdict(key: str) -> str:
        headers = [(b"authorization", f"Bearer {key}".encode())]
        scope = {"headers": headers, "query_string": b"", "client": None, "method": "GET"}
        try:
            authenticator.admit({**scope, "path": "/api/v1/verify"}, ("availability:read",))
        except Problem as problem:
            return problem.code
        return Verdict.VALID.value

    return verdict


def revoke(key_id: str) -> str:
    return f"UPDATE keys SET revoked_at = 1, revoked_by = created_by WHERE id = '{key_id}'"


UNRELATED = "UPDATE workspaces SET name = name || '.'"


def test_what_is_remembered_is_not_read_again_until_what_it_depends_on_changes(
    own_house: House, ask: Ask, reads: list[str], shell: Shell
) -> None:
    issued = own_house.create()
    key, key_id = issued.secret.reveal(), issued.key.id
    assert [ask(key) for _ in range(3)] == ["valid"] * 3
    assert reads == [key_id]
    shell.run(UNRELATED)
    assert ask(key) == "valid"
    assert reads == [key_id]
    shell.run(revoke(own_house.create("Other").key.id))
    assert ask(key) == "valid"
    assert reads == [key_id]
    shell.run(revoke(key_id))
    assert ask(key) == "revoked"
    assert reads == [key_id] * 2


CHANGES = [
    (table, column)
    for table in ("keys", "connections", "access_tokens", "workspaces", "settings")
    for column in watched(table)
]


@pytest.mark.parametrize(("table", "column"), CHANGES)
def test_another_program_that_changes_what_a_verdict_depends_on_is_noticed(
    own_house: House, context: WorkerContext, shell: Shell, table: str, column: str
) -> None:
    own_house.create()
    own_house.opened()
    lookup = context.lookup
    assert isinstance(lookup, SqliteLookup)
    before = lookup.standing()
    assert lookup.standing() == before
    kind = metadata.tables[table].c[column].type.python_type
    value = "99" if kind is int else "zeroblob(32)" if kind is bytes else f"'free{column}'"
    refused = {("keys", "id"), ("connections", "id"), ("connections", "resource")}
    if (table, column) in refused:
        with pytest.raises(AssertionError, match="identity"):
            shell.run(f"UPDATE {table} SET {column} = {value}")
        return
    if (table, column) == ("workspaces", "plan"):
        value = "'free'"
    if (table, column) == ("keys", "digest"):
        shell.run("UPDATE keys SET confirmed_at = NULL")
        before = lookup.standing()
    rows = "" if table in ("settings",) else f" WHERE id = (SELECT min(id) FROM {table})"
    also = ", revoked_by = 1" if column == "revoked_at" else ""
    shell.run(f"UPDATE {table} SET {column} = {value}{also}{rows}")
    assert lookup.standing() != before


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM access_tokens",
        "INSERT OR REPLACE INTO access_tokens SELECT * FROM access_tokens",
        "INSERT OR REPLACE INTO workspaces SELECT * FROM workspaces",
        "DELETE FROM workspaces",
        "INSERT INTO routes (method, path, needs) VALUES ('GET', '/b', 'any')",
        "INSERT OR REPLACE INTO routes SELECT method, path, 'any', NULL FROM routes",
        "UPDATE routes SET needs = 'any'",
        "DELETE FROM routes",
        "INSERT INTO tool_documents VALUES ('b', 'http://b', '[]')",
        "INSERT OR REPLACE INTO tool_documents SELECT title, 'http://b', tools FROM tool_documents",
        "UPDATE tool_documents SET upstream = 'http://b'",
        "DELETE FROM tool_documents",
        "DROP TRIGGER keys_tell",
        "VACUUM",
    ],
)
def test_so_is_one_that_puts_other_rows_or_rules_in_the_place_of_ours(
    own_house: House, context: WorkerContext, shell: Shell, statement: str
) -> None:
    own_house.opened()
    own_house.store.routes.add("GET /a", ["events:read"])
    made.tool(own_house)
    lookup = context.lookup
    assert isinstance(lookup, SqliteLookup)
    before = lookup.standing()
    shell.run(statement)
    assert lookup.standing() != before


WITH_KEY = "UPDATE keys SET scopes = scopes || ' x:read' WHERE id = '{}'"
NOTED = [
    (WITH_KEY, "key"),
    ("UPDATE connections SET scopes = scopes || ' x:read' WHERE id = '{}'", "connection"),
    ("UPDATE access_tokens SET digest = zeroblob(32) WHERE connection_id = '{}'", "connection"),
    ("DELETE FROM access_tokens WHERE connection_id = '{}'", "connection"),
    ("UPDATE access_tokens SET connection_id = '-' WHERE connection_id = '{}'", "connection"),
    ("UPDATE OR IGNORE keys SET expires_at = 7 WHERE id = '{}'", "key"),
    ("UPDATE OR REPLACE keys SET expires_at = 8 WHERE id = '{}'", "key"),
    ("UPDATE workspaces SET plan = 'free' WHERE id = (SELECT min(id) FROM workspaces)", None),
    ("UPDATE settings SET restored_at = 1", None),
]


@pytest.mark.parametrize(("statement", "of"), NOTED)
def test_each_change_is_noted_down_with_what_it_is_about(
    own_house: House, context: WorkerContext, shell: Shell, statement: str, of: str | None
) -> None:
    ids = {"key": own_house.create().key.id, "connection": own_house.opened()[0].id, None: ""}
    lookup = context.lookup
    assert isinstance(lookup, SqliteLookup)
    before = lookup.standing()
    shell.run(statement.format(ids[of]))
    after = lookup.standing()
    assert after.history == before.history
    noted = lookup.changed(before.changed_rows, after.changed_rows)
    assert noted
    assert set(noted) == {ids[of]}


@pytest.mark.parametrize(("rule", "said"), [(None, "revoked"), ("5, of each", "valid")])
@pytest.mark.parametrize(
    "meanwhile",
    [
        ["DELETE FROM changed_subjects"],
        ["UPDATE revision SET changed_rows = 0"],
        # More than are kept.
        [f"UPDATE keys SET expires_at = {10**15 + more} WHERE id = '{{}}'" for more in range(1000)],
    ],
    ids=["none", "fewer", "too many"],
)
def test_where_not_each_change_is_noted_down_nothing_stays(
    own_house: House,
    ask: Ask,
    monkeypatch: pytest.MonkeyPatch,
    meanwhile: list[str],
    rule: str | None,
    said: str,
) -> None:
    change(rule, monkeypatch)
    issued, other = own_house.create(), own_house.create("Other").key.id
    key = issued.secret.reveal()
    assert ask(key) == ask(key) == "valid"
    with own_house.store.database.writing() as connection:
        for statement in (revoke(issued.key.id), *meanwhile):
            connection.exec_driver_sql(statement.format(other))
    assert ask(key) == said


@pytest.mark.parametrize(("rule", "said"), [(None, "unknown"), ("5, history", "valid")])
def test_a_count_of_another_history_says_nothing(
    own_house: House,
    ask: Ask,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rule: str | None,
    said: str,
) -> None:
    change(rule, monkeypatch)
    back_up(own_house.url, tmp_path / "copy.db")
    key = own_house.create().secret.reveal()
    assert ask(key) == ask(key) == "valid"
    restore(own_house.url, tmp_path / "copy.db", pepper_path=own_house.pepper_path)
    assert ask(key) == said


@pytest.mark.parametrize(("rule", "said"), [(None, "valid"), ("11", "unknown")])
def test_what_was_unknown_is_known_from_the_commit_that_makes_it_so(
    own_house: House,
    ask: Ask,
    reads: list[str],
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    rule: str | None,
    said: str,
) -> None:
    change(rule, monkeypatch)
    issued = own_house.create()
    key = issued.secret.reveal()
    wrong = mint("jw", issued.key.id).key.reveal()
    with own_house.store.database.reading() as connection:
        digest = connection.execute(select(keys.c.digest)).scalar_one()
    shell.run("UPDATE keys SET digest = zeroblob(32)")
    # The second time nobody reads: not of a key that is there, nor of one that is not.
    for unknown in (key, wrong, mint("jw").key.reveal()):
        assert [ask(unknown), ask(unknown)] == ["unknown"] * 2
    assert len(reads) == 3
    shell.run(f"UPDATE keys SET digest = x'{digest.hex()}'")
    assert [ask(key), ask(wrong)] == [said, "unknown"]


def test_where_a_rule_is_missing_nothing_stays_over_a_commit(
    own_house: House, ask: Ask, reads: list[str], shell: Shell
) -> None:
    issued = own_house.create()
    key = issued.secret.reveal()
    shell.run("DROP TRIGGER keys_tell")
    assert [ask(key) for _ in range(2)] == ["valid"] * 2
    assert len(reads) == 1
    shell.run(UNRELATED)
    assert ask(key) == "valid"
    assert len(reads) == 2
    shell.run(revoke(issued.key.id))
    assert ask(key) == "revoked"


def change(rule: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for of, name, otherwise in LEFT_OUT[rule] if rule is not None else ():
        monkeypatch.setattr(of, name, otherwise)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (None, "revoked"),
        ("1", "valid"),
        ("5", "valid"),
        ("3, first copy", "revoked"),
        ("3, second copy", "revoked"),
    ],
)
def test_a_revocation_by_another_program_is_in_force_at_its_commit(
    own_house: House,
    ask: Ask,
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    rule: str | None,
    said: str,
) -> None:
    change(rule, monkeypatch)
    issued = own_house.create()
    key = issued.secret.reveal()
    assert ask(key) == ask(key) == "valid"
    shell.run(revoke(issued.key.id))
    assert ask(key) == said


@pytest.mark.parametrize(("rule", "said"), [(None, "revoked"), ("2", "valid")])
def test_what_is_committed_right_after_a_row_was_read_is_not_missed(
    own_house: House,
    ask: Ask,
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    rule: str | None,
    said: str,
) -> None:
    change(rule, monkeypatch)
    issued = own_house.create()
    key, read = issued.secret.reveal(), SqliteLookup.key

    def read_then_revoked(self: SqliteLookup, key_id: str) -> object:
        found = read(self, key_id)
        shell.run(revoke(issued.key.id))
        return found

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(SqliteLookup, "key", read_then_revoked)
        assert ask(key) == "valid"
    assert ask(key) == said


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (None, "revoked"),
        ("3, first copy", "revoked"),
        ("3, second copy", "revoked"),
        ("4", "valid"),
    ],
)
def test_a_counter_that_comes_again_after_a_recovery_is_not_the_same_header(
    own_house: House,
    ask: Ask,
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    rule: str | None,
    said: str,
) -> None:
    change(rule, monkeypatch)
    issued = own_house.create()
    key = issued.secret.reveal()
    for _ in range(5):
        shell.run(UNRELATED)
    assert ask(key) == ask(key) == "valid"
    index = Path(f"{own_house.store.database.path}-shm")
    with closing(Scribbler(index)) as scribbler:
        before = scribbler.counter()
        scribbler.damage()
        # The next to read recovers, and the counter begins again.
        shell.run(revoke(issued.key.id))
        assert scribbler.counter() < before
        assert before > 1
        while scribbler.counter() < before:
            shell.run(UNRELATED)
    assert ask(key) == said
