"""The plain question, on threads and on an event loop, and every answer that is none."""

import asyncio
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from store.client import Authorizer, Identity, Refused, Request
from store.domain.key_string import mint
from store.domain.usage import ASKED
from tests.house import House
from tests.verifier.serving import PATIENCE_S, Served, eventually, serving

Ask = Callable[[Authorizer, Request, Sequence[str]], Identity]


def by_thread(authorizer: Authorizer, request: Request, scopes: Sequence[str]) -> Identity:
    """Ask as WSGI applications do."""
    return authorizer.authorize(request, scopes)


def by_loop(authorizer: Authorizer, request: Request, scopes: Sequence[str]) -> Identity:
    """Ask as ASGI applications do."""

    async def ask() -> Identity:
        try:
            return await authorizer.authorize_async(request, scopes)
        finally:
            await authorizer.close_async()

    return asyncio.run(ask())


WAYS = pytest.mark.parametrize("ask", [by_thread, by_loop])


@contextmanager
def asking(address: str, **options: object) -> Iterator[Authorizer]:
    """Return what asks a verifier, and close it."""
    given = {"timeout_s": PATIENCE_S, "connect_timeout_s": PATIENCE_S} | options
    authorizer = Authorizer(address, **given)  # type: ignore[arg-type]
    try:
        yield authorizer
    finally:
        authorizer.close()


def of(key: str, method: str = "GET", path: bytes = b"/invoices/7", query: bytes = b"") -> Request:
    """Return a request with a key."""
    headers = [(b"authorization", f"Bearer {key}".encode()), (b"user-agent", b"shop/1")]
    return Request(method, path, query, headers, "192.0.2.7")


def refusal(ask: Ask, authorizer: Authorizer, request: Request, *scopes: str) -> Refused:
    """Return what a request is refused with."""
    with pytest.raises(Refused) as refused:
        ask(authorizer, request, scopes)
    return refused.value


@WAYS
def test_scopes_are_asked_for_and_what_lacks_is_told(served: Served, ask: Ask) -> None:
    issued = served.issue("events:read quotes:read")
    with asking(served.server.address) as authorizer:
        request = of(issued.secret.reveal())
        found = ask(authorizer, request, ("events:read", "quotes:read"))
        assert (found.key_id, found.scopes) == (issued.key.id, ("events:read", "quotes:read"))
        assert (found.key_name, found.workspace) == (issued.key.name, "acme-events")
        lacking = refusal(ask, authorizer, request, "events:read", "events:write")
        assert (lacking.status, lacking.code) == (403, "scope")
        assert b'"required_scope":"events:read events:write"' in lacking.body
        assert "events:write" in lacking.detail
        unknown = refusal(ask, authorizer, request, "nothing:read")
        assert (unknown.status, unknown.code) == (400, "invalid_request")


@WAYS
def test_a_machine_that_is_trusted_says_scopes_address_and_who_asked(
    own_house: House, tmp_path: Path, ask: Ask
) -> None:
    issued = own_house.create("Told", "events:read")
    with (
        serving(own_house, tmp_path / "stderr", proxies=["127.0.0.1"]) as server,
        asking(server.address, trusted=True) as authorizer,
    ):
        request = of(issued.secret.reveal(), "DELETE", "/caf\u00e9 x".encode())
        assert ask(authorizer, request, ("events:read",)).key_id == issued.key.id
        assert refusal(ask, authorizer, request, "quotes:read").code == "scope"

        def told() -> list[tuple[str, str, str | None, str]]:
            usage = own_house.store.usage.of_key(own_house.alice, issued.key.id, 0)
            return [(one.method, one.path, one.address, one.user_agent) for one in usage.refusals]

        path = f"/caf%C3%A9%20x{ASKED}quotes:read"
        eventually(lambda: told() == [("DELETE", path, "192.0.2.7", "shop/1")])


ANSWERS = {
    "nothing": b"",
    "another protocol": b"SSH-2.0-OpenSSH\r\n",
    "a page": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "half of an identity": b"HTTP/1.1 200 OK\r\nX-Key-Id: a\r\nContent-Length: 0\r\n\r\n",
    "another status": b"HTTP/1.1 204 x\r\nX-Key-Id: a\r\nX-Key-Name: a\r\nX-Key-Scopes: a\r\n"
    b"X-Workspace: a\r\n\r\n",
    "another's 401": b"HTTP/1.1 401 x\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
    "another's 403": b'HTTP/1.1 403 x\r\nContent-Length: 13\r\n\r\n{"code": "x"}'[:-1],
    "another's 404": b"HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n",
    "a redirect": b"HTTP/1.1 302 x\r\nLocation: /api/v1/verify\r\nContent-Length: 0\r\n\r\n",
    "far too much": b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + b"x" * 99999,
    "less than it says": b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}",
    "a full store": b"HTTP/1.1 503 x\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n",
    "silence": None,
}


@WAYS
@pytest.mark.parametrize("what", ANSWERS)
def test_whatever_is_no_verifiers_word_is_503(what: str, ask: Ask) -> None:
    timeout_s = 0.2 if what == "silence" else PATIENCE_S
    with (
        says(ANSWERS[what]) as port,
        asking(f"http://127.0.0.1:{port}", timeout_s=timeout_s) as authorizer,
    ):
        refused = refusal(ask, authorizer, of("x"))
    assert (refused.status, refused.code) == (503, "unavailable")
    told = dict(refused.headers)
    assert told[b"retry-after"] == (b"7" if what == "a full store" else b"1")
    assert b"www-authenticate" not in told


@WAYS
def test_too_often_is_said_with_how_long_to_wait(ask: Ask) -> None:
    limited = (
        b"HTTP/1.1 429 x\r\nX-Keydeck-Code: limited\r\nRetry-After: 9\r\n"
        b'RateLimit: "minute";r=0;t=9\r\nContent-Length: 0\r\n\r\n'
    )
    with says(limited) as port, asking(f"http://127.0.0.1:{port}") as authorizer:
        refused = refusal(ask, authorizer, of("x"))
    assert (refused.status, refused.code) == (429, "limited")
    told = dict(refused.headers)
    assert (told[b"retry-after"], told[b"ratelimit"]) == (b"9", b'"minute";r=0;t=9')


@WAYS
def test_it_goes_on_with_a_verifier_that_was_frozen_and_not_without_one(
    own_house: House, tmp_path: Path, ask: Ask
) -> None:
    request = of(own_house.create("Lasting").secret.reveal())
    with (
        serving(own_house, tmp_path / "stderr") as server,
        asking(server.address) as patient,
        asking(server.address, timeout_s=0.3) as authorizer,
    ):
        assert ask(patient, request, ())
        server.pause()
        assert refusal(ask, authorizer, request).status == 503
        server.go_on()
        assert ask(patient, request, ())
        assert server.terminate() == 0
        assert refusal(ask, patient, request).status == 503


def test_a_connection_is_used_again_and_one_that_was_closed_meanwhile_is_no_refusal() -> None:
    body = b"HTTP/1.1 200 OK\r\nX-Key-Id: a\r\nX-Key-Name: b%C3%BC\r\nX-Key-Scopes: c:read\r\n"
    body += b"X-Workspace: d\r\nContent-Length: 0\r\n\r\n"
    accepted: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run() -> None:
            for answers in (2, 1):
                wire = listening.accept()[0]
                accepted.append(wire)
                for _ in range(answers):
                    wire.recv(65536)
                    wire.sendall(body)
                wire.close()

        thread = threading.Thread(target=run)
        thread.start()
        with asking(f"http://127.0.0.1:{listening.getsockname()[1]}") as authorizer:
            for _ in range(3):
                assert authorizer.authorize(of("x")).key_name == "b\u00fc"
        thread.join()
    assert len(accepted) == 2


def test_no_process_reads_anothers_answers_after_a_fork(served: Served) -> None:
    program = """
import os, sys, threading
from store.client import Authorizer, Request
url, *keys = sys.argv[1:]
authorizer = Authorizer(url, timeout_s=20)
def ask(key):
    request = Request("GET", b"/x", b"", [(b"authorization", b"Bearer " + key.encode())])
    return authorizer.authorize(request).key_id
ask(keys[0])
children = []
for key in keys:
    child = os.fork()
    if not child:
        os._exit(0 if all(ask(key) == key.split("_")[1] for _ in range(30)) else 1)
    children.append(child)
authorizer.close()
sys.exit(any(os.waitpid(child, 0)[1] for child in children))
"""
    keys = [served.key() for _ in range(3)]
    done = subprocess.run(
        [sys.executable, "-c", program, served.server.address, *keys], capture_output=True
    )
    assert done.returncode == 0, done.stderr


def test_nothing_that_is_logged_or_raised_holds_a_key_or_the_address(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    key, dead = served.key(), mint("jw").key.reveal()
    with caplog.at_level(logging.DEBUG), asking(served.server.address) as authorizer:
        by_thread(authorizer, of(key, query=b"mine=1"), ())
        by_loop(authorizer, of(key), ())
        refused = refusal(by_thread, authorizer, of(dead, query=f"k={dead}".encode()))
    assert caplog.records, "what is looked at is there"
    told = caplog.text + repr(of(key)) + repr(refused) + str(refused)
    for piece in (key[20:40], dead[20:40], "mine=1"):
        assert piece not in told


def test_no_proxy_of_the_environment_sees_a_key(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with asking(served.server.address) as authorizer:
        assert by_thread(authorizer, of(served.key()), ())
        assert by_loop(authorizer, of(served.key()), ())


@pytest.mark.parametrize(
    "url",
    ["127.0.0.1:8080", "ftp://x", "http://", "http://u:p@x", "http://x/?a", "http://x/#a", ""],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="The verifier's address"):
        Authorizer(url)


def test_an_application_loads_nothing_of_keydeck_but_its_client() -> None:
    program = """
import sys
import store.client, store.client.dependency
ours = {name for name in sys.modules if name.partition(".")[0] in ("store", "console")}
print(sorted(name for name in ours if not name.startswith("store.client") and name != "store"))
print(sorted({"sqlalchemy", "textual", "msgspec", "uvicorn", "alembic"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=dict(os.environ)
    )
    assert done.stdout == "[]\n[]\n", done.stdout + done.stderr


@contextmanager
def says(answer: bytes | None) -> Iterator[int]:
    """Answer each connection with bytes, or accept and say nothing; give the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ends = threading.Event()

        def run() -> None:
            listening.settimeout(0.05)
            held = []
            while not ends.is_set():
                try:
                    wire = listening.accept()[0]
                except TimeoutError:
                    continue
                held.append(wire)
                if answer is not None:
                    wire.recv(65536)
                    wire.sendall(answer)
                    wire.shutdown(socket.SHUT_WR)
            for wire in held:
                wire.close()

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            ends.set()
            thread.join()
