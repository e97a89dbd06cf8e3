"""One document from the public internet, fetched so that its address can be anybody's.

Section 8.6 of draft-ietf-oauth-client-id-metadata-document-02 and those around it: https alone,
public addresses alone, no redirects, 5 KB, a time. The name is resolved once, each address it has
is looked at, and the connection goes to one of these and not to the name, which might have another
by then. No proxy of the environment is asked: it would resolve for itself.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from socket import SOCK_STREAM, gaierror
from urllib.parse import urlsplit

import h11

from store.domain.client_addresses import checked_address
from store.domain.client_documents.document import LONGEST
from store.domain.public_addresses import is_public
from store.errors import CannotLook

PATIENCE_S = 10.0
"""For everything together, however slowly it trickles in."""
MOST_ADDRESSES = 4
"""Of a name's addresses so many are tried, one after the other."""
HEADERS = 16 * 1024
_READ = 4096

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Of a host and a port, every address."""
Connect = Callable[[str, int, ssl.SSLContext, str], Awaitable[Streams]]
"""To an address and a port, with TLS for a host."""


@dataclass(eq=False)
class NotFetched(CannotLook):
    """A document was not fetched."""

    host: str
    reason: str

    def __str__(self) -> str:
        return f"Nothing was fetched from {self.host}: {self.reason}."


async def resolved(host: str, port: int) -> Sequence[str]:
    """Return every address that this machine's resolver has for a host."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


async def connected(address: str, port: int, tls: ssl.SSLContext, host: str) -> Streams:
    """Connect to an address, which is not looked up, and prove by TLS that a host answers there."""
    return await asyncio.open_connection(address, port, ssl=tls, server_hostname=host)


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Where names lead, how one connects, and whom TLS trusts."""

    resolve: Resolve = resolved
    connect: Connect = connected
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context
    patience_s: float = PATIENCE_S

    async def fetch(self, client_id: str) -> bytes:
        """Return the document at an address. Raises Invalid for the address, or NotFetched."""
        address = urlsplit(checked_address(client_id))
        host, port = address.hostname or "", address.port or 443
        target = address.path + (f"?{address.query}" if address.query else "")
        try:
            async with asyncio.timeout(self.patience_s):
                tls = await asyncio.to_thread(self.tls)
                places = await self._public(host, port)
                async with self._connection(places, port, tls, host) as streams:
                    return await _asked(streams, address.netloc, target)
        except TimeoutError:
            raise NotFetched(host, f"it took longer than {self.patience_s:.0f} s") from None
        except ssl.SSLCertVerificationError as error:
            raise NotFetched(host, f"its certificate is not its own: {_reason(error)}") from None
        except (OSError, EOFError) as error:
            raise NotFetched(host, _reason(error)) from None
        except h11.ProtocolError:
            raise NotFetched(host, "what answered there does not speak HTTP/1.1") from None

    async def _public(self, host: str, port: int) -> Sequence[str]:
        try:
            found = await self.resolve(host, port)
        except (gaierror, UnicodeError):
            raise NotFetched(host, "no such name is known to this machine") from None
        if not found:
            raise NotFetched(host, "the name has no address")
        for place in found:
            if not is_public(place):
                why = f"the name leads to {place}, which is no address of the public internet"
                raise NotFetched(host, why)
        return found[:MOST_ADDRESSES]

    @asynccontextmanager
    async def _connection(
        self, places: Sequence[str], port: int, tls: ssl.SSLContext, host: str
    ) -> AsyncIterator[Streams]:
        streams, refused = None, OSError("no address of it answers")
        for place in places:
            try:
                async with asyncio.timeout(self.patience_s / len(places)):
                    streams = await self.connect(place, port, tls, host)
                break
            except ssl.SSLError:
                raise
            except OSError as error:
                refused = error
        if streams is None:
            raise refused
        try:
            yield streams
        finally:
            streams[1].close()
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(1):
                    await streams[1].wait_closed()


PUBLIC = Fetcher()
"""What commands and the console fetch with."""


async def _asked(streams: Streams, authority: str, target: str) -> bytes:
    reader, writer = streams
    protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEADERS)
    headers = [
        ("Host", authority),
        ("Accept", "application/json"),
        # Five kilobytes as they come: a few of another encoding could become many.
        ("Accept-Encoding", "identity"),
        ("User-Agent", "keydeck"),
        ("Connection", "close"),
    ]
    asked = h11.Request(method="GET", target=target, headers=headers)
    writer.write((protocol.send(asked) or b"") + (protocol.send(h11.EndOfMessage()) or b""))
    await writer.drain()
    content = b""
    while True:
        event = protocol.next_event()
        if event is h11.NEED_DATA:
            protocol.receive_data(await reader.read(_READ))
        elif isinstance(event, h11.Response):
            _check(event, authority)
        elif isinstance(event, h11.Data):
            content += bytes(event.data)
            if len(content) > LONGEST:
                raise NotFetched(authority, f"the document has more than {LONGEST} bytes")
        elif isinstance(event, h11.EndOfMessage):
            return content
        elif not isinstance(event, h11.InformationalResponse):
            raise NotFetched(authority, "the connection ended before the document did")


def _check(answer: h11.Response, authority: str) -> None:
    if 300 <= answer.status_code < 400:
        raise NotFetched(authority, f"it leads elsewhere ({answer.status_code}), and none is taken")
    if answer.status_code != 200:
        raise NotFetched(authority, f"it answers {answer.status_code}")
    headers = {bytes(name): bytes(value) for name, value in answer.headers}
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if kind != b"application/json" and not (
        kind.startswith(b"application/") and kind.endswith(b"+json")
    ):
        raise NotFetched(authority, "what it answers is not called JSON")
    if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        raise NotFetched(authority, "what it answers is packed, though that was not asked for")


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message.rstrip(".")
    return (getattr(error, "strerror", None) or str(error) or "it does not answer").rstrip(".")
