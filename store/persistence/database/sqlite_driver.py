"""SQLite itself: the one driver, and what each connection of it is set to."""

import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from store.persistence.database import limits


def sqlite_library() -> ModuleType:
    """Return the one SQLite driver every part of keydeck uses: pysqlite3, else Python's own.

    Two SQLite libraries on one file in one process would drop each other's locks.
    """
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        import sqlite3

        return sqlite3
    return dbapi2  # type: ignore[no-any-return]


def identity(path: Path) -> tuple[int, int] | None:
    """Return what tells one file at a path from another, or None where there is none."""
    # stat opens nothing: opening and closing the file here would drop SQLite's locks on it.
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def prepare_sqlite(
    execute: Callable[[str], Any], patience_ms: int = limits.BUSY_TIMEOUT_MS
) -> None:
    """Set the pragmas every keydeck connection to SQLite has; a lock is waited for that long.

    FULL: a revocation that was reported survives a power cut. recursive_triggers: without it
    INSERT OR REPLACE deletes a row past the triggers that refuse to.
    """
    execute(f"PRAGMA busy_timeout = {patience_ms}")
    execute("PRAGMA journal_mode = WAL")
    execute("PRAGMA synchronous = FULL")
    execute("PRAGMA foreign_keys = ON")
    execute("PRAGMA recursive_triggers = ON")
