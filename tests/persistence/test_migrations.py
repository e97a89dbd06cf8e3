"""Migrations are history: what each made on its first day, it makes for ever."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

import store.persistence.migrations.versions
from store.persistence.database import Database
from store.persistence.migrations import freeze, frozen
from store.persistence.migrations.changes import sqlite_rules, watches
from store.persistence.migrations.triggers import postgres_rules
from tests.persistence.describing import made_by_each, record, versions
from tests.postgres import Cluster

_VERSIONS = sorted(Path(store.persistence.migrations.versions.__path__[0]).glob("v*.py"))
_ALLOWED = {"alembic", "sqlalchemy", "store.persistence.migrations.frozen", "json", "unicodedata"}


@pytest.fixture
def empty(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """An address where nothing is yet."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Cluster = request.getfixturevalue("postgres")
    with server.database() as name:
        yield server.url(name)


@pytest.mark.both_engines
def test_each_version_still_makes_what_it_made(engine: str, empty: str) -> None:
    for version, made in made_by_each(empty):
        kept = record(version, engine)
        assert kept.exists(), "write it down: python -m tests.persistence.describing"
        assert made == kept.read_text("utf-8"), version


def test_no_version_runs_code_of_today() -> None:
    assert len(_VERSIONS) == len(versions())
    for path in (*_VERSIONS, Path(frozen.__file__)):
        imported = {
            name
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            for name in _imported(node)
        }
        allowed = _ALLOWED | ({"collections.abc", "pathlib"} if path not in _VERSIONS else set())
        assert imported <= allowed, path.name


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [name.name for name in node.names]
    return [node.module or "."] if isinstance(node, ast.ImportFrom) else []


def test_what_is_frozen_of_a_rule_is_what_today_s_code_says_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frozen, "FOLDER", tmp_path)
    freeze.freeze("9999", ["keys_stay_revoked", "keys_tell"])
    today = sqlite_rules()
    assert (tmp_path / "9999.sqlite.sql").read_text() == "".join(
        f"-- {name}\n{today[name]}\n" for name in ("keys_stay_revoked", "keys_tell")
    )
    on_server = (tmp_path / "9999.postgresql.sql").read_text()
    assert on_server.count("-- keys_stay_revoked\n") == on_server.count("-- keys_tell\n") == 2
    assert postgres_rules()["keys_stay_revoked"][2] in on_server
    assert watches()["keys_tell"][1] in on_server
    with pytest.raises(KeyError, match="keys_stay_revokde"):
        freeze.freeze("9999", ["keys_stay_revokde"])


@pytest.mark.both_engines
def test_a_rule_takes_the_place_of_one_of_its_name_and_may_hold_any_sign(
    empty: str, engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "revision_only_rises"
    made = freeze.rules("sqlite" if engine == "sqlite" else "postgresql")[name]
    # In PL/pgSQL a lone per cent sign asks for a value.
    sign = "%" if engine == "sqlite" else "%%"
    sentence = f"100 {sign} of :them ''rise''"
    changed = [statement.replace("the revision only rises", sentence) for statement in made]
    monkeypatch.setattr(frozen, "FOLDER", tmp_path)
    frozen.write("9999", "sqlite" if engine == "sqlite" else "postgresql", {name: changed})
    database = Database(empty, create=True)
    with (
        database.making() as connection,
        Operations.context(MigrationContext.configure(connection)),
    ):
        connection.execute(text("CREATE TABLE revision (id int, value bigint)"))
        for statement in made:
            connection.exec_driver_sql(statement)
        frozen.replace_rules("9999")
        frozen.replace_rules("9999")
        connection.execute(text("INSERT INTO revision VALUES (1, 5)"))
    with pytest.raises(Exception, match=r"100 % of :them 'rise'"), database.writing() as connection:
        connection.execute(text("UPDATE revision SET value = 4"))
    database.close()
