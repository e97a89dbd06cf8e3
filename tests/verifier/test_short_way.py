"""The short way: what is answered in the moment its head is there, and from what is remembered.

For each address and each sort of credential it is said which way is taken, and that the long one
answers the same.
"""

import re
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from store.domain.clock import FixedClock, SystemClock
from store.domain.times import DAY
from store.persistence.prepared import Row, Statement
from store.persistence.repositories.credentials import ACCESS_TOKEN, KEY
from store.service.keys import NewKey
from store.verifier.answers import NOTICE
from store.verifier.api_keys import key_authenticator
from store.verifier.app import App
from store.verifier.authenticator import AnyAuthenticator
from store.verifier.context import WorkerContext
from store.verifier.endpoints import endpoints
from store.verifier.lookup.reader import Lookup
from store.verifier.mcp.access_tokens import AccessTokens
from store.verifier.own_tools import OwnTools
from store.verifier.problems import Problem
from store.verifier.requestable_scopes import RequestableScopes
from store.verifier.urls import MCP, Urls
from tests.conftest import MoveIn
from tests.house import House, granted_scopes
from tests.verifier.serving import API, Served, Server, serving, wrong_secret
from tests.verifier.test_networks import leased

_MARK_THE_LONG_WAY = """
from store.verifier.app import App
_call = App.__call__
async def _marked(app, scope, receive, send):
    async def told(message):
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], (b"x-long-way", b"1")]}
        await send(message)
    await _call(app, scope, receive, told)
App.__call__ = _marked
"""
_ITS_OWN = re.compile(rb"req_[0-9A-Za-z]{19}|\r\ndate: [^\r]*", re.IGNORECASE)
_LONG = b"x-long-way: 1\r\n"
ADDRESSES = (
    *("/verify", "/verify?scope=quotes:read", "/verify?scopes=x"),
    *("/authorize", "/authorize?scope=quotes:read", "/authorize?scopes=x", "/authorize/of/it?a=b"),
    *("/events?limit=1", "/events/ev_none", "/availability", "/quotes"),
)
METHODS = (("GET", "1.1"), ("GET", "1.0"), ("HEAD", "1.1"), ("HEAD", "1.0"))


@pytest.fixture(scope="module")
def marked(move_in: MoveIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served house whose answers say so where they went through ASGI."""
    folder = tmp_path_factory.mktemp("marked")
    with (
        move_in(folder, FixedClock(SystemClock().now())) as house,
        serving(house, folder / "stderr", prelude=_MARK_THE_LONG_WAY) as server,
        server.client() as client,
    ):
        yield Served(house, server, client)


def context_of(house: House, **options: Any) -> WorkerContext:
    """Return a worker's context in this process, which may remember from the beginning."""
    on_sqlite = house.store.database.on_sqlite
    lease_s = None if on_sqlite else 3600.0
    found = WorkerContext(
        house.url, pepper_path=house.pepper_path, address="http://here", lease_s=lease_s, **options
    )
    if found.holding is not None:
        # As the keeper has it once the store has granted one.
        found.holding.apply(1, (), "timeline")
        found.holding.granted(found.holding.asks(), "timeline")
    return found


def test_every_address_that_takes_a_key_to_read_is_answered_at_once(own_house: House) -> None:
    with closing(context_of(own_house)) as context:
        app, table = App(context), endpoints(context)
        reading = [
            path
            for path, place in table.items()
            if "GET" in place.operations and place.operations["GET"].scopes is not None
        ]
        assert len(reading) >= 7
        ways = {path: app.endpoint(path.replace("{id}", "ev_1").encode()) for path in reading}
        assert [path for path, endpoint in ways.items() if endpoint is None] == []
        below = app.endpoint(f"{API}/authorize/of/it".encode())
        assert below is not None
        assert below.any_method, "proxies ask with their client's"
        # What waits for a body or for the store's lock goes through ASGI.
        assert app.endpoint(f"{API}/leaks".encode()) is not None, "its GET is refused at once"
        assert app.endpoint(MCP.encode()) is None


def expiring(served: Served) -> str:
    """Return a key that ends within a fortnight."""
    house = served.house
    house.clock.instant = SystemClock().now()
    new = NewKey("Ending", granted_scopes("events:read"), house.clock.now() + 5 * DAY)
    return house.store.keys.create(house.alice, new).secret.reveal()


def asked_raw(
    server: Server, method: str, path: str, *, version: str, more: str, body: bytes = b""
) -> bytes:
    """Return every byte of the answer to one request on a connection of its own."""
    if body:
        more += f"Content-Length: {len(body)}\r\n"
    head = f"{method} {API}{path} HTTP/{version}\r\nHost: x\r\n{more}\r\n"
    with server.connect() as wire:
        wire.sendall(head.encode() + body)
        answer = b""
        while b"\r\n\r\n" not in answer:
            block = wire.recv(65536)
            assert block, answer
            answer += block
        wire.shutdown(socket.SHUT_WR)
        while rest := wire.recv(65536):
            answer += rest
    return answer


def test_both_ways_answer_the_same(marked: Served) -> None:
    key = marked.key("events:read events:write availability:read")
    dead = marked.issue("events:read")
    marked.house.store.keys.revoke(marked.house.alice, dead.key.id)
    body = {"name": "Fair", "starts_at": "2030-01-01T10:00:00Z", "ends_at": "2030-01-02T10:00:00Z"}
    made = marked.ask("/events", key, "POST", json=body)
    assert made.headers["x-long-way"] == "1"
    one = f"/events/{made.json()['id']}"
    tag = made.headers["etag"]
    credentials = {
        "good": key,
        "ending": expiring(marked),
        "revoked": dead.secret.reveal(),
        "wrong": wrong_secret(key),
        "garbage": "jw_garbage",
        "none": None,
    }
    for path in (*ADDRESSES, one):
        for name, credential in credentials.items():
            for number, (method, version) in enumerate(METHODS):
                if path.startswith("/authorize") and number % 2:
                    method = "PUT"
                more = "" if credential is None else f"Authorization: Bearer {credential}\r\n"
                more += f"If-None-Match: {tag}\r\n" if number % 2 else ""
                more += ("", "Connection: close\r\n", "Connection: keep-alive\r\n")[number % 3]
                what = path, name, method, version
                asked = partial(asked_raw, marked.server, method, version=version, more=more)
                short = asked(path)
                assert _LONG not in short, what
                ways = [asked(path, body=b"{}")]
                if not path.startswith("/authorize/"):
                    # The same address, written so that a router has to find out.
                    ways.append(asked(f"/%{ord(path[1]):02x}{path[2:]}"))
                for long in ways:
                    assert _LONG in long, what
                    assert _fields(long.replace(_LONG, b"")) == _fields(short), what
                if name == "ending" and path == "/verify":
                    assert b"deprecation: " in short


def _fields(answer: bytes) -> list[bytes]:
    """Return an answer's lines, without what each has of its own."""
    return sorted(_ITS_OWN.sub(b"", answer).split(b"\r\n"))


def reading(lookup: Lookup, monkeypatch: pytest.MonkeyPatch) -> list[Statement]:
    """Return a list of the reads of credentials, which grows."""
    done: list[Statement] = []
    first = lookup._first

    def noted(read: Statement, *given: object) -> Row | None:
        if read in (KEY, ACCESS_TOKEN):
            done.append(read)
        return first(read, *given)

    monkeypatch.setattr(lookup, "_first", noted)
    return done


def told(by: AnyAuthenticator, presented: str) -> object:
    """Return the credential somebody is let in with, else what they are refused with."""
    scope = {
        "method": "GET",
        "path": f"{API}/verify",
        "query_string": b"scope=events:read",
        "headers": [(b"authorization", f"Bearer {presented}".encode())],
        "client": ("127.0.0.1", 1),
    }
    try:
        return by.admit(scope, ("events:read",)), scope.get(NOTICE)
    except Problem as problem:
        return problem.code, problem.detail, problem.headers


@pytest.mark.both_engines
def test_a_credential_is_read_once_and_from_memory_it_is_decided_alike(
    own_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, clock = own_house, own_house.clock
    good = house.create("Good", "events:read").secret.reveal()
    other = house.create("Other", "availability:read").secret.reveal()
    new = NewKey("Ending", granted_scopes("events:read"), clock.now() + 5 * DAY)
    ending = house.store.keys.create(house.alice, new).secret.reveal()
    revoked = house.create("Revoked", "events:read")
    house.store.keys.revoke(house.alice, revoked.key.id)
    _, pair = house.opened()
    with closing(context_of(house, clock=clock)) as context:
        keys: AnyAuthenticator = key_authenticator(context)
        requestable = RequestableScopes(OwnTools(context.lookup, context.memory))
        tokens = AnyAuthenticator(
            context, AccessTokens(context, Urls("https://here.example"), requestable)
        )
        remembered = {
            **dict.fromkeys((good, other, ending, revoked.secret.reveal()), keys),
            pair.access.reveal(): tokens,
        }
        reads = reading(context.lookup, monkeypatch)
        for days in (0, 6):
            clock.instant += days * DAY
            for presented, by in remembered.items():
                before = len(reads)
                # What is remembered is decided about at each instant anew.
                said = told(by, presented)
                assert len(reads) - before == (0 if days else 1)
                assert told(by, presented) == said
                assert len(reads) - before == (0 if days else 1)
                with monkeypatch.context() as without:
                    without.setattr(context, "memory", None)
                    assert told(by, presented) == said
        # Whoever does not hold the secret gets nothing from it; on SQLite it is remembered that
        # they do not, as long as nothing is committed.
        assert context.memory is not None
        unknown = 2 if context.memory.unmoved() is None else 1
        for presented, by in ((wrong_secret(good), keys), (wrong_secret(ending), keys)):
            before = len(reads)
            for _ in range(2):
                assert told(by, presented)[0] == "unknown"  # type: ignore[index]
            assert len(reads) - before == unknown


@pytest.mark.parametrize("spelt", ["HTTPS://Here.example:443/mcp", "https://here.example:443/mcp"])
def test_a_connection_whose_resource_was_spelt_otherwise_goes_on(
    own_house: House, spelt: str
) -> None:
    made, presented = own_house.code("events:read", spelt)
    now_told = replace(presented, resource="https://here.example/mcp")
    secret = own_house.store.tokens.exchange(now_told).access.reveal()
    with closing(context_of(own_house, clock=own_house.clock)) as context:
        requestable = RequestableScopes(OwnTools(context.lookup, context.memory))
        here, elsewhere = (
            AnyAuthenticator(context, AccessTokens(context, Urls(issuer), requestable))
            for issuer in ("https://here.example", "https://other.example")
        )
        for remembered in (None, context.memory, leased()):
            context.memory = remembered
            for _ in range(2):
                assert told(here, secret)[0].id == made.id, remembered  # type: ignore[index]
                assert told(elsewhere, secret)[0] == "unknown"  # type: ignore[index]
