"""What a file system has room for, and whether it can be written at all."""

import errno
import os
import tempfile
from pathlib import Path

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_read_only(folder: Path) -> bool:
    """Return whether a folder is on a file system that nobody may write here."""
    try:
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def room(folder: Path) -> int:
    """Return how many bytes this account may yet write there; where that is unknown, 0."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return 0
    blocks = found.f_bfree if os.geteuid() == 0 else found.f_bavail
    return blocks * found.f_frsize


def takes(folder: Path, size: int) -> bool:
    """Return whether a file of so many bytes can be written there: no quota or limit is in the way.

    Also where it fails for another reason, which is not one of room.
    """
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(size))
            file.flush()
    except OSError as error:
        return error.errno not in _NO_ROOM
    return True
