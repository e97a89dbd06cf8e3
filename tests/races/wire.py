"""The smallest client there is: one connection, one request at a time, its verdict."""

import re
import socket
import time
from contextlib import suppress
from typing import NamedTuple

_STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_CODE = re.compile(rb'"code":"([a-z_]+)"')


class Said(NamedTuple):
    """An answer: its status, and the code of a problem."""

    status: int
    code: str


VALID = Said(200, "")
REVOKED = Said(401, "revoked")
EXPIRED = Said(401, "expired")
SCOPE = Said(403, "scope")
PLAN = Said(403, "plan")


_IDLE_S = 3.0
"""Servers hang up on who says nothing for five seconds, which a busy machine may take."""


class Wire:
    """One connection to one worker, which stays the same worker for as long as it is open."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._address = host, port
        self._open()

    def _open(self) -> None:
        self._socket = socket.create_connection(self._address, timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._used = time.monotonic()
        self._asked, self._answered = b"", False

    def ask(self, key: str, path: str = "/verify") -> Said:
        """Send a request and wait for its answer. Raises OSError when the line is cut."""
        self.send(key, path)
        return self.answer()

    def send(self, key: str, path: str = "/verify") -> None:
        """Send a request whose answer is waited for later."""
        if time.monotonic() - self._used > _IDLE_S:
            self.close()
            self._open()
        asked = f"GET /api/v1{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n"
        self._asked = asked.encode()
        with suppress(BrokenPipeError, ConnectionResetError):
            self._socket.sendall(self._asked)

    def answer(self) -> Said:
        """Wait for the answer to what was sent."""
        answer = self._first()
        while b"\r\n\r\n" not in answer:
            answer += self._more()
        head, _, body = answer.partition(b"\r\n\r\n")
        status, length = _STATUS.match(head), _LENGTH.search(head)
        assert status, head
        assert length, head
        while len(body) < int(length[1]):
            body += self._more()
        self._used, self._answered = time.monotonic(), True
        code = _CODE.search(body)
        return Said(int(status[1]), "" if code is None else code[1].decode())

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _first(self) -> bytes:
        """Return the first of an answer.

        A server that is late to look may hang up on what was sent just before: RFC 9112 9.3.1 has
        it sent once more.
        """
        with suppress(ConnectionResetError):
            return self._more()
        if not self._answered:
            raise ConnectionResetError("the server hung up on a new line")
        asked = self._asked
        self.close()
        self._open()
        self._socket.sendall(asked)
        return self._more()

    def _more(self) -> bytes:
        block = self._socket.recv(65536)
        if not block:
            raise ConnectionResetError("the server hung up")
        return block
