"""A socket for the machines that watch: a port of its own, or a file only some may open."""

import os
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from store.errors import CannotListen, Invalid

BACKLOG = 64
MODE = 0o660
"""Of the file: its owner's and its group's."""
_UNIX = "unix:"
_WRITE = "Write HOST:PORT, such as 127.0.0.1:9090, or unix:/run/keydeck/internal.sock."

Bind = Callable[[str, int], socket.socket]


class Internal(NamedTuple):
    """Where the machines that watch are answered."""

    socket: socket.socket
    address: str
    """`http://127.0.0.1:9090` or `unix:/run/keydeck/internal.sock`."""


@contextmanager
def internal(text: str | None, bind: Bind) -> Iterator[Internal | None]:
    """Listen at an address as long as the block runs, None where there is none to listen at.

    `bind` listens at a host and a port. A file is taken away at the end. Raises Invalid for what is
    no address, CannotListen for one that cannot be had.
    """
    if text is None:
        yield None
        return
    if text.startswith(_UNIX):
        with _file(Path(text.removeprefix(_UNIX))) as found:
            yield found
        return
    host, colon, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    if not colon or not bare or not (port.isascii() and port.isdecimal()) or len(port) > 5:
        raise Invalid("internal", f"“{text}” is no address. {_WRITE}")
    if ":" in bare and bare == host:
        raise Invalid("internal", f"An IPv6 address stands in brackets: [{bare}]:{port}.")
    try:
        bound = bind(bare, int(port))
    except CannotListen as error:
        raise _cannot_listen(error.place, error.reason) from None
    with bound as listening:
        yield Internal(listening, f"http://{host}:{listening.getsockname()[1]}")


@contextmanager
def _file(path: Path) -> Iterator[Internal]:
    if not path.name:
        raise Invalid("internal", f"“{_UNIX}” names no file. {_WRITE}")
    if not hasattr(socket, "AF_UNIX"):
        raise Invalid("internal", "This system has no such sockets. Write HOST:PORT.")
    path = path.absolute()
    address = f"{_UNIX}{path}"
    _clear(path)
    # From its first instant on it is nobody else's: a mode that is set later comes too late.
    before = os.umask(0o777 & ~MODE)
    try:
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listening.bind(str(path))
        except OSError as error:
            listening.close()
            raise _cannot_listen(address, _why(error)) from None
    finally:
        os.umask(before)
    mine = path.stat()
    try:
        listening.listen(BACKLOG)
        listening.setblocking(False)
        yield Internal(listening, address)
    finally:
        listening.close()
        # Another may have taken the place of one that was taken away.
        with suppress(OSError):
            if os.path.samestat(path.lstat(), mine):
                path.unlink()


def _clear(path: Path) -> None:
    """Take away a socket that a verifier left behind when it was killed."""
    try:
        found = path.lstat()
    except OSError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise _cannot_listen(f"{_UNIX}{path}", "something else is there")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked:
        asked.settimeout(1)
        try:
            asked.connect(str(path))
        except ConnectionRefusedError:
            with suppress(FileNotFoundError):
                path.unlink()
            return
        except OSError as error:
            raise _cannot_listen(f"{_UNIX}{path}", _why(error)) from None
    raise _cannot_listen(f"{_UNIX}{path}", "another program is using this socket")


def _cannot_listen(place: str, reason: str) -> CannotListen:
    return CannotListen(place, reason, "--internal")


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
