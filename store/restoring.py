"""Restoring a store from a copy, without reviving any key.

What a copy holds is as old as the copy. A key that was revoked, or ended, or given another secret
since must not work again, so a restore carries that over from the store it replaces. Where that
store cannot be read nobody knows, and nothing is served until the operator has looked.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, select, text, update

from store import peppers as pepper_file
from store.clock import Clock, SystemClock
from store.copying import copy_pages, sync
from store.database import Database
from store.errors import Invalid, NotAFile, StoreDamaged, StoreMissing
from store.migrations import run
from store.migrations.triggers import set_revision, sqlite_triggers
from store.opening import default_pepper_path, default_url, upgrade_store
from store.people import OPERATOR
from store.peppers import Peppers
from store.repositories.settings import Settings
from store.schema import (
    PASSING,
    access_tokens,
    accounts,
    asks,
    authorization_codes,
    metadata,
    people,
    refresh_tokens,
    settings,
)
from store.unit import Unit

_PG_RESTORE = (
    "Stop the verifiers and restore it with pg_restore --clean. Keys revoked since the backup work "
    "again then: revoke them anew before you start the verifiers."
)
_BESIDE = ("", "-wal", "-shm", "-journal")

# What opens connections is used up as it is used: a copy would make it whole again.
_TOKENS = (access_tokens, refresh_tokens)
_UNDER_WAY = (authorization_codes, asks)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    carried_over: int
    """Keys that the copy would have revived."""
    gone: int
    """Keys made since the copy: it never knew them, so they are unknown now."""
    waiting: bool
    """Whether nothing is served until the operator confirms: nobody knows what was revoked."""
    moved_to: Path | None
    """Where the unreadable store was moved, if there was one."""


def restore(
    url: str | None,
    source: Path,
    *,
    pepper_path: Path | None = None,
    clock: Clock | None = None,
) -> Restored:
    """Make a store what a copy of it holds; whoever has it open goes on with that.

    One transaction where the replaced store can be read. Otherwise its files are moved aside and
    the copy takes its place, waiting for `Operator.confirm_restored`.

    Raises Invalid for a file that is no copy of this store, StoreOutdated or StoreTooNew for
    another schema, PepperMissing, PepperWrong, StoreBusy, StoreUnreachable, or NotAFile for a
    store on PostgreSQL.
    """
    database = Database(url or default_url(), create=True)
    if not database.on_sqlite:
        raise NotAFile(_PG_RESTORE)
    clock = clock or SystemClock()
    if not source.is_file():
        raise Invalid("file", f"{source} is no file. Name one that keydeck store backup made.")
    with _prepared(source, database.path) as copy:
        peppers = _peppers(copy, pepper_path or default_pepper_path())
        try:
            if not database.path.exists():
                raise StoreMissing(str(database.path))
            with database.reading() as connection:
                run.check(run.version(connection))
                Settings(connection).revision()
            return _replace_contents(database, copy, peppers, clock.now())
        except (StoreMissing, StoreDamaged):
            database.close()
            return _replace_file(database.path, copy, clock.now())
        finally:
            database.close()


@contextmanager
def _prepared(source: Path, beside: Path) -> Iterator[Path]:
    # A copy of the copy: upgrading must not change what somebody keeps as a backup.
    beside.parent.mkdir(parents=True, exist_ok=True)
    copy = beside.with_name(f".{beside.name}.{secrets.token_hex(4)}")
    try:
        try:
            os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            copy_pages(source, copy)
            upgrade_store(f"sqlite:///{copy.absolute()}")
        except StoreDamaged as error:
            raise Invalid("file", str(error)) from None
        yield copy
    finally:
        for ending in _BESIDE:
            copy.with_name(copy.name + ending).unlink(missing_ok=True)


def _peppers(copy: Path, path: Path) -> Peppers:
    database = Database(f"sqlite:///{copy.absolute()}")
    try:
        with database.reading() as connection:
            wanted = Settings(connection).fingerprints()
    finally:
        database.close()
    peppers = pepper_file.read(path)
    pepper_file.check_complete(peppers, wanted, path)
    return peppers


def _replace_contents(database: Database, copy: Path, peppers: Peppers, now: int) -> Restored:
    with database.restoring(copy) as connection:
        if not _of_one_store(connection):
            raise Invalid("file", "That is a copy of another store. Restore it at another address.")
        gone = connection.execute(
            text("SELECT count(*) FROM keys WHERE id NOT IN (SELECT id FROM copy.keys)")
        ).scalar_one()
        raised = _raised_revision(connection)
        # A store that waits does not know what was revoked either: it goes on waiting.
        waiting_since = connection.execute(select(settings.c.restored_at)).scalar()
        _remember_keys_and_plans(connection)
        _take_rows(connection)
        set_revision(connection, raised)
        connection.execute(update(settings).values(restored_at=waiting_since))
        _void_codes(connection)
        Settings(connection).add_fingerprint(peppers.newest, now)
        unit = Unit(connection, now, peppers)
        carried = _carry_over(connection, unit, raised)
        _carry_connections_over(connection, unit, raised)
        for workspace in unit.workspaces.all():
            _audit(unit, workspace.id, "store.restored", workspace.slug, workspace.name, raised)
        if connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
            raise Invalid("file", "The copy's rows do not fit together. Use another one.")
    return Restored(carried, gone, waiting=waiting_since is not None, moved_to=None)


def _void_codes(connection: Connection) -> None:
    # One that was used since the copy would be whole again.
    connection.execute(update(people).values(enrolment_digest=None, enrolment_expires_at=None))
    connection.execute(update(accounts).values(code_digest=None, code_expires_at=None))


def _of_one_store(connection: Connection) -> bool:
    found = connection.execute(
        text("SELECT 1 FROM settings s JOIN copy.settings c USING (created_at, prefix)")
    )
    return found.first() is not None


def _raised_revision(connection: Connection) -> int:
    query = text("SELECT max(r.value, c.value) + 1 FROM revision r, copy.revision c")
    return int(connection.execute(query).scalar_one())


def _remember_keys_and_plans(connection: Connection) -> None:
    for name, columns in (
        (
            "keys",
            "id, digest, pepper, generation, expires_at, revoked_at, revoked_by, revoke_reason,"
            " leaked_at",
        ),
        ("key_holders", "workspace_id, key_id, person_id, how, generation, since"),
        ("connections", "id, revoked_at, revoked_by, revoke_reason"),
        ("workspaces", "id, plan"),
        ("peppers", "fingerprint, added_at"),
    ):
        connection.execute(text(f"DROP TABLE IF EXISTS temp.replaced_{name}"))
        connection.execute(
            text(f"CREATE TEMP TABLE replaced_{name} AS SELECT {columns} FROM main.{name}")  # noqa: S608
        )


def _take_rows(connection: Connection) -> None:
    # The rules come back before the transaction ends; nobody ever sees the store without them.
    triggers = sqlite_triggers()
    for trigger in triggers:
        connection.execute(text(f"DROP TRIGGER IF EXISTS {trigger.split()[2]}"))
    for table in metadata.sorted_tables:
        if table in _TOKENS or table in PASSING:
            continue
        if table in _UNDER_WAY:
            connection.execute(delete(table))
            continue
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        connection.execute(text(f"DELETE FROM main.{table.name}"))  # noqa: S608
        connection.execute(
            text(
                f"INSERT INTO main.{table.name} ({columns})"  # noqa: S608
                f" SELECT {columns} FROM copy.{table.name}"
            )
        )
    for table in _TOKENS:
        unknown = text("connection_id NOT IN (SELECT id FROM copy.connections)")
        connection.execute(delete(table).where(unknown))
    connection.execute(
        text("INSERT OR IGNORE INTO main.peppers SELECT * FROM temp.replaced_peppers")
    )
    # Who learned a secret since the copy has not unlearned it.
    connection.execute(
        text(
            "INSERT OR IGNORE INTO main.key_holders"
            " (workspace_id, key_id, person_id, how, generation, since)"
            " SELECT h.workspace_id, h.key_id, h.person_id, h.how, h.generation, h.since"
            " FROM temp.replaced_key_holders h"
            " JOIN main.keys k ON k.id = h.key_id AND k.workspace_id = h.workspace_id"
            " JOIN main.people p ON p.id = h.person_id"
        )
    )
    for trigger in triggers:
        connection.exec_driver_sql(trigger)


_WOULD_REVIVE = """
SELECT k.workspace_id, k.id, k.name, r.digest, r.pepper, r.revoked_at, r.revoke_reason,
       max(k.generation, r.generation) AS generation,
       CASE WHEN r.revoked_by IN (SELECT id FROM people) THEN r.revoked_by END AS revoked_by,
       min(coalesce(k.expires_at, r.expires_at), coalesce(r.expires_at, k.expires_at)) AS expires_at
FROM keys k JOIN temp.replaced_keys r ON r.id = k.id
WHERE k.revoked_at IS NULL
  AND (r.revoked_at IS NOT NULL OR r.digest <> k.digest
       OR r.expires_at < coalesce(k.expires_at, r.expires_at + 1))
"""


def _carry_over(connection: Connection, unit: Unit, raised: int) -> int:
    found = connection.execute(text(_WOULD_REVIVE)).mappings().all()
    for row in found:
        connection.execute(
            text(
                "UPDATE keys SET digest = :digest, pepper = :pepper, generation = :generation,"
                " expires_at = :expires_at,"
                " revoked_at = :revoked_at, revoked_by = :revoked_by,"
                " revoke_reason = :revoke_reason, revision = :raised"
                " WHERE workspace_id = :workspace_id AND id = :id"
            ),
            {**row, "raised": raised},
        )
        _audit(unit, row["workspace_id"], "key.carried_over", row["id"], row["name"], raised)
    # What was found outside since the copy is outside still.
    connection.execute(
        text(
            "UPDATE keys SET leaked_at = (SELECT r.leaked_at FROM temp.replaced_keys r"
            " WHERE r.id = keys.id)"
            " WHERE id IN (SELECT id FROM temp.replaced_keys WHERE leaked_at IS NOT NULL)"
        )
    )
    connection.execute(
        text(
            "UPDATE workspaces SET plan = (SELECT plan FROM temp.replaced_workspaces r"
            " WHERE r.id = workspaces.id)"
            " WHERE id IN (SELECT id FROM temp.replaced_workspaces)"
        )
    )
    return len(found)


_WOULD_RECONNECT = """
SELECT c.workspace_id, c.id, c.name, r.revoked_at, r.revoke_reason,
       CASE WHEN r.revoked_by IN (SELECT id FROM people) THEN r.revoked_by END AS revoked_by
FROM connections c JOIN temp.replaced_connections r ON r.id = c.id
WHERE c.revoked_at IS NULL AND r.revoked_at IS NOT NULL
"""


def _carry_connections_over(connection: Connection, unit: Unit, raised: int) -> None:
    for row in connection.execute(text(_WOULD_RECONNECT)).mappings().all():
        connection.execute(
            text(
                "UPDATE connections SET revoked_at = :revoked_at, revoked_by = :revoked_by,"
                " revoke_reason = :revoke_reason, revision = :raised"
                " WHERE workspace_id = :workspace_id AND id = :id"
            ),
            {**row, "raised": raised},
        )
        _audit(unit, row["workspace_id"], "connection.carried_over", row["id"], row["name"], raised)


def _audit(
    unit: Unit, workspace_id: int, action: str, subject: str, name: str, raised: int
) -> None:
    unit.audit.append(
        workspace_id,
        at=unit.now,
        actor_id=None,
        actor=OPERATOR,
        action=action,
        subject=subject,
        subject_name=name,
        details={},
        revision=raised,
    )


def _replace_file(path: Path, copy: Path, now: int) -> Restored:
    database = Database(f"sqlite:///{copy.absolute()}")
    with database.writing() as connection:
        connection.execute(update(settings).values(restored_at=now))
        _void_codes(connection)
        for table in (*_TOKENS, *_UNDER_WAY, *PASSING):
            connection.execute(delete(table))
    database.close()
    moved_to = _moved_aside(path)
    sync(copy)
    os.link(copy, path)
    sync(path.absolute().parent)
    return Restored(0, 0, waiting=True, moved_to=moved_to)


def _moved_aside(path: Path) -> Path | None:
    # With all that lies beside it: SQLite would take its log for the copy's.
    mark = f".replaced-{secrets.token_hex(4)}"
    moved = None
    for ending in _BESIDE:
        found = path.with_name(path.name + ending)
        if found.exists() or found.is_symlink():
            found.rename(path.with_name(path.name + mark + ending))
            moved = path.with_name(path.name + mark)
    return moved
