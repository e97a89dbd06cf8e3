"""One of the two servers that are told the same: what it answers, what it does."""

import socket
import time
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update

from store.persistence.schema import events
from tests.house import House
from tests.verifier.serving import API, PATIENCE_S, Server
from tests.wire.answers import Answer, answers
from tests.wire.kernel import Kernel

STANDING = "ev_standing"
"""The event that is there before anybody asks for one."""
UNTOUCHED = "untouched"
_IDLE_S = 2.0
_HOST = "127.0.0.1"


def stand_by(house: House) -> None:
    """Make the event that stands."""
    with house.store.database.writing() as connection:
        connection.execute(
            insert(events).values(
                id=STANDING,
                workspace_id=house.alice.workspace_id,
                name=UNTOUCHED,
                starts_at=0,
                ends_at=1,
                status="option",
            )
        )


class Heard(NamedTuple):
    """What a server made of what it was sent."""

    answers: list[Answer]
    open: bool
    """Whether it still listened when all was sent and answered."""
    events: list[str]
    """Names of the events it made; where it changed the one that stands, `changed to` its name."""

    @property
    def final(self) -> "Heard":
        """It without what was said before an answer (RFC 9110 15.2)."""
        return self._replace(answers=[one for one in self.answers if one.status >= 200])


class Side:
    """A server on a store of its own."""

    def __init__(self, house: House, server: Server, prober: str) -> None:
        """`prober` is a key with `events:write`."""
        self.house = house
        self.server = server
        self._fencing = (
            f"PATCH {API}/events/ev_nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\n"
            "Content-Type: application/json\r\n"
            f'Authorization: Bearer {prober}\r\n\r\n{{"guests": 1}}'
        ).encode()
        self._kernel = Kernel()
        self._probe: socket.socket | None = None
        self._probed = 0.0
        stand_by(house)

    def close(self) -> None:
        """Let go of what it is asked with."""
        self._kernel.close()
        self._hang_up()

    def hear(self, segments: Sequence[bytes], *, leave: bool = False) -> Heard:
        """Send segments, each when the one before was read and dealt with, and see what comes.

        With `leave` nothing more is sent after that, and it is told so (a half-closed connection).
        """
        with socket.create_connection((_HOST, self.server.port), timeout=PATIENCE_S) as wire:
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ends = wire.getsockname(), wire.getpeername()
            wire.setblocking(False)
            brought, is_open, sent = b"", True, 0
            for segment in segments:
                try:
                    wire.sendall(segment)
                except OSError:
                    break
                sent += len(segment)
                self._wait_until_read(ends, sent)
                self._fence()
            while True:
                more, is_open = _arrived(wire)
                brought += more
                if not more:
                    break
                self._fence()
            if leave and is_open:
                wire.shutdown(socket.SHUT_WR)
                self._fence()
                more, is_open = _arrived(wire)
                brought += more
        return Heard(answers(brought), is_open, self._made())

    def _wait_until_read(self, ends: tuple[tuple[str, int], tuple[str, int]], sent: int) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            read = self._kernel.read_by_peer(*ends)
            if read is None or read >= sent:
                return
            assert time.monotonic() < deadline, f"{read} of {sent} bytes were read"
            time.sleep(0.0002)

    def _fence(self) -> None:
        """Return when all was done that the server had begun before.

        It has one loop and one turn for writes: a write that comes after and is answered (it finds
        nothing, and writes nothing) means that those before it are, too.
        """
        if self._probe is None or time.monotonic() - self._probed > _IDLE_S:
            self._hang_up()
            self._probe = self.server.connect()
            self._probe.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._probe.sendall(self._fencing)
        answer = b""
        while not answer.endswith(b"}\n"):
            more = self._probe.recv(65536)
            assert more, answer
            answer += more
        assert answer.startswith(b"HTTP/1.1 404 "), answer
        self._probed = time.monotonic()

    def _hang_up(self) -> None:
        if self._probe is not None:
            self._probe.close()
            self._probe = None

    def _made(self) -> list[str]:
        """Return what was made, and leave the store as it was before."""
        database = self.house.store.database
        with database.reading() as connection:
            rows = connection.execute(select(events.c.id, events.c.name)).all()
        made = sorted(
            f"changed to {name}" if known == STANDING else name
            for known, name in rows
            if (known, name) != (STANDING, UNTOUCHED)
        )
        if made:
            with database.writing() as connection:
                connection.execute(delete(events).where(events.c.id != STANDING))
                connection.execute(update(events).values(name=UNTOUCHED))
        return made


def _arrived(wire: socket.socket) -> tuple[bytes, bool]:
    """Return what has come, and whether the other end is still there."""
    came = b""
    try:
        while block := wire.recv(65536):
            came += block
    except BlockingIOError:
        return came, True
    except OSError:
        pass
    return came, False
