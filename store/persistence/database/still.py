"""A store on a file system that can only be read here.

SQLite needs its `-shm` beside the store to read it. Where somebody has the store open, by another
way to the same files, that is there, and it reads as ever. Where nobody has, it cannot be made:
then the file is opened as one that does not change (SQLite's `immutable`), and looked at before and
after each reading whether that is still so. A `-wal` is what says first that it is not.
"""

import os
import time
from pathlib import Path

from store.system.disk import is_read_only

_TICK_NS = 2_000_000_000
"""What was changed so lately may be changed again, and its time says nothing of that."""

Stamp = tuple[int, ...]


def stamp(path: Path) -> Stamp | None:
    """Return what is another once somebody has changed a store that nobody has open.

    None where it can be written here, or somebody has it open: then SQLite knows. Where it was
    changed just now, it is another each time.
    """
    if not is_read_only(path.absolute().parent):
        return None
    wal = path.with_name(f"{path.name}-wal")
    try:
        # In this order: whoever changes the file has made the log before.
        found = os.stat(path)
        if os.path.lexists(wal):
            return None
    except OSError:
        return None
    lately = time.time_ns() - found.st_mtime_ns < _TICK_NS
    about = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    return (*about, time.monotonic_ns() if lately else 0)


def uri(path: Path) -> str:
    """Return the address by which SQLite opens a file that does not change."""
    return f"{path.absolute().as_uri()}?mode=ro&immutable=1"
