"""What a verdict depends on is declared once; whatever follows from it, follows."""

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
from store.domain.decision import AccessRequest, decide
from store.domain.verdicts import Verdict
from store.operations.check import check
from store.persistence.migrations.changes import watches
from store.persistence.repositories.credentials import access_token_inside, key_inside
from store.persistence.schema import access_tokens, metadata
from tests.house import House


def test_each_field_has_a_source_and_each_source_is_a_column() -> None:
    assert tuple(SOURCES) == Credential._fields
    assert [column.split(".")[1] for column in OF_TOKEN] == list(AccessToken._fields[:-1])
    for declared in (*OF_TOKEN, *ALSO, *(column for one in SOURCES.values() for column in one[:2])):
        table, column = declared.split(".")
        assert column in metadata.tables[table].c, declared


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
    assert decide(row, AccessRequest((), house.clock.now())) is Verdict.VALID
    house.store.keys.revoke(house.alice, key.id)
    assert house.store.why.explain(house.alice, key.id).outcome == "revoked"
