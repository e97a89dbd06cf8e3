"""A folder that is in memory, for what is not about disks."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_MEMORY = Path("/dev/shm")  # noqa: S108
_ROOM = 2 << 30
"""Bytes: what a run of everything takes of it is a tenth of that."""


@contextmanager
def in_memory() -> Iterator[Path]:
    """Give a folder in memory, where the machine has one with room.

    Making a database copies three hundred files, and most tests have one made for them.
    """
    try:
        fit = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM
    except OSError:
        fit = False
    with TemporaryDirectory(prefix="keydeck-", dir=_MEMORY if fit else None) as folder:
        yield Path(folder)
