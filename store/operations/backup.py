"""Copying a store while it is in use. A store's files must not be copied as files."""

import os
import secrets
import shutil
from contextlib import closing
from pathlib import Path

from store.errors import (
    Invalid,
    NoRoom,
    NotAFile,
    StoreBusy,
    StoreDamaged,
    StoreUnreachable,
)
from store.operations.open import default_url
from store.persistence.database import Database, sqlite_library, unusable
from store.persistence.database.limits import BUSY_TIMEOUT_MS
from store.persistence.database.still import stamp, uri
from store.persistence.migrations import run

_PG_DUMP = (
    "Back it up with pg_dump, which copies it as it stands at one instant: "
    "pg_dump --format=custom --file=keydeck.dump DATABASE."
)


def back_up(url: str | None, target: Path) -> None:
    """Copy a store to a new file of mode 0600, as it stands at one instant.

    By SQLite's online backup: readers and writers go on. The copy gets its name once it is
    complete, checked and on the disk; whatever fails before leaves nothing. The pepper is not in
    it: without it no key of the copy can be verified.

    Raises Invalid for a file that exists or a folder that cannot be written, StoreMissing,
    NotAStore, StoreTooNew, StoreUnfinished, StoreBusy, StoreDamaged, StoreUnreachable, or NotAFile
    for a store on PostgreSQL.
    """
    with closing(Database(url or default_url())) as database:
        if not database.on_sqlite:
            raise NotAFile(_PG_DUMP)
        with database.reading() as connection:
            run.check_readable(run.version(connection), database.place)
    if target.exists() or target.is_symlink():
        raise Invalid("file", f"{target} exists already. Name a new file.")
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Invalid("file", f"{target} cannot be written: {reason}.") from None
    try:
        copy_pages(database.path, unfinished)
        sync(unfinished)
        # Unlike a rename, a link refuses a name that was taken meanwhile.
        os.link(unfinished, target)
        sync(target.absolute().parent)
    except FileExistsError:
        raise Invalid("file", f"{target} exists already. Name a new file.") from None
    except OSError as error:
        raise StoreUnreachable((error.strerror or str(error)).lower()) from None
    finally:
        unfinished.unlink(missing_ok=True)


def keep_beside(path: Path, what: str) -> Path:
    """Keep a copy of a store beside it, of mode 0600, and return its name.

    `what` says what it is a copy of, as a part of the name. It is kept as it is found, whole or
    not. Raises NoRoom where the disk is too full for it, StoreBusy or StoreUnreachable.
    """
    kept = path.with_name(f"{path.name}.{what}-{secrets.token_hex(4)}")
    _check_room(path, kept)
    try:
        os.close(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        copy_pages(path, kept, checked=False)
        sync(kept)
        sync(kept.absolute().parent)
    except OSError as error:
        kept.unlink(missing_ok=True)
        raise StoreUnreachable((error.strerror or str(error)).lower()) from None
    except BaseException:
        kept.unlink(missing_ok=True)
        raise
    return kept


def _check_room(path: Path, kept: Path) -> None:
    needed = sum(
        found.stat().st_size
        for ending in ("", "-wal")
        if (found := path.with_name(path.name + ending)).exists()
    )
    if shutil.disk_usage(path.absolute().parent).free < needed:
        raise NoRoom(str(kept), needed)


def copy_pages(source_path: Path, target_path: Path, *, checked: bool = True) -> None:
    """Copy a database into an empty file as it stands at one instant; the source stays as it is.

    Raises StoreDamaged for one that is not whole, if that is `checked`, NoRoom, StoreBusy or
    StoreUnreachable.
    """
    library = sqlite_library()
    still = stamp(source_path)
    address = uri(source_path) if still else f"{source_path.absolute().as_uri()}?mode=ro"
    try:
        with (
            closing(library.connect(address, uri=True)) as source,
            closing(library.connect(target_path)) as target,
        ):
            source.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
            source.backup(target)
            # One file, with nothing beside it.
            target.execute("PRAGMA journal_mode = DELETE")
            query = "PRAGMA integrity_check" if checked else "SELECT 'ok'"
            found = [row[0] for row in target.execute(query)]
    except library.Error as error:
        if "disk is full" in str(error):
            raise NoRoom(str(target_path), source_path.stat().st_size) from None
        raise unusable(error, source_path) from None
    if still and (stamp(source_path) or (0,))[:-1] != still[:-1]:
        raise StoreBusy
    if found != ["ok"]:
        raise StoreDamaged(str(source_path), found[0])


def sync(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on the disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
