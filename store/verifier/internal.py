"""A socket for the machines that watch: a port of its own, or a file only some may open."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from store.errors import CannotListen, Invalid
from store.verifier.unix_socket import UNIX, unix_socket

BACKLOG = 64
_OPTION = "--internal"
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
    if text.startswith(UNIX):
        path = Path(text.removeprefix(UNIX))
        with unix_socket(path, _OPTION, BACKLOG) as listening:
            yield Internal(listening, f"{UNIX}{path.absolute()}")
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
        raise CannotListen(error.place, error.reason, _OPTION) from None
    with bound as listening:
        yield Internal(listening, f"http://{host}:{listening.getsockname()[1]}")
