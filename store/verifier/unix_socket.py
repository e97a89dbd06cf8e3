"""A socket that is a file only some may open."""

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from store.errors import CannotListen, Invalid

MODE = 0o660
"""Of the file: its owner's and its group's."""
UNIX = "unix:"
"""What its address begins with."""


@contextmanager
def unix_socket(path: Path, option: str, backlog: int) -> Iterator[socket.socket]:
    """Listen at a file as long as the block runs; it is taken away at the end.

    One that a process left behind is taken away first. `option` is how whoever asked is told to say
    it otherwise. Raises Invalid for what names no file, CannotListen for one that cannot be had.
    """
    if not path.name:
        raise Invalid(option.removeprefix("--"), f"“{UNIX}” names no file.")
    if not hasattr(socket, "AF_UNIX"):
        raise Invalid(option.removeprefix("--"), "This system has no such sockets.")
    path = path.absolute()
    _clear(path, option)
    # From its first instant on it is nobody else's: a mode that is set later comes too late.
    before = os.umask(0o777 & ~MODE)
    try:
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listening.bind(str(path))
        except OSError as error:
            listening.close()
            raise CannotListen(f"{UNIX}{path}", _why(error), option) from None
    finally:
        os.umask(before)
    mine = path.stat()
    try:
        listening.listen(backlog)
        listening.setblocking(False)
        yield listening
    finally:
        listening.close()
        # Another may have taken the place of one that was taken away.
        with suppress(OSError):
            if os.path.samestat(path.lstat(), mine):
                path.unlink()


def _clear(path: Path, option: str) -> None:
    """Take away a socket that a process left behind when it was killed."""
    try:
        found = path.lstat()
    except OSError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise CannotListen(f"{UNIX}{path}", "something else is there", option)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked:
        asked.settimeout(1)
        try:
            asked.connect(str(path))
        except ConnectionRefusedError:
            with suppress(FileNotFoundError):
                path.unlink()
            return
        except OSError as error:
            raise CannotListen(f"{UNIX}{path}", _why(error), option) from None
    raise CannotListen(f"{UNIX}{path}", "another program is using this socket", option)


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
