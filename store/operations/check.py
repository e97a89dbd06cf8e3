"""Checking a store: its pages, its rules, its audit chains, its pepper."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import BigInteger, Connection, cast, func, literal_column, select, text

from store.credentials import peppers as pepper_file
from store.domain.audit.actions import Action
from store.domain.routes.table import RouteTable
from store.errors import (
    InvalidInput,
    RefusedByRule,
    StoreDamaged,
    StoreOutdated,
    StoreSetBack,
    StoreUnusable,
)
from store.operations.open import default_pepper_path, default_url, missing
from store.persistence.database import Database
from store.persistence.high_water import HighWaterMark
from store.persistence.migrations import run
from store.persistence.migrations.changes import sqlite_rules, watches
from store.persistence.migrations.run import SCHEMA_VERSION
from store.persistence.migrations.triggers import postgres_rules
from store.persistence.repositories.audit import AuditTrail
from store.persistence.repositories.routes import Routes
from store.persistence.repositories.settings import Settings
from store.persistence.repositories.tools import ToolDocuments
from store.persistence.schema import audit, keys, workspaces


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it must be. Holds no secret."""

    sentence: str


def check(url: str | None = None, *, pepper_path: Path | None = None) -> list[Finding]:
    """Return what is wrong with a store; nothing when all is well.

    Reads in one transaction and changes nothing. Of an older schema the rules are those it was
    made with; on PostgreSQL they are looked at once it is upgraded. Raises StoreUnusable when it
    could not look.
    """
    database = Database(url or default_url())
    path = pepper_path or default_pepper_path()
    findings: list[Finding] = []
    mark = HighWaterMark.beside(path, database.whereabouts)
    known = mark.known()
    try:
        with database.reading() as connection:
            version = run.version(connection)
            if version is None and not database.on_sqlite:
                raise missing(database, connection)
            run.check_readable(version, database.place)
            schema = run.schema_of(version or "")
            if not run.is_known(schema):
                raise StoreOutdated(schema, SCHEMA_VERSION)
            settings = Settings(connection)
            if schema == SCHEMA_VERSION and mark.set_back(*settings.stands(mark, known)):
                findings.append(Finding(str(StoreSetBack())))
            for sentence in _all(connection, path, schema):
                findings.append(Finding(sentence))
    except StoreDamaged as error:
        findings.append(Finding(str(error)))
    finally:
        database.close()
    return findings


def _all(connection: Connection, pepper_path: Path, schema: str) -> Iterator[str]:
    if connection.dialect.name == "sqlite":
        yield from _pages(connection)
        yield from _sqlite_rules(connection, schema)
    elif schema == SCHEMA_VERSION:
        yield from _postgres_rules(connection)
    yield from _revisions(connection)
    if schema == SCHEMA_VERSION:
        yield from _routes(connection)
        yield from _tools(connection)
    yield from _counted(connection)
    try:
        peppers = pepper_file.read(pepper_path)
        wanted = Settings(connection).fingerprints()
        pepper_file.check_complete(peppers, wanted, pepper_path)
    except StoreUnusable as error:
        yield f"{error} The audit could not be verified without it."
        return
    for row in connection.execute(select(workspaces.c.id, workspaces.c.slug)).all():
        trouble = AuditTrail(connection, peppers).verify(row.id).trouble
        if trouble is not None:
            yield f"The audit of {row.slug}: {trouble}"


def _pages(connection: Connection) -> Iterator[str]:
    for line in connection.execute(text("PRAGMA integrity_check")).scalars():
        if line != "ok":
            yield f"The file is damaged: {line}. Restore a backup."
    for row in connection.execute(text("PRAGMA foreign_key_check")):
        yield f"A row of {row[0]} refers to a row of {row[2]} that is not there."


_TRIGGERS_OF_FILE = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")


def _sqlite_rules(connection: Connection, schema: str) -> Iterator[str]:
    found = {row.name: row.sql for row in connection.execute(_TRIGGERS_OF_FILE)}
    for name, wanted in _rules_of(schema).items():
        yield from _rule(name, wanted, found)


def _rules_of(schema: str) -> dict[str, str]:
    if schema == SCHEMA_VERSION:
        return sqlite_rules()
    # Its migrations are the only ones that know.
    with tempfile.TemporaryDirectory(prefix="keydeck-") as folder:
        url = f"sqlite:///{Path(folder) / 'store.db'}"
        with closing(Database(url, create=True)) as database, database.making() as connection:
            run.upgrade(connection, schema)
            return {row.name: row.sql for row in connection.execute(_TRIGGERS_OF_FILE)}


_TRIGGERS = """
SELECT t.tgname, t.tgenabled = 'O' AND p.proname = t.tgname
           AND p.proconfig = ARRAY['search_path=' || quote_ident(current_schema()) || ', pg_temp']
           AS fires,
       replace(pg_get_triggerdef(t.oid), current_schema() || '.', '') AS made, p.prosrc
FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal
"""


def _postgres_rules(connection: Connection) -> Iterator[str]:
    found = {
        row.tgname: (row.made, row.prosrc) if row.fires else None
        for row in connection.execute(text(_TRIGGERS))
    }
    rules = {name: (fires, body) for name, (_, fires, body) in postgres_rules().items()}
    for name, (fires, body) in (rules | watches()).items():
        made = f"CREATE TRIGGER {name} {fires} EXECUTE FUNCTION {name}()"
        yield from _rule(name, (made, body), found)


def _rule(name: str, wanted: object, found: Mapping[str, object]) -> Iterator[str]:
    if name not in found:
        yield f"The rule {name} is missing. Somebody has changed the schema."
    elif found[name] != wanted:
        yield f"The rule {name} says something else. Somebody has changed the schema."


NEAR_THE_END = 1 << 62
"""Half of what a number holds: counting by one nobody ever comes there."""
FAR_AHEAD = 1_000_000_000
"""Revisions beyond the last change that has one: more than changes could have been in between."""


def _counted(connection: Connection) -> Iterator[str]:
    told = audit.alias("told")
    archived = (
        select(func.max(cast(told.c.subject, BigInteger)))
        .where(
            told.c.workspace_id == workspaces.c.id,
            told.c.action == literal_column(f"'{Action.AUDIT_ARCHIVED.value}'"),
        )
        .scalar_subquery()
    )
    query = (
        select(
            workspaces.c.slug,
            func.count(),
            func.max(audit.c.seq),
            func.min(audit.c.seq),
            func.coalesce(archived, 0),
        )
        .join(audit, audit.c.workspace_id == workspaces.c.id)
        .group_by(workspaces.c.id, workspaces.c.slug)
        .order_by(workspaces.c.slug)
    )
    for slug, number, last, first, gone in connection.execute(query):
        if last - first + 1 != number or not 0 < first <= gone + 1:
            yield (
                f"The audit of {slug} has {number} entries and counts from {first} to {last}: some "
                "are missing, or somebody let it jump. Restore a backup from before."
            )


def _routes(connection: Connection) -> Iterator[str]:
    try:
        RouteTable(Routes(connection).all())
    except (InvalidInput, RefusedByRule) as error:
        yield f"The routes do not go together, and nothing passes by them: {error}"


def _tools(connection: Connection) -> Iterator[str]:
    try:
        ToolDocuments(connection).all()
    except InvalidInput as error:
        yield f"The tools cannot be read, and no assistant finds any: {error}"


def _revisions(connection: Connection) -> Iterator[str]:
    revision = Settings(connection).revision()
    last = max(
        connection.scalar(select(func.max(table.c.revision))) or 0 for table in (keys, audit)
    )
    if revision >= NEAR_THE_END:
        yield (
            f"The revision {revision} is near the end of what a number holds: soon nothing can be "
            "changed any more. Restore a backup from before."
        )
    elif revision > last + FAR_AHEAD:
        yield (
            f"The revision {revision} is far ahead of the last change, {last}: somebody let it "
            "jump. Restore a backup from before."
        )
    for table in (keys, audit):
        query = select(table.c.revision).where(table.c.revision > revision).limit(1)
        if connection.execute(query).first() is not None:
            yield f"The table {table.name} is ahead of the store's revision {revision}."
