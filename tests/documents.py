"""A maker's server for client ID metadata documents: real TLS, by an authority of the test's own.

The world's names lead to it by a resolver and a connector that are handed in. Every rule about
addresses stands between them and is the real one.
"""

import asyncio
import datetime
import json
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from console.client_documents.fetch import Fetcher, Streams

HOST = "desk.example"
ADDRESS = f"https://{HOST}/client.json"
PUBLIC_ADDRESS = "93.184.215.14"


def document(address: str = ADDRESS, **said: object) -> bytes:
    """Return what an assistant says of itself at an address; what is said replaces what it says."""
    usual: dict[str, object] = {
        "client_id": address,
        "client_name": "Desk",
        "redirect_uris": ["https://desk.example/back"],
        "token_endpoint_auth_method": "none",
    }
    return json.dumps(usual | said).encode()


def answer(content: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """Return an answer of a server as it is on the wire."""
    given = headers or ("Content-Type: application/json",)
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", *given, "", ""]
    return "\r\n".join(lines).encode() + content


@dataclass
class Maker:
    """The server, and what it was asked."""

    authority: Path
    place: tuple[str, int]
    says: bytes = field(default_factory=lambda: answer(document()))
    """What it answers to whatever it is asked, then it hangs up."""
    holds: bool = False
    """Whether it goes on holding the connection without another word."""
    asked: list[bytes] = field(default_factory=list)
    resolved: list[str] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)
    """Addresses that were connected to."""
    leads_to: list[Sequence[str]] = field(default_factory=lambda: [(PUBLIC_ADDRESS,)])
    """What a name resolves to, each time it is asked; the last of them from then on."""

    def fetcher(self, patience_s: float = 20.0) -> Fetcher:
        """Return what fetches from this server by any name."""
        return Fetcher(self._resolve, self._connect, self._trusted, patience_s)

    def _trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority))

    async def _resolve(self, host: str, port: int) -> Sequence[str]:
        self.resolved.append(host)
        return self.leads_to.pop(0) if len(self.leads_to) > 1 else self.leads_to[0]

    async def _connect(self, address: str, port: int, tls: ssl.SSLContext, host: str) -> Streams:
        self.connected.append(address)
        return await asyncio.open_connection(*self.place, ssl=tls, server_hostname=host)


@contextmanager
def maker(folder: Path, host: str = HOST) -> Iterator[Maker]:
    """Run a server that proves to be a host."""
    authority, chain = _certified(folder, host)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(chain)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = Maker(authority, listening.getsockname())
        ended = threading.Event()
        thread = threading.Thread(target=_serve, args=(listening, tls, made, ended))
        thread.start()
        yield made
        ended.set()
        with suppress(OSError):
            socket.create_connection(made.place).close()
        thread.join()


def _serve(
    listening: socket.socket, tls: ssl.SSLContext, made: Maker, ended: threading.Event
) -> None:
    while True:
        plain, _ = listening.accept()
        if ended.is_set():
            plain.close()
            return
        with suppress(OSError), tls.wrap_socket(plain, server_side=True) as connection:
            made.asked.append(connection.recv(65536))
            connection.sendall(made.says)
            if made.holds:
                connection.recv(1)


def _certified(folder: Path, host: str) -> tuple[Path, Path]:
    """Write an authority's certificate, and one of a host with its key; return both files."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of a test")])
    root = (
        _begun(root_name, root_name, root_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    leaf = (
        _begun(root_name, name, key.public_key())
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    authority, chain = folder / "authority.pem", folder / "host.pem"
    authority.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    chain.write_bytes(leaf.public_bytes(serialization.Encoding.PEM) + private)
    return authority, chain


def _begun(
    issuer: x509.Name, subject: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
    )
