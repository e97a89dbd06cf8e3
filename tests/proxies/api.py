"""Somebody's own API behind a proxy: it tells what reached it, and believes who came through."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


OWN = {
    "Sunset": "Fri, 31 Dec 2100 23:59:59 GMT",
    "RateLimit": '"bytes";r=5;t=9',
    "RateLimit-Policy": '"bytes";q=10;w=60',
}
"""What it tells of itself, where it is asked with `?own`."""


class Api(NamedTuple):
    """One that runs."""

    port: int
    reached: list[str]
    """The target of each request that reached it, from its head on."""


@contextmanager
def api() -> Iterator[Api]:
    """Serve it as long as the block runs."""
    reached: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            reached.append(self.path)
            if self.headers.get("Upgrade") == "websocket":
                self._echo()
                return
            length = self._body()
            told = json.dumps(
                {
                    "method": self.command,
                    "path": self.path,
                    "length": length,
                    "headers": {name.lower(): value for name, value in self.headers.items()},
                }
            ).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(told)))
            if self.path.endswith("?own"):
                for name, value in OWN.items():
                    self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(told)

        def _body(self) -> int:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self._read(int(self.headers.get("Content-Length") or 0))
            length = 0
            while size := int(self.rfile.readline(), 16):
                length += self._read(size)
                self.rfile.readline()
            self.rfile.readline()
            return length

        def _read(self, size: int) -> int:
            left = size
            while left and (part := self.rfile.read(min(left, 65536))):
                left -= len(part)
            return size - left

        def _echo(self) -> None:
            # What a client need not check; what is sent then is told back as it came.
            self.send_response(101)
            for name, value in (
                ("Connection", "Upgrade"),
                ("Upgrade", "websocket"),
                ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            ):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(self.rfile.read(4))
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    for method in METHODS:
        setattr(Handler, f"do_{method}", Handler.answer)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Api(server.server_port, reached)
        finally:
            server.shutdown()
            thread.join()
