"""In the place of an API while its proxy is looked at: it tells what reached it."""

import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import h11

from console.recipes import Address
from store.errors import Invalid

MARK = "Keydeck-Check"
"""A header of ours: by its value a request is known again where it arrives."""
PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Arrived:
    """A request as it reached the API."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    """By name as they were written, in their order."""
    body: bytes

    def all(self, name: str) -> list[str]:
        """Return each value of a header."""
        return [value for header, value in self.headers if header.lower() == name]


@dataclass
class StandIn:
    """What arrived, by its mark."""

    _arrived: dict[str, Arrived] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, mark: str) -> Arrived | None:
        """Return what arrived with a mark, once."""
        with self._lock:
            return self._arrived.pop(mark, None)

    def answer(self, wire: socket.socket) -> None:
        """Answer one request on a connection, and end it."""
        wire.settimeout(PATIENCE_S)
        connection = h11.Connection(h11.SERVER)
        with suppress(OSError, h11.RemoteProtocolError):
            arrived = _received(wire, connection)
            if arrived is None:
                return
            with self._lock:
                for mark in arrived.all(MARK.lower()):
                    self._arrived[mark] = arrived
            headers = [("Content-Length", "0"), ("Connection", "close")]
            wire.sendall(connection.send(h11.Response(status_code=200, headers=headers)) or b"")
            wire.sendall(connection.send(h11.EndOfMessage()) or b"")


def marked() -> str:
    """Return a mark that no other request has."""
    return secrets.token_hex(8)


@contextmanager
def standing_in(place: Address) -> Iterator[StandIn]:
    """Answer at a place as long as the block runs. Raises Invalid where that is taken."""
    try:
        family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
        listening = socket.create_server((place.host, place.port), family=family)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Invalid(
            "as-api",
            f"{place} cannot be listened on: {reason}. Stop your API while its proxy is looked at.",
        ) from None
    stand_in = StandIn()
    thread = threading.Thread(target=_accept, args=(listening, stand_in), daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(PATIENCE_S)


def _accept(listening: socket.socket, stand_in: StandIn) -> None:
    with suppress(OSError):
        while True:
            wire, _ = listening.accept()
            threading.Thread(target=_answered, args=(wire, stand_in), daemon=True).start()


def _answered(wire: socket.socket, stand_in: StandIn) -> None:
    with wire:
        stand_in.answer(wire)


def _received(wire: socket.socket, connection: h11.Connection) -> Arrived | None:
    request, body = None, b""
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            read = wire.recv(65536)
            if not read and request is None:
                return None
            connection.receive_data(read)
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage) and request is not None:
            headers = tuple(
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in request.headers.raw_items()
            )
            target, method = request.target.decode("latin-1"), request.method.decode("ascii")
            return Arrived(method, target, headers, body)
        else:
            return None
