"""Restoring a store from a copy, without reviving any key.

What a copy holds is as old as the copy. A key that was revoked, or ended, or given another secret
since must not work again, so a restore brings the copy together with what is known of its rows:
`rules` says how, column by column, and `merging` does it. What a restore removes it writes down in
`tombstones`, for the restores after it. Where the replaced store cannot be read, or cannot know
what became of the copy's keys, nothing is served until the operator has looked.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, text, update

from store.credentials import peppers as pepper_file
from store.credentials.peppers import Peppers
from store.domain.audit.actions import Action
from store.domain.audit.entry import Told
from store.domain.clock import Clock, SystemClock
from store.domain.people import OPERATOR
from store.errors import Invalid, NotAFile, StoreDamaged, StoreMissing
from store.operations.backup import copy_pages, keep_beside, sync
from store.operations.open import check_version, default_pepper_path, default_url, upgrade_store
from store.operations.restore.accounts import tell_apart
from store.operations.restore.merging import changed, judged_tables, merge, void
from store.operations.restore.rules import HOW, RULES
from store.persistence.database import Database
from store.persistence.high_water import HighWaterMark
from store.persistence.migrations.changes import sqlite_rules
from store.persistence.repositories.settings import Settings
from store.persistence.schema import PASSING, connections, keys, revision, settings
from store.persistence.unit import Unit

PG_RESTORE = "pg_restore --clean --if-exists --single-transaction"
"""What puts a dump of PostgreSQL back."""
_BY_PG_RESTORE = (
    f"Stop the verifiers, restore it with {PG_RESTORE}, run ANALYZE in it, and then keydeck store "
    "confirm: keys revoked since the backup work again in it."
)
_BESIDE = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Touched:
    """A key, connection or person that is not as in the copy, or not there any more."""

    workspace: str
    """Its slug."""
    id: str
    name: str
    how: tuple[str, ...] = ()
    """What is kept of how it was: the words of `HOW`; of a person `left` or `role`."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did, or would do."""

    carried_over: int
    """Keys that the copy would have revived."""
    gone: int
    """Keys made since the copy: it never knew them, so they are unknown now."""
    waiting: bool
    """Whether nothing is served until the operator confirms: nobody knows what was revoked."""
    moved_to: Path | None
    """Where the unreadable store was moved, if there was one."""
    kept: Path | None = field(default=None, compare=False)
    """Where the store that was replaced is, readable or not; None where there was none."""
    keys: tuple[Touched, ...] = field(default=(), compare=False)
    """The keys that were carried over."""
    gone_keys: tuple[Touched, ...] = field(default=(), compare=False)
    connections: tuple[Touched, ...] = field(default=(), compare=False)
    """Connections of assistants that were carried over."""
    people: tuple[Touched, ...] = field(default=(), compare=False)
    """Members according to the copy who have left, or may do less: `left`, `role`."""


class _OnlyTried(Exception):
    """Ends a transaction that was to show what it would do."""


def restore(
    url: str | None,
    source: Path,
    *,
    pepper_path: Path | None = None,
    clock: Clock | None = None,
    dry_run: bool = False,
) -> Restored:
    """Make a store what a copy of it holds; whoever has it open goes on with that.

    One transaction where the replaced store can be read; a copy of it is kept beside it. Otherwise
    its files are moved aside and the copy takes its place, waiting for `Operator.confirm_restored`.
    `dry_run` changes nothing.

    Raises Invalid for a file that is no copy of this store, or one of a store that went its own
    way, StoreOutdated or StoreTooNew for another schema, StoreMoved, PepperMissing, PepperWrong,
    StoreBusy, StoreUnreachable, NoRoom, or NotAFile for a store on PostgreSQL.
    """
    database = Database(url or default_url(), create=True)
    if not database.on_sqlite:
        raise NotAFile(_BY_PG_RESTORE)
    clock = clock or SystemClock()
    if not source.is_file():
        raise Invalid("file", f"{source} is no file. Name one that keydeck store backup made.")
    pepper_path = pepper_path or default_pepper_path()
    with _prepared(source, database.path) as copy, closing(database):
        peppers = _peppers(copy, pepper_path)
        mark = HighWaterMark.beside(pepper_path, database.whereabouts)
        try:
            if not database.path.exists():
                raise StoreMissing(str(database.path))
            with database.reading() as connection:
                check_version(database, connection)
                Settings(connection).revision()
            done = _replace_contents(database, copy, source, peppers, clock.now(), mark, dry_run)
            known = mark.known()
            with database.reading() as connection:
                mark.served(*Settings(connection).stands(mark, known))
            return done
        except (StoreMissing, StoreDamaged):
            database.close()
            if dry_run:
                return Restored(0, 0, waiting=True, moved_to=None)
            return _replace_file(database.path, copy, clock.now(), mark)


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


def _replace_contents(
    database: Database,
    copy: Path,
    source: Path,
    peppers: Peppers,
    now: int,
    mark: HighWaterMark,
    dry_run: bool,
) -> Restored:
    kept, done, known = None, None, mark.known()
    try:
        with database.restoring(copy) as connection:
            _check_of_one_store(connection)
            tell_apart(connection)
            if not dry_run:
                kept = keep_beside(database.path, "replaced")
            Settings(connection).add_fingerprint(peppers.newest, now)
            # What was set back past keydeck has forgotten what ended. Its revision says so as long
            # as it is its own: the restore's is higher.
            forgot = not mark.served(*Settings(connection).stands(mark, known))
            done = _replaced(connection, Unit(connection, now, peppers), source, kept, forgot)
            if dry_run:
                raise _OnlyTried
    except _OnlyTried:
        pass
    except BaseException:
        if kept is not None:
            kept.unlink(missing_ok=True)
        raise
    assert done is not None  # noqa: S101
    return done


def _replaced(
    connection: Connection, unit: Unit, source: Path, kept: Path | None, forgot: bool
) -> Restored:
    raised = _raised_revision(connection)
    waits = forgot or _waits(connection)
    # The rules come back before the transaction ends; nobody ever sees the store without them.
    triggers = sqlite_rules()
    for name in triggers:
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
    merge(connection)
    connection.execute(update(revision).values(value=raised))
    if waits:
        connection.execute(
            update(settings).where(settings.c.restored_at.is_(None)).values(restored_at=unit.now)
        )
    for statement in triggers.values():
        connection.exec_driver_sql(statement)
    carried, connected = _carry_over(connection, unit, raised)
    gone, people = _gone(connection), _people(connection)
    for workspace in unit.workspaces.all():
        _audit(
            unit,
            workspace.id,
            Action.STORE_RESTORED,
            workspace.slug,
            workspace.name,
            raised,
            file=source.name,
            kept=None if kept is None else kept.name,
            carried_over=sum(touched.workspace == workspace.slug for touched in carried),
            gone=sum(touched.workspace == workspace.slug for touched in gone),
        )
    if connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
        raise Invalid("file", "The copy's rows do not fit together. Use another one.")
    return Restored(
        len(carried),
        len(gone),
        waiting=unit.settings.waits(),
        moved_to=None,
        kept=kept,
        keys=tuple(carried),
        gone_keys=tuple(gone),
        connections=tuple(connected),
        people=tuple(people),
    )


_FORKED = """
SELECT 1 FROM main.people m JOIN copy.people c USING (id)
WHERE m.email_folded <> c.email_folded OR m.workspace_id <> c.workspace_id
UNION ALL
SELECT 1 FROM main.workspaces m JOIN copy.workspaces c USING (id) WHERE m.slug <> c.slug
LIMIT 1
"""


def _check_of_one_store(connection: Connection) -> None:
    same = "SELECT 1 FROM settings s JOIN copy.settings c USING (created_at, prefix)"
    if connection.execute(text(same)).first() is None:
        raise Invalid("file", "That is a copy of another store. Restore it at another address.")
    if connection.execute(text(_FORKED)).first() is not None:
        raise Invalid(
            "file",
            "That copy went another way than this store: it gave an id to somebody else. Restore "
            "it at another address, or move this store away first.",
        )


def _raised_revision(connection: Connection) -> int:
    query = text("SELECT max(r.value, c.value) + 1 FROM revision r, copy.revision c")
    return int(connection.execute(query).scalar_one())


# A key that the replaced store never knew, though the copy is not from after it: from before what
# restores removed was written down, or of a store that went its own way.
_UNHEARD_OF = """
SELECT 1 FROM copy.{0} c WHERE c.id NOT IN (SELECT id FROM replaced.{0})
AND NOT EXISTS (SELECT 1 FROM replaced.tombstones
                WHERE of_table = '{0}' AND row_key = json_array(c.id))
LIMIT 1
"""


def _waits(connection: Connection) -> bool:
    """Return whether the replaced store cannot know what became of all that the copy holds."""
    newer = "SELECT 1 FROM copy.revision c JOIN replaced.revision r ON c.value > r.value"
    asked = [newer, *(_UNHEARD_OF.format(table) for table in ("keys", "connections"))]
    return any(connection.execute(text(statement)).first() is not None for statement in asked)


def _carry_over(
    connection: Connection, unit: Unit, raised: int
) -> tuple[list[Touched], list[Touched]]:
    """Tell of the keys and connections that are not as in the copy, and return them."""
    slugs = {workspace.id: workspace.slug for workspace in unit.workspaces.all()}
    found = []
    for table, action in (
        (keys, Action.KEY_CARRIED_OVER),
        (connections, Action.CONNECTION_CARRIED_OVER),
    ):
        told = [name for name in HOW if name in RULES[table.name].told]
        columns = ", ".join(f"m.{name} IS NOT c.{name} AS {name}" for name in told)
        touched = []
        for row in changed(connection, table, f"m.workspace_id, m.id, m.name, {columns}"):
            how = tuple(HOW[name] for name in told if row[name])
            connection.execute(
                update(table)
                .where(table.c.workspace_id == row["workspace_id"], table.c.id == row["id"])
                .values(revision=raised)
            )
            _audit(
                unit,
                row["workspace_id"],
                action,
                row["id"],
                row["name"],
                raised,
                still=list(how),
            )
            touched.append(Touched(slugs[row["workspace_id"]], row["id"], row["name"], how))
        found.append(touched)
    return found[0], found[1]


def _gone(connection: Connection) -> list[Touched]:
    query = (
        "SELECT w.slug, k.id, k.name FROM replaced.keys k"
        " JOIN replaced.workspaces w ON w.id = k.workspace_id"
        " WHERE k.id NOT IN (SELECT id FROM main.keys) ORDER BY w.slug, k.name_folded, k.id"
    )
    return [Touched(*row) for row in connection.execute(text(query))]


def _people(connection: Connection) -> list[Touched]:
    query = (
        "SELECT w.slug, p.id, p.email, m.role FROM copy.memberships c"
        " JOIN main.workspaces w ON w.id = c.workspace_id JOIN main.people p ON p.id = c.person_id"
        " LEFT JOIN main.memberships m"
        " ON m.workspace_id = c.workspace_id AND m.person_id = c.person_id"
        " WHERE m.role IS NOT c.role ORDER BY w.slug, p.email_folded"
    )
    return [
        Touched(slug, str(person_id), email, ("left" if role is None else "role",))
        for slug, person_id, email, role in connection.execute(text(query))
    ]


def _audit(
    unit: Unit,
    workspace_id: Any,
    action: Action,
    subject: Any,
    name: Any,
    raised: int,
    **details: Any,
) -> None:
    unit.audit.append(
        workspace_id,
        at=unit.now,
        actor_id=None,
        actor=OPERATOR,
        action=action,
        told=(Told(subject, name, details),),
        revision=raised,
    )


def _replace_file(path: Path, copy: Path, now: int, mark: HighWaterMark) -> Restored:
    with (
        closing(Database(f"sqlite:///{copy.absolute()}")) as database,
        database.writing() as connection,
    ):
        ours = Settings(connection)
        # No number that was given out before is given out again.
        ours.raise_revision(max(ours.revision(), mark.highest().revision))
        connection.execute(update(settings).values(restored_at=now, moved_to=None))
        used_up = [table for table, judged in judged_tables() if judged.used_up]
        for table in (*PASSING, *reversed(used_up)):
            connection.execute(delete(table))
        void(connection)
    moved_to = _moved_aside(path)
    sync(copy)
    os.link(copy, path)
    sync(path.absolute().parent)
    return Restored(0, 0, waiting=True, moved_to=moved_to, kept=moved_to)


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
