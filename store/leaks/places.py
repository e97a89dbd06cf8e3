"""Where one looks for keys: standard input, files, folders, and the history of a repository.

Whatever cannot be read is told to `unread` and passed over: what can be is looked at all the same.
"""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from store.leaks.finding import Finder
from store.secrets import Secret

CHUNK = 4 * 2**20
"""Bytes that are looked at together: a file may be larger than memory."""
_OVERLAP = 256
"""Bytes seen again with the next chunk: more than a key is long."""

Unread = Callable[[str, str], None]
"""Takes a place that could not be read, and why."""


class Sighting(NamedTuple):
    """A key, and the place where it stands: `src/config.py:12`."""

    place: str
    key: Secret


def in_stream(stream: BinaryIO, name: str, find: Finder) -> Iterator[Sighting]:
    """Find keys in what a stream holds, with the lines on which they stand. Raises OSError."""
    kept, line, seen = b"", 1, 0
    while chunk := stream.read(CHUNK):
        data = kept + chunk
        for found in find(data):
            # What lies wholly in the overlap was told before.
            if found.at + len(found.key.reveal()) > seen:
                at_line = line + data.count(b"\n", 0, found.at)
                yield Sighting(f"{name}:{at_line}", found.key)
        kept = data[-_OVERLAP:]
        line += data.count(b"\n", 0, len(data) - len(kept))
        seen = len(kept)


def in_path(path: Path, find: Finder, unread: Unread) -> Iterator[Sighting]:
    """Find keys in a file, or in every file below a folder but those of version control."""
    for file in _files(path, unread):
        try:
            # A pipe among them would be waited for.
            with open(os.open(file, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0) as stream:
                if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                    yield from in_stream(stream, printable(file), find)
        except OSError as error:
            unread(printable(file), error.strerror or "it cannot be read")


def printable(path: str | Path) -> str:
    """Return a path as text that can be printed and stored: names of files are any bytes."""
    return os.fsencode(path).decode("utf-8", "replace")


def _files(path: Path, unread: Unread) -> Iterator[str]:
    if not path.is_dir():
        yield str(path)
        return

    def failed(error: OSError) -> None:
        unread(printable(error.filename), error.strerror or "it cannot be read")

    for folder, folders, files in os.walk(path, onerror=failed):
        # Packed, so that nothing is found there; `--git` looks inside.
        folders[:] = sorted(one for one in folders if one != ".git")
        for name in sorted(files):
            file = os.path.join(folder, name)
            if not os.path.islink(file):
                yield file
