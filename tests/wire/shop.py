"""Somebody's own API behind a proxy that asks the verifier first; it believes who comes through."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Shop:
    """Keeps what was ordered, by path."""

    def __init__(self, port: int, ordered: list[str]) -> None:
        self.port = port
        self.ordered = ordered


@contextmanager
def shop() -> Iterator[Shop]:
    """Serve it as long as the block runs."""
    ordered: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            ordered.append(self.path)
            self._answer()

        def log_message(self, *_: object) -> None:
            pass

        def _answer(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Shop(server.server_port, ordered)
        finally:
            server.shutdown()
            thread.join()
