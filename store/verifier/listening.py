"""The sockets a verifier answers on: a port, a file, or what a service manager hands on."""

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from store.errors import CannotListen, Invalid
from store.verifier.internal import Internal
from store.verifier.internal import internal as internal_at
from store.verifier.unix_socket import UNIX, unix_socket

BACKLOG = 2048
INTERNAL = "internal"
"""What a socket is called that is handed on for the machines that watch."""


@contextmanager
def closing_all(sockets: dict[str, socket.socket]) -> Iterator[dict[str, socket.socket]]:
    """Close sockets, by name, when the block ends."""
    with ExitStack() as until_then:
        for listening in sockets.values():
            until_then.callback(listening.close)
        yield sockets


@contextmanager
def listening_at(
    host: str, port: int, unix: Path | None, inherited: dict[str, socket.socket]
) -> Iterator[tuple[socket.socket, str]]:
    """Listen where keys are presented, until the block ends; give the address of it, too.

    `inherited` are the sockets that a service manager handed on. Raises Invalid for what cannot go
    together, CannotListen for what cannot be had.
    """
    handed = [found for name, found in inherited.items() if name != INTERNAL]
    if len(handed) > 1:
        raise Invalid("port", f"{len(handed)} sockets were handed on. keydeck answers on one.")
    if handed and unix is not None:
        raise Invalid("unix", "A socket was handed on. Leave --unix out.")
    if handed:
        yield handed[0], _address_of(handed[0])
    elif unix is not None:
        with unix_socket(unix, "--unix", BACKLOG) as listening:
            yield listening, _address_of(listening)
    else:
        with bind(host, port) as listening:
            yield listening, _address(host, listening)


@contextmanager
def watched_at(
    internal: str | None, inherited: dict[str, socket.socket]
) -> Iterator[Internal | None]:
    """Listen where machines watch, where that is somewhere else. Raises as `internal` does."""
    handed = inherited.get(INTERNAL)
    if handed is None:
        with internal_at(internal, bind) as watched:
            yield watched
    elif internal is not None:
        raise Invalid("internal", "A socket of that name was handed on. Leave --internal out.")
    else:
        yield Internal(handed, _address_of(handed))


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address.

    Raises Invalid for a port that cannot be, CannotListen for one that cannot be had.
    """
    if not 0 <= port <= 65535:
        # getaddrinfo would take its last 16 bits, and we would listen somewhere else.
        raise Invalid("port", "Choose a port from 0 to 65535.")
    place = f"{_bracketed(host)}:{port}"
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise CannotListen(place, "there is no such address on this machine") from None
    try:
        # Without it a restart would have to wait for old connections to be forgotten.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
        listening.setblocking(False)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise CannotListen(place, "another program is using this port") from None
        raise CannotListen(place, (error.strerror or str(error)).lower()) from None
    return listening


def _address_of(listening: socket.socket) -> str:
    name = listening.getsockname()
    if listening.family == getattr(socket, "AF_UNIX", None):
        # An abstract one of Linux begins with a zero byte, and is written with an @.
        return UNIX + os.fsdecode(name).replace("\0", "@")
    return _address(name[0], listening)


def _address(host: str, listening: socket.socket) -> str:
    return f"http://{_bracketed(host)}:{listening.getsockname()[1]}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
