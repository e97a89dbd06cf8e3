"""Two servers that differ in nothing but who reads HTTP: ours, and h11."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.house import House, moved_in
from tests.verifier.serving import serving
from tests.wire.side import Side

# Everything else is the worker's own: its application, its store, its settings. One rule of ours is
# no parser's: an answer that is complete before its request is ends the connection (RFC 9112 9.6).
# h11 knows whether it is, and closes where an answer says so.
_READ_BY_H11 = """
import h11
from store.verifier import worker
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

class Cycle(RequestResponseCycle):
    async def send(self, message):
        if message["type"] == "http.response.start" and self.conn.their_state is h11.SEND_BODY:
            message["headers"] = [*message["headers"], (b"connection", b"close")]
        await super().send(message)

import uvicorn.protocols.http.h11_impl
uvicorn.protocols.http.h11_impl.RequestResponseCycle = Cycle
worker.HttpProtocol = H11Protocol
"""
PROXY = "127.0.0.1"
"""Whose word on a client's address is believed."""


class Keys(NamedTuple):
    """Key strings, good on both sides."""

    writer: str
    """May read and write events."""
    reader: str
    """May read them."""
    trailing: str
    """As the writer, but presented only where no key may be."""
    prober: str


class Stand(NamedTuple):
    """Both sides."""

    ours: Side
    theirs: Side
    keys: Keys


@contextmanager
def stand(pattern: House, folder: Path) -> Iterator[Stand]:
    """Serve two copies of a house that nobody has open, with the same keys."""
    first = _folder(folder, "keys")
    house = moved_in(pattern, first)
    both = "events:read events:write"
    issued = {
        name: house.create(name, granted)
        for name, granted in (
            ("writer", both),
            ("reader", "events:read"),
            ("trailing", both),
            ("prober", "events:write"),
        )
    }
    keys = Keys(**{name: one.secret.reveal() for name, one in issued.items()})
    house.store.close()
    with ExitStack() as stack:
        ours, theirs = (
            stack.enter_context(_side(house, _folder(folder, name), keys, prelude))
            for name, prelude in (("ours", ""), ("theirs", _READ_BY_H11))
        )
        yield Stand(ours, theirs, keys)


@contextmanager
def _side(house: House, folder: Path, keys: Keys, prelude: str) -> Iterator[Side]:
    copy = moved_in(house, folder)
    with (
        closing(copy.store),
        serving(copy, folder / "stderr", proxies=[PROXY], prelude=prelude) as server,
        closing(Side(copy, server, keys.prober)) as side,
    ):
        yield side


def _folder(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made
