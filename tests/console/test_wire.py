"""Whatever a server answers, a look at it ends, and in a sentence."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from console.connection_check.walk import content
from console.outside import wire
from console.outside.wire import NoAnswer, place
from store.errors import Invalid

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@contextmanager
def answering(*pieces: bytes, again: bytes = b"") -> Iterator[str]:
    """Answer one request with some bytes, then with others again and again."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            try:
                with server.accept()[0] as taken:
                    taken.recv(65536)
                    for piece in pieces:
                        taken.sendall(piece)
                    while again:
                        taken.sendall(again)
                        time.sleep(0.01)
            except OSError:
                return

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
    thread.join()


def test_an_answer_that_never_ends_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "PATIENCE_S", 0.5)
    with (
        answering(HEAD, again=b"6\r\n: hi\n\n\r\n") as url,
        pytest.raises(NoAnswer, match="no ans"),
    ):
        place(url).ask("POST", "/mcp")


def test_of_a_long_answer_the_beginning_is_read_and_no_more() -> None:
    with answering(HEAD, again=b"10000\r\n" + b"x" * 0x10000 + b"\r\n") as url:
        answer = place(url).ask("GET", "/")
    assert (answer.status, len(answer.body)) == (200, wire.MAX_ANSWER)


def test_nesting_without_an_end_is_no_object() -> None:
    deep = b"[" * 200_000
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(deep)}\r\n\r\n".encode()
    with answering(head, deep) as url:
        assert content(place(url).ask("GET", "/")) == {}


def test_what_cannot_stand_in_a_request_is_said() -> None:
    with pytest.raises(NoAnswer, match="cannot stand in a request"):
        place("http://127.0.0.1:1").ask("GET", "/a path")


@pytest.mark.parametrize(
    "address",
    [
        "http://a..b/mcp",
        f"http://{'a' * 64}.example/mcp",
        "http://example.com/a path",
        "http://example.com/\x7f",
    ],
)
def test_an_address_that_leads_nowhere_is_none(address: str) -> None:
    with pytest.raises(Invalid, match="is no address"):
        place(address)
