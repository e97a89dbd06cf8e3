"""What a verdict depends on is declared once; whatever follows from it, follows."""

import re
from typing import Any

import pytest
from sqlalchemy import func, select, text

from store.domain.credential import (
    ALSO,
    OF_TOKEN,
    SOURCES,
    AccessToken,
    Credential,
    Source,
    watched,
)
from store.domain.decision import NOTHING, decide
from store.domain.verdicts import Verdict
from store.operations.check import check
from store.persistence.migrations import frozen
from store.persistence.migrations.changes import watches
from store.persistence.repositories.credentials import (
    ACCESS_TOKEN,
    KEY,
    access_token_inside,
    key_inside,
)
from store.persistence.schema import access_tokens, metadata
from tests.house import House
from tests.restores.judging import DECLARED, may_give_back


def newest_frozen() -> dict[str, str]:
    """Return what the newest migration that makes a watcher says of it, by name."""
    found = {}
    for path in sorted(frozen.FOLDER.glob("*.postgresql.sql")):
        parts = path.read_text("utf-8").split("-- ")[1:]
        names = {part.partition("\n")[0] for part in parts}
        for name in names:
            found[name] = "".join(part for part in parts if part.startswith(f"{name}\n"))
    return found


def lacking(declared: str) -> list[str]:
    """Return where a column that a verdict depends on has to be followed, and is not."""
    table, _, column = declared.partition(".")
    found = []
    if table not in metadata.tables or column not in metadata.tables[table].c:
        found.append(f"schema: {declared} is no column; a migration adds it")
    if tuple(SOURCES) != Credential._fields:
        found.append("rows: the fields of Credential are not the declared ones, in their order")
    if declared not in ALSO and not any(declared in read.sqlite for read in (KEY, ACCESS_TOKEN)):
        found.append(f"hot read: nothing reads {declared}")
    watching = {name: body for name, (fires, body) in watches().items() if f" ON {table} " in fires}
    if not watching:
        found.append(f"watchers: nothing watches over {table}")
    sees = re.compile(rf"NEW\.{column}\b")
    for name, body in watching.items():
        # One without a comparison tells of every change of a row.
        to_see = column in watched(table) and "IS DISTINCT FROM" in body
        if to_see and not sees.search(newest_frozen()[name]):
            found.append(f"watchers: freeze {name} for a migration, it does not see {declared}")
    if why := may_give_back(declared):
        found.append(f"restore: {why}; judge it in store/operations/restore/rules.py")
    return found


@pytest.mark.parametrize("declared", DECLARED)
def test_what_a_verdict_depends_on_is_followed_everywhere(declared: str) -> None:
    places = lacking(declared)
    assert not places, "\n".join(places)


def test_a_column_that_is_declared_alone_is_told_with_each_place_that_does_not_follow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored = Source("keys.rotate_every_days", "connections.opened_at")
    monkeypatch.setitem(SOURCES, "rotate_every_days", stored)
    places = ["rows", "hot read", "watchers", "restore"]
    told = lacking("keys.rotate_every_days")
    assert [one.partition(":")[0] for one in told] == places
    assert "copied may give back" in told[-1]
    # Set once it is; the audit does not tell of it, as it would have to.
    assert "is not told" in lacking("connections.opened_at")[-1]
    monkeypatch.setitem(SOURCES, "disabled_at", Source("keys.disabled_at", "connections.opened_at"))
    unknown = lacking("keys.disabled_at")
    assert [one.partition(":")[0] for one in unknown] == ["schema", *places]
    assert "no rule says" in unknown[-1]


def test_the_fields_of_an_access_token_are_declared_in_their_order() -> None:
    assert [column.split(".")[1] for column in OF_TOKEN] == list(AccessToken._fields[:-1])


@pytest.mark.both_engines
def test_each_field_is_read_from_its_own_column(house: House) -> None:
    key_id = house.create().key.id
    house.opened()
    values: dict[str, Any] = {"expires_at": 11, "revoked_at": 12}
    values |= {"name": "Another", "scopes": "quotes:read"}
    with house.store.database.writing() as connection:
        token_id = connection.execute(select(func.min(access_tokens.c.id))).scalar_one()
        key, token = key_inside(connection), access_token_inside(connection)
        before, token_before = key(key_id), token(token_id)
        assert before is not None
        assert token_before is not None
        for field, value in values.items():
            for table in ("keys", "connections"):
                change = f"UPDATE {table} SET {field} = :value"
                connection.execute(text(change), {"value": value})
            before = before._replace(**{field: value})
            assert key(key_id) == before
            connected = token_before.connection._replace(**{field: value})
            token_before = token_before._replace(connection=connected)
            assert token(token_id) == token_before
        connection.execute(text("UPDATE access_tokens SET expires_at = 13"))
        connection.execute(
            text(
                f"UPDATE workspaces SET plan = 'free', slug = 'x' WHERE id = {before.workspace_id}"
            )
        )
        assert token(token_id) == token_before._replace(
            expires_at=13,
            connection=token_before.connection._replace(plan="free", workspace="x"),
        )
        assert key(key_id) == before._replace(plan="free", workspace="x")


@pytest.mark.postgres_only
def test_a_column_that_is_declared_and_not_watched_is_told_by_a_check(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check(house.url, pepper_path=house.pepper_path) == []
    monkeypatch.setitem(SOURCES, "leaked_at", Source("keys.leaked_at", "connections.opened_at"))
    assert "leaked_at" in watched("keys")
    assert "NEW.leaked_at" in watches()["keys_tell"][1]
    told = " ".join(one.sentence for one in check(house.url, pepper_path=house.pepper_path))
    assert "keys_tell says something else" in told
    assert "connections_tell says something else" in told


@pytest.mark.both_engines
def test_whoever_asks_why_decides_about_the_very_row_a_verifier_reads(house: House) -> None:
    key = house.create().key
    with house.store.database.reading() as connection:
        row = key_inside(connection)(key.id)
    assert row is not None
    assert decide(row, NOTHING, house.clock.now()) is Verdict.VALID
    house.store.keys.revoke(house.alice, key.id)
    assert house.store.why.explain(house.alice, key.id).outcome == "revoked"
