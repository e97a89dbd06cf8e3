"""Where one looks for keys: standard input, files, folders, and the history of a repository.

Whatever cannot be looked at is told to `unread` and passed over: what can be is looked at all the
same. What is packed hides what it holds, so it counts as not looked at.
"""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from store.domain.key_string import Secret
from store.domain.leaks.finding import LONGEST, Finder

CHUNK = 4 * 2**20
"""Bytes that are looked at together: a file may be larger than memory."""
_OVERLAP = LONGEST
"""Bytes seen again with the next chunk: more than a key is long."""
_PACKED = "it is packed, and what is in it was not looked at"
_HIDING = {
    **dict.fromkeys(
        (
            b"\x1f\x8b",
            b"\x1f\x9d",
            b"\x1f\xa0",
            b"BZh",
            b"\xfd7zXZ\0",
            b"(\xb5/\xfd",
            b"\x04\x22\x4d\x18",
            b"7z\xbc\xaf\x27\x1c",
            b"Rar!\x1a\x07",
            b"LZIP",
            b"PK\x03\x04",
            b"PK\x05\x06",
            b"PK\x07\x08",
            b"\x89LZO",
        ),
        _PACKED,
    ),
    b"version https://git-lfs.github.com/spec/": "Git LFS keeps what belongs there elsewhere",
}
"""How files begin whose bytes do not show what they hold, and what is said of them."""

Unread = Callable[[str, str], None]
"""Takes a place that could not be looked at, and why."""


class Stream(Protocol):
    """What bytes are read from."""

    def read(self, most: int, /) -> bytes | None:
        """Return the next bytes, none at the end."""


class Sighting(NamedTuple):
    """A key, and the place where it stands: `src/config.py:12`."""

    place: str
    key: Secret


def in_stream(stream: Stream, name: str, find: Finder, unread: Unread) -> Iterator[Sighting]:
    """Find keys in what a stream holds, with the lines on which they stand. Raises OSError."""
    kept, line, seen, begun = b"", 1, 0, False
    while chunk := stream.read(CHUNK):
        if not begun and (why := hiding(chunk)):
            unread(name, why)
        begun, data = True, kept + chunk
        for found in find(data):
            # What lies wholly in the overlap was told before.
            if found.end > seen:
                at_line = line + data.count(b"\n", 0, found.at)
                yield Sighting(f"{name}:{at_line}", found.key)
        kept = data[-_OVERLAP:]
        line += data.count(b"\n", 0, len(data) - len(kept))
        seen = len(kept)


def hiding(beginning: bytes) -> str | None:
    """Return why what begins like this does not show what it holds; None where it does."""
    return next((why for mark, why in _HIDING.items() if beginning.startswith(mark)), None)


def in_path(
    path: Path, find: Finder, unread: Unread, history: Callable[[str], None] | None = None
) -> Iterator[Sighting]:
    """Find keys in a file, or in every file below a folder but those of version control.

    `history` takes each folder of version control that was passed over.
    """
    try:
        named = os.path.realpath(path, strict=True)
        whole = stat.S_ISDIR(os.stat(named).st_mode)
    except (OSError, ValueError) as error:
        unread(printable(path), _reason(error))
        return
    if not whole:
        # Somebody named it, so a pipe is waited for.
        yield from _in_file(str(path), find, unread)
        return
    for file in _files(path, unread, history):
        link = os.path.islink(file)
        if not link:
            yield from _in_file(file, find, unread, waits=False)
        elif trouble := _elsewhere(file, named):
            unread(printable(file), trouble)


def _in_file(file: str, find: Finder, unread: Unread, *, waits: bool = True) -> Iterator[Sighting]:
    try:
        flags = os.O_RDONLY | (0 if waits else os.O_NONBLOCK)
        with open(os.open(file, flags), "rb", buffering=0) as stream:
            # In pipes and devices of a folder nothing lies.
            if waits or stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                yield from in_stream(stream, printable(file), find, unread)
    except (OSError, ValueError) as error:
        # A socket cannot even be opened.
        if waits or not stat.S_ISSOCK(_mode(file)):
            unread(printable(file), _reason(error))


def _elsewhere(link: str, folder: str) -> str | None:
    """Return why what a link leads to was not looked at; None where it was, or is nothing."""
    try:
        target = os.path.realpath(link, strict=True)
    except FileNotFoundError:
        return None
    except OSError as error:
        return _reason(error)
    inside = target == folder or target.startswith(f"{folder.rstrip(os.sep)}{os.sep}")
    hidden = ".git" in os.path.relpath(target, folder).split(os.sep)
    return None if inside and not hidden else "it is a link that leads elsewhere"


def printable(path: str | Path) -> str:
    """Return a path as text that can be printed and stored: names of files are any bytes."""
    return os.fsencode(path).decode("utf-8", "replace")


def _files(path: Path, unread: Unread, history: Callable[[str], None] | None) -> Iterator[str]:
    def failed(error: OSError) -> None:
        unread(printable(error.filename), _reason(error))

    for folder, folders, files in os.walk(path, onerror=failed):
        if ".git" in folders and history is not None:
            history(printable(folder))
        # Packed, so that nothing is found there; `--git` looks inside.
        folders[:] = sorted(name for name in folders if name != ".git")
        linked = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        yield from (os.path.join(folder, name) for name in sorted([*files, *linked]))


def _mode(file: str) -> int:
    try:
        return os.stat(file).st_mode
    except OSError:
        return 0


def _reason(error: OSError | ValueError) -> str:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return reason or "it cannot be read"
