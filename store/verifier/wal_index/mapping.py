"""The header of the wal-index that this process has open, seen through a mapping of its own.

What is opened here is never closed while the process lives: with the first close of a file, POSIX
drops every lock that the process has on it, those of SQLite's connections included.
"""

import mmap
import os
import sys
import threading
from pathlib import Path

from store.verifier.wal_index.conditions import NoHeader, check_machine, check_mount

_COPY = 48
"""Bytes of a header; there are two, one behind the other (SQLite's "WAL-Index Format")."""
_VERSION = (3007000).to_bytes(4, sys.byteorder)
_INITIALISED = 12
"""Where a header says whether it is one yet."""
_OWN_FDS = "/proc/self/fd"
# What is opened, and the copy of it that Python keeps with the mapping.
_FDS_HELD = 2

_mapped: dict[tuple[int, int], mmap.mmap] = {}
_fds: list[int] = []
_mapping = threading.Lock()


class WalIndex:
    """The header of one wal-index, for as long as one connection to its store is open."""

    def __init__(self, mapped: mmap.mmap, path: Path, identity: tuple[int, int]) -> None:
        self.path = path
        self.identity = identity
        """Of the file, as `os.stat` has it: another one at its path is another wal-index."""
        # Of all that Python has for it this is the fastest: 96 bytes in some 40 ns.
        self.both = memoryview(mapped).cast("B")[: 2 * _COPY].tobytes
        """Returns both copies as they are now."""

    def published(self) -> bytes | None:
        """Return both copies where they are equal, None while they are being written."""
        both = self.both()
        copy = both[:_COPY]
        whole = copy == both[_COPY:] and copy[_INITIALISED] == 1
        return both if whole else None

    def still_there(self) -> bool:
        """Return whether it still is the file at its path."""
        return _identity(self.path) == self.identity


def wal_index_of(store: Path) -> WalIndex:
    """Map the wal-index of a store that this process has open and has read.

    Raises NoHeader where there is none that may be relied on.
    """
    check_machine()
    # SQLite keeps it beside the file that links lead to.
    store = store.resolve()
    check_mount(store)
    path = store.with_name(f"{store.name}-shm")
    identity = _identity(path)
    if identity is None:
        raise NoHeader("the store has no wal-index")
    with _mapping:
        # A connection that has another one open is not told of what is published in this one.
        if _open_here(identity) <= (_FDS_HELD if identity in _mapped else 0):
            raise NoHeader("its wal-index is not the one that is open here")
        if identity not in _mapped:
            _map(path, identity)
        found = WalIndex(_mapped[identity], path, identity)
    if not found.both().startswith(_VERSION):
        raise NoHeader("its wal-index is of another version")
    return found


def _map(path: Path, identity: tuple[int, int]) -> None:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        _fds.append(fd)
        opened = os.fstat(fd)
        if (opened.st_dev, opened.st_ino) != identity:
            raise NoHeader("its wal-index was replaced just now")
        _mapped[identity] = mmap.mmap(fd, 2 * _COPY, mmap.MAP_SHARED, mmap.PROT_READ)
    except (OSError, ValueError) as error:
        raise NoHeader(f"its wal-index cannot be mapped: {error}") from None


def _open_here(identity: tuple[int, int]) -> int:
    """Return how many of this process's descriptors are of a file. It opens none of it."""
    try:
        names = os.listdir(_OWN_FDS)
    except OSError:
        raise NoHeader(f"{_OWN_FDS} is not there") from None
    return sum(_identity(Path(_OWN_FDS, name)) == identity for name in names)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
