"""Where requests are answered, as admins are shown it."""

import pytest

from console.text import curl
from console.text.answering import DEFAULT_API, Answering, answering_of
from console.text.verifier_words import NOBODY
from store.domain.scopes import READ, Scope
from store.domain.verifier_processes import HEARTBEAT_MS, VerifierProcess


def _verifier(host: str, address: str, silent_ms: int = 0) -> VerifierProcess:
    return VerifierProcess(
        id=f"{host}{address}",
        host=host,
        process=1,
        version="0",
        address=address,
        started_at=0,
        seen_at=0,
        seen_ms_ago=silent_ms,
        requests=0,
        refusals=0,
        recent_ms=0,
        recent_requests=0,
        recent_refusals=0,
        revision=0,
        behind_by=0,
        lease_ms=None,
        lapsed=False,
    )


def test_where_none_runs_that_is_said() -> None:
    gone = _verifier("here", "http://127.0.0.1:9000", 100 * HEARTBEAT_MS)
    assert answering_of([], "here") == answering_of([gone], "here") == (DEFAULT_API, NOBODY)


@pytest.mark.parametrize(
    ("host", "address", "shown"),
    [
        ("here", "http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("here", "http://0.0.0.0:9000", "http://localhost:9000"),
        ("web-2", "http://[::]:9000", "http://web-2:9000"),
        ("here", "unix:/run/kd.sock", "unix:/run/kd.sock"),
    ],
)
def test_an_address_is_one_that_can_be_asked(host: str, address: str, shown: str) -> None:
    assert answering_of([_verifier(host, address)], "here") == (shown, None)


def test_one_that_serves_on_this_machine_goes_before_others() -> None:
    late = _verifier("here", "http://127.0.0.1:1", 2 * HEARTBEAT_MS)
    there = _verifier("there", "http://10.0.0.1:2")
    here = _verifier("here", "http://127.0.0.1:3")
    assert answering_of([late, there, here], "here").address == "http://127.0.0.1:3"
    assert answering_of([late, there], "here").address == "http://10.0.0.1:2"


@pytest.mark.parametrize("address", ["http://127.0.0.1:3", "http://[::1]:3", "unix:/run/kd.sock"])
def test_what_answers_another_machine_alone_is_nothing_to_ask_from_here(address: str) -> None:
    there, public = _verifier("there", address), _verifier("web-2", "http://10.0.0.1:2")
    found = answering_of([there], "here")
    assert found.address == DEFAULT_API
    assert found.note is not None
    assert found.note.startswith("there answers on that machine alone")
    assert answering_of([there, public], "here") == ("http://10.0.0.1:2", None)
    assert answering_of([there], "there") == (address, None)


def test_a_socket_is_asked_by_curl_and_by_no_browser() -> None:
    found = Answering("unix:/run/k d.sock")
    assert curl.lines(found.address, frozenset({Scope("events", READ)}))[1:] == (
        "curl --unix-socket '/run/k d.sock' -H \"Authorization: Bearer $KEY\" \\",
        "  http://localhost/api/v1/events",
    )
    assert (found.page("/docs"), found.page_note()) == (
        "http://localhost/docs",
        "It answers at unix:/run/k d.sock: keydeck --api URL says where its proxy does.",
    )
