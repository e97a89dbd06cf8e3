"""Requests as a stranger sends them: each header as often and as oddly as it is given."""

import re
import socket
import ssl
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11

from store.errors import CannotLook, Invalid

PATIENCE_S = 15.0
"""Longer than any recipe waits for a verifier."""
MAX_ANSWER = 1024 * 1024
"""Bytes of an answer's body that are read."""

_VISIBLE = re.compile(r"[!-~]+")
_WRITE = "Write an address such as https://api.example.com/invoices."

Headers = Iterable[tuple[str, str]]


@dataclass(eq=False)
class NoAnswer(CannotLook):
    """A server cannot be reached, or does not speak HTTP."""

    host: str
    reason: str

    def __str__(self) -> str:
        return f"{self.host} cannot be asked: {self.reason}. Check the address and try again."


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    """By name in lower case, in their order."""
    body: bytes = b""

    def all(self, name: str) -> list[str]:
        """Return each value of a header."""
        return [value for header, value in self.headers if header == name]

    def one(self, name: str) -> str:
        """Return the first value of a header, and nothing where there is none."""
        return next(iter(self.all(name)), "")


@dataclass(frozen=True, slots=True)
class Place:
    """An address behind a proxy."""

    tls: bool
    host: str
    port: int
    path: str
    at: str | None = None
    """The one address of the host that is asked; None for whichever answers."""

    @property
    def origin(self) -> str:
        """What addresses there begin with (RFC 6454 4)."""
        return f"{'https' if self.tls else 'http'}://{self.authority}"

    @property
    def authority(self) -> str:
        """The host and the port as `Host` has them (RFC 9110 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"

    def ask(
        self,
        method: str,
        target: str,
        headers: Headers = (),
        body: bytes = b"",
        *,
        version: bytes = b"1.1",
    ) -> Answer:
        """Send one request on a connection of its own, and return the answer. Raises NoAnswer.

        An answer that switches protocols (101) is returned as such, and the connection ends. A
        connection that ends without an answer is a status of 0: some refuse so.
        """
        # A proxy that is told to close goes by the first `Connection` alone, so it is the only one.
        given = list(headers)
        if not any(name.lower() == "connection" for name, _ in given):
            given.append(("Connection", "close"))
        try:
            request = h11.Request(
                method=method,
                target=target,
                headers=[("Host", self.authority), *given, *_length(body, given)],
            )
        except h11.LocalProtocolError:
            raise NoAnswer(self.host, "what it names cannot stand in a request") from None
        try:
            with self.connected() as wire:
                return _exchanged(wire, request, body, version)
        except ssl.SSLCertVerificationError as error:
            raise NoAnswer(
                self.host, f"its certificate is not trusted ({error.verify_message})"
            ) from None
        except (OSError, h11.RemoteProtocolError) as error:
            raise NoAnswer(self.host, reason(error)) from None

    def connected(self) -> socket.socket:
        """Return a connection, with TLS where it is spoken. Raises OSError."""
        wire = socket.create_connection((self.at or self.host, self.port), PATIENCE_S)
        if not self.tls:
            return wire
        try:
            return ssl.create_default_context().wrap_socket(wire, server_hostname=self.host)
        except BaseException:
            wire.close()
            raise


def place(url: str) -> Place:
    """Return an address as it was typed. Raises Invalid."""
    try:
        parts = urlsplit(url)
        port = parts.port
        # What looks a name up encodes it so, and fails where a part is empty or too long.
        (parts.hostname or "").encode("idna")
    except ValueError:
        raise Invalid("url", f"“{url}” is no address. {_WRITE}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not _VISIBLE.fullmatch(url):
        raise Invalid("url", f"“{url}” is no address. {_WRITE}")
    if parts.username is not None or parts.query or parts.fragment:
        raise Invalid("url", f"“{parts.hostname}” is to be asked by its path alone. {_WRITE}")
    tls = parts.scheme == "https"
    path = parts.path.rstrip("/") or ""
    return Place(tls, parts.hostname, port or (443 if tls else 80), path)


def _length(body: bytes, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    if not body or any(name.lower() == "transfer-encoding" for name, _ in headers):
        return []
    return [("Content-Length", str(len(body)))]


def _exchanged(wire: socket.socket, request: h11.Request, body: bytes, version: bytes) -> Answer:
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_ANSWER)
    head = connection.send(request) or b""
    rest = (connection.send(h11.Data(data=body)) or b"") if body else b""
    rest += connection.send(h11.EndOfMessage()) or b""
    # It may be answered before all was sent.
    with suppress(BrokenPipeError, ConnectionResetError):
        wire.sendall(head.replace(b" HTTP/1.1\r\n", b" HTTP/" + version + b"\r\n", 1) + rest)
    return _received(wire, connection)


def _received(wire: socket.socket, connection: h11.Connection) -> Answer:
    answer, body = Answer(0, ()), b""
    # Of the whole answer: one that goes on without an end is none.
    until = time.monotonic() + PATIENCE_S
    while len(body) < MAX_ANSWER:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            wire.settimeout(max(0.001, until - time.monotonic()))
            read = _read(wire)
            if not read and not answer.status:
                return answer
            connection.receive_data(read)
        elif isinstance(event, h11.InformationalResponse):
            if event.status_code == 101:
                return _answer(event)
        elif isinstance(event, h11.Response):
            answer = _answer(event)
        elif isinstance(event, h11.Data):
            body = (body + bytes(event.data))[:MAX_ANSWER]
        else:
            break
    return Answer(answer.status, answer.headers, body)


def _read(wire: socket.socket) -> bytes:
    try:
        return wire.recv(65536)
    except ConnectionResetError:
        return b""


def _answer(event: h11.Response | h11.InformationalResponse) -> Answer:
    return Answer(
        event.status_code,
        tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers),
    )


def reason(error: Exception) -> str:
    """Return why something cannot be asked, as a clause."""
    if isinstance(error, TimeoutError):
        return f"there was no answer in {PATIENCE_S:.0f} seconds"
    if isinstance(error, h11.RemoteProtocolError):
        return "what it answers is not HTTP"
    return (getattr(error, "strerror", None) or str(error)).lower().rstrip(".")
