"""A verifier in a process of its own, and what to ask it with."""

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPResponse
from pathlib import Path
from typing import IO, Any, cast

import httpx

from store.domain.key_string import mint
from store.service.keys import Issued
from tests.house import House
from tests.verifier.forked import STARTS_WITHIN_S, UTF8, Forked

API = "/api/v1"
PATIENCE_S = 60.0
"""How long a condition is waited for on a machine that is busy with something else."""

_SERVE = """
import gc, sys
from pathlib import Path
gc.disable()
from store.verifier.server import serve
gc.freeze()
gc.enable()
(
    url, pepper, port, workers, public_url, leak_keys, lease_s, internal, headers, basic,
    origins, *proxies,
) = sys.argv[1:]
serve(
    url,
    port=int(port),
    workers=int(workers),
    pepper_path=Path(pepper),
    public_url=public_url or None,
    proxies=proxies,
    leak_keys=Path(leak_keys) if leak_keys else None,
    lease_s=float(lease_s) if lease_s else None,
    internal=internal or None,
    key_headers=headers.split(),
    basic=bool(basic),
    allowed_origins=origins.split(),
)
"""
_READY = re.compile(
    r"keydeck verifier on (http://127\.0\.0\.1:[0-9]+) · ([0-9]+) workers?"
    r"(?: · internal on (\S+))? · assistants connect to \S+/mcp\n"
)


class Server:
    """One `serve`, from its ready line on."""

    def __init__(
        self,
        house: House,
        logs: Path,
        *,
        workers: int = 1,
        public_url: str = "",
        proxies: Sequence[str] = (),
        leak_keys: Path | None = None,
        lease_s: float | None = None,
        internal: str = "",
        key_headers: Sequence[str] = (),
        basic: bool = False,
        allowed_origins: Sequence[str] = (),
        port: int = 0,
        prelude: str = "",
        fresh: bool = False,
    ) -> None:
        """Start it and wait until it accepts connections; it writes its stderr to `logs`.

        `port` is one that another has left, or 0 for a free one. `prelude` is Python that is run
        before anything else. Then, and where it is to be `fresh`, it comes from an interpreter of
        its own, and not from one that others come from, too.
        """
        self._stderr_path = logs
        self._stdout = ""
        self._stderr_file = logs.open("wb")
        arguments = [
            house.url,
            str(house.pepper_path),
            str(port),
            str(workers),
            public_url,
            str(leak_keys or ""),
            str(lease_s or ""),
            internal,
            " ".join(key_headers),
            "basic" if basic else "",
            " ".join(allowed_origins),
            *proxies,
        ]
        self.process: subprocess.Popen[bytes] | Forked
        if prelude or fresh or not sys.platform.startswith("linux"):
            self.process = subprocess.Popen(
                [sys.executable, "-c", prelude + _SERVE, *arguments],
                stdout=subprocess.PIPE,
                stderr=self._stderr_file,
                env={**os.environ, **UTF8},
            )
        else:
            self.process = Forked(_SERVE, arguments, self._stderr_file)
        watchdog = threading.Timer(STARTS_WITHIN_S, self.process.kill)
        watchdog.start()
        self._stdout = self._pipe().readline().decode()
        watchdog.cancel()
        ready = _READY.fullmatch(self._stdout)
        if ready is None or int(ready[2]) != workers:
            self.end()
            raise AssertionError(f"no ready line but {self._stdout!r}; {self.said()}")
        self.address = ready[1]
        self.internal: str | None = ready[3]
        self.port = int(self.address.rpartition(":")[2])

    def said(self) -> str:
        """Return all it wrote to its output and its errors so far."""
        return self._stdout + self._stderr_path.read_text("utf-8", "replace")

    def pause(self) -> None:
        """Stop it where it is."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on where it was."""
        self.process.send_signal(signal.SIGCONT)

    def terminate(self) -> int:
        """Send SIGTERM and return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        """Wait until it has ended, keep what it said, and return its exit code."""
        code = self.process.wait(PATIENCE_S)
        if not self._pipe().closed:
            self._stdout += self._pipe().read().decode()
            self._pipe().close()
        self._stderr_file.close()
        return code

    def end(self) -> None:
        """Make sure that it has ended."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.wait()

    def client(self, **options: Any) -> httpx.Client:
        """Return a client whose addresses begin at this server."""
        # Nothing here speaks TLS, and reading the certificates takes longer than a request.
        nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return httpx.Client(
            base_url=self.address, trust_env=False, verify=nobody, timeout=PATIENCE_S, **options
        )

    def connect(self) -> socket.socket:
        """Return a connection on which bytes are sent as they are."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)

    def exchange(self, request: bytes) -> httpx.Response:
        """Send bytes that a well-behaved client would not, and return the first answer."""
        with self.connect() as wire:
            wire.sendall(request)
            return received(wire)

    def _pipe(self) -> IO[bytes]:
        assert self.process.stdout is not None
        return self.process.stdout


@contextmanager
def serving(house: House, logs: Path, **options: Any) -> Iterator[Server]:
    """Serve a house's store as long as the block runs; `options` are those of `Server`."""
    server = Server(house, logs, **options)
    try:
        yield server
    finally:
        server.end()


class Served:
    """A house, its server, and a client."""

    def __init__(self, house: House, server: Server, client: httpx.Client, made: int = 0) -> None:
        """`made` is the last number that another one has named a key of this house by."""
        self.house = house
        self.server = server
        self.client = client
        self._made = made

    def issue(self, granted: str = "availability:read", **options: Any) -> Issued:
        """Make a key under a name of its own."""
        self._made += 1
        name = options.pop("name", f"Key {self._made}")
        return self.house.create(name, granted, **options)

    def key(self, granted: str = "availability:read", **options: Any) -> str:
        """Make a key and return its full string."""
        return self.issue(granted, **options).secret.reveal()

    def ask(
        self, path: str, key: str | None = None, method: str = "GET", **options: Any
    ) -> httpx.Response:
        """Send one request; `path` is below the base, `key` goes into the header."""
        headers = dict(options.pop("headers", {}))
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        return self.client.request(method, f"{API}{path}", headers=headers, **options)


@contextmanager
def half_sent(
    server: Server, key: str, length: int, path: str = "/quotes"
) -> Iterator[socket.socket]:
    """Send the head of a write; when this returns it was let in and waits for `length` bytes."""
    with server.connect() as wire:
        method = "POST" if path in ("/events", "/quotes") else "PATCH"
        wire.sendall(
            f"{method} {API}{path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"Expect: 100-continue\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Length: {length}\r\n\r\n".encode()
        )
        # The server asks for the body only after it has let the key in.
        assert wire.recv(25, socket.MSG_WAITALL) == b"HTTP/1.1 100 Continue\r\n\r\n"
        yield wire


def received(wire: socket.socket) -> httpx.Response:
    """Return the next answer on a connection."""
    answer = HTTPResponse(wire)
    try:
        answer.begin()
        return httpx.Response(answer.status, headers=answer.getheaders(), content=answer.read())
    finally:
        answer.close()


def several(wire: socket.socket, number: int) -> list[httpx.Response]:
    """Return the next answers on a connection, however they arrive."""
    with wire.makefile("rb") as stream:
        return [received(cast("socket.socket", _Whole(stream))) for _ in range(number)]


class _Whole:
    """What HTTPResponse takes for a socket, and does not read past the end of an answer."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def makefile(self, mode: str) -> "_Whole":
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def close(self) -> None:
        """Keep it open: the next answer comes from it."""


def wrong_secret(key: str) -> str:
    """Return a key string of the same id, well-formed, with another secret."""
    prefix, key_id, _ = key.split("_")
    return mint(prefix, key_id).key.reveal()


def eventually(condition: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    """Wait until a condition holds; fail when it does not within that time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(0.02)
