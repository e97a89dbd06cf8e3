"""Idempotency-Key: a POST that is sent again makes nothing twice, whatever happened between."""

import socket
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select, update

from store.domain.key_string import mint
from store.persistence.repositories.idempotency import KEPT_MS, prune
from store.persistence.schema import idempotency_keys
from tests.house import House, granted_scopes
from tests.verifier.serving import API, Served, eventually, received, serving

pytestmark = pytest.mark.both_engines

_EVENT: dict[str, Any] = {
    "name": "Fair",
    "starts_at": "2027-04-03T09:00:00Z",
    "ends_at": "2027-04-04T09:00:00Z",
}
_QUOTE: dict[str, Any] = {"customer": "Jane", "currency": "EUR", "amount": "10.00"}
GRANTED = "events:read events:write quotes:read quotes:write"


@pytest.fixture(scope="module")
def key(served: Served) -> str:
    """A key that may read and write everything."""
    return served.key(GRANTED)


_numbers = iter(range(10_000))


@pytest.fixture
def name() -> str:
    """An Idempotency-Key of a test's own."""
    return f'"test-{next(_numbers)}"'


def _post(
    served: Served, key: str | None, name: str, body: Any = _EVENT, path: str = "/events"
) -> httpx.Response:
    return served.ask(path, key, "POST", json=body, headers={"Idempotency-Key": name})


def _number(served: Served, key: str, path: str = "/events") -> int:
    found, cursor = 0, ""
    while True:
        page = served.ask(f"{path}?limit=200{cursor}", key).json()
        found += len(page["data"])
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


def _same(first: httpx.Response, again: httpx.Response) -> None:
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for header in ("location", "etag", "content-type"):
        assert again.headers[header] == first.headers[header]


def test_what_is_sent_again_is_answered_as_the_first_time_and_made_once(
    served: Served, key: str, name: str
) -> None:
    before = _number(served, key)
    first = _post(served, key, name)
    assert first.status_code == 201
    for _ in range(3):
        _same(first, _post(served, key, name))
    assert _number(served, key) == before + 1
    # Also when it was changed meanwhile: it is the answer of then.
    made = first.json()["id"]
    assert served.ask(f"/events/{made}", key, "PATCH", json={"guests": 9}).status_code == 200
    _same(first, _post(served, key, name))


def test_without_one_or_with_another_a_thing_is_made_each_time(
    served: Served, key: str, name: str
) -> None:
    before = _number(served, key)
    made = {
        _post(served, key, name).json()["id"],
        _post(served, key, f'"{name[1:-1]}x"').json()["id"],
        _post(served, key, f'"{name[1:-1].upper()}"').json()["id"],
        served.ask("/events", key, "POST", json=_EVENT).json()["id"],
        served.ask("/events", key, "POST", json=_EVENT).json()["id"],
    }
    assert len(made) == 5
    assert _number(served, key) == before + 5


@pytest.mark.parametrize(
    "again",
    [
        {"guests": 7},
        {"name": "fair"},
        {"status": "option"},
        {"ends_at": "2027-04-04T09:00:01Z"},
        {"venue": None},
    ],
)
def test_another_body_is_refused(
    served: Served, key: str, name: str, again: dict[str, Any]
) -> None:
    first = _post(served, key, name)
    answer = _post(served, key, name, {**_EVENT, **again})
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_reused")
    _same(first, _post(served, key, name))


def test_a_body_that_says_the_same_is_the_same(served: Served, key: str, name: str) -> None:
    first = _post(served, key, name)
    backwards = dict(reversed(_EVENT.items())) | {"starts_at": "2027-04-03T11:00:00.000+02:00"}
    _same(first, _post(served, key, name, backwards))
    head = {"Idempotency-Key": name, "Content-Type": "application/json"}
    spaced = httpx.Response(200, json=_EVENT).content.replace(b":", b" : ", 1)
    _same(first, served.ask("/events", key, "POST", content=spaced, headers=head))


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "wrong",
    [
        "",
        '""',
        "8e03978e-40d5-43e8-bc93-6894a57f9324",
        '"a',
        'a"',
        '"a""b"',
        '"a" "b"',
        '"a", "b"',
        '"a";b=c',
        "'a'",
        '"a\\b"',
        '"' + "x" * 256 + '"',
        ":YQ==:",
        "?1",
        pytest.param(f'"{mint("jw").key.reveal()}"', id="an API key"),
    ],
)
def test_what_is_no_idempotency_key_is_refused_and_nothing_made(
    served: Served, key: str, wrong: str
) -> None:
    before = _number(served, key)
    answer = _post(served, key, wrong)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert "Idempotency-Key" in answer.json()["detail"]
    assert _number(served, key) == before


def test_two_of_them_and_bytes_beyond_ascii_are_refused(served: Served, key: str) -> None:
    body = b'{"customer":"Jane","currency":"EUR","amount":"1"}'
    for lines in (b'Idempotency-Key: "a"\r\nIdempotency-Key: "a"', b'Idempotency-Key: "\xc3\xa4"'):
        answer = served.server.exchange(
            b"POST /api/v1/quotes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Authorization: Bearer " + key.encode() + b"\r\n" + lines + b"\r\n"
            b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body
        )
        assert answer.status_code == 400


def test_what_is_escaped_and_as_long_as_can_be_is_taken(served: Served, key: str) -> None:
    for name in ('"a\\"b\\\\c"', '"' + "y" * 255 + '"', '" "'):
        _same(_post(served, key, name), _post(served, key, name))


def test_a_refusal_is_not_kept(served: Served, key: str, name: str) -> None:
    assert _post(served, key, name, {**_EVENT, "guests": -1}).status_code == 422
    wrong_order = {**_EVENT, "ends_at": _EVENT["starts_at"]}
    assert _post(served, key, name, wrong_order).status_code == 422
    assert _post(served, key, name).status_code == 201


def test_it_belongs_to_an_operation_and_a_credential_and_its_workspace(
    served: Served, key: str, name: str
) -> None:
    house = served.house
    theirs = served.key(GRANTED, actor=house.bob)
    other = served.key(GRANTED)
    first = _post(served, key, name)
    assert _post(served, key, name, _QUOTE, "/quotes").status_code == 201
    for another in (other, theirs):
        answer = _post(served, another, name, {**_EVENT, "guests": 7})
        assert answer.status_code == 201
        assert answer.json()["id"] != first.json()["id"]
    _same(first, _post(served, key, name))


def test_a_successor_asks_again_for_its_predecessor(served: Served, name: str) -> None:
    house = served.house
    issued = served.issue(GRANTED)
    first = _post(served, issued.secret.reveal(), name)
    at = issued.key.id
    for _ in range(2):
        rotated = house.store.rotations.rotate(house.alice, at, end_older=True).unwaited()
        at = rotated.successor.id
        house.store.keys.confirm(house.alice, at)
        _same(first, _post(served, rotated.secret.reveal(), name))


def test_a_key_that_may_not_any_more_gets_its_verdict_and_not_the_answer(
    served: Served, name: str
) -> None:
    house = served.house
    issued = served.issue(GRANTED)
    secret = issued.secret.reveal()
    assert _post(served, secret, name).status_code == 201
    house.store.keys.rescope(house.alice, issued.key.id, granted_scopes("events:read"))
    assert _post(served, secret, name).status_code == 403
    house.store.keys.revoke(house.alice, issued.key.id)
    answer = _post(served, secret, name)
    assert (answer.status_code, answer.json()["code"]) == (401, "revoked")
    assert _post(served, None, name).status_code == 401


def test_who_may_only_write_is_answered_again_what_they_were(served: Served, name: str) -> None:
    blind = served.key("events:write")
    first = _post(served, blind, name)
    assert set(first.json()) == {"id", *_EVENT}
    _same(first, _post(served, blind, name))


def test_the_first_is_waited_for_by_whoever_sends_the_second(
    served: Served, key: str, name: str
) -> None:
    body = b'{"customer":"Jane","currency":"EUR","amount":"1"}'
    with served.server.connect() as wire:
        _begin(wire, key, name, len(body))
        again = _post(served, key, name, _QUOTE, "/quotes")
        assert (again.status_code, again.json()["code"]) == (409, "idempotency_running")
        assert again.headers["retry-after"] == "1"
        # Another's is not in its way.
        assert _post(served, key, f'"{name[1:-1]}b"', _QUOTE, "/quotes").status_code == 201
        wire.sendall(body)
        first = received(wire)
    assert first.status_code == 201
    same = {"customer": "Jane", "currency": "EUR", "amount": "1"}
    _same(first, _post(served, key, name, same, "/quotes"))


def test_a_first_that_goes_away_is_not_waited_for(served: Served, key: str, name: str) -> None:
    with served.server.connect() as wire:
        _begin(wire, key, name, 400)
    eventually(lambda: _post(served, key, name, _QUOTE, "/quotes").status_code == 201)


def _begin(wire: socket.socket, key: str, name: str, length: int) -> None:
    wire.sendall(
        f"POST {API}/quotes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Expect: 100-continue\r\nAuthorization: Bearer {key}\r\nIdempotency-Key: {name}\r\n"
        f"Content-Length: {length}\r\n\r\n".encode()
    )
    assert wire.recv(25, socket.MSG_WAITALL) == b"HTTP/1.1 100 Continue\r\n\r\n"


def test_many_at_once_make_one_whichever_worker_they_meet(pair: Served) -> None:
    key = pair.key(GRANTED)
    answers: list[httpx.Response] = []
    together = threading.Barrier(8)

    def ask() -> None:
        with pair.server.client() as own:
            mine = Served(pair.house, pair.server, own)
            for number in range(5):
                together.wait()
                answers.append(_post(mine, key, f'"at-once-{number}"'))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 40
    assert {answer.status_code for answer in answers} <= {201, 409}
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 5
    assert _number(pair, key) == 5


@pytest.mark.sqlite_only
def test_two_workers_know_what_the_other_is_at(pair: Served, name: str) -> None:
    key = pair.key(GRANTED)
    with pair.server.connect() as wire:
        _begin(wire, key, name, 49)
        for _ in range(12):
            # Each on a connection of its own, which either worker may accept.
            with pair.server.client() as client:
                mine = Served(pair.house, pair.server, client)
                assert _post(mine, key, name, _QUOTE, "/quotes").status_code == 409
        wire.sendall(b'{"customer":"Jane","currency":"EUR","amount":"1"}')
        assert received(wire).status_code == 201


@pytest.mark.sqlite_only
def test_it_outlives_a_restart(own_house: House, tmp_path: Path, name: str) -> None:
    answers = []
    key = None
    for _ in range(2):
        with serving(own_house, tmp_path / "stderr") as server, server.client() as client:
            served = Served(own_house, server, client)
            key = key or served.key(GRANTED)
            answers.append(_post(served, key, name))
    _same(*answers)


@pytest.mark.sqlite_only
def test_after_a_day_it_is_new_and_what_was_kept_is_gone(
    own_house: House, tmp_path: Path, name: str
) -> None:
    with serving(own_house, tmp_path / "stderr") as server, server.client() as client:
        served = Served(own_house, server, client)
        key = served.key(GRANTED)
        first = _post(served, key, name)
        _age(own_house, KEPT_MS - 60_000)
        _same(first, _post(served, key, name))
        _age(own_house, 60_000)
        second = _post(served, key, name, {**_EVENT, "guests": 7})
        assert second.status_code == 201
        assert second.json()["id"] != first.json()["id"]
        _age(own_house, KEPT_MS)
    # A verifier that starts, and every hour, lets go of what nobody asks for again.
    with serving(own_house, tmp_path / "stderr"):
        eventually(lambda: _kept(own_house) == 0)


def test_only_what_is_a_day_old_goes(house: House) -> None:
    now = house.clock.now()
    with house.store.database.writing() as connection:
        for number, at in enumerate((now - KEPT_MS - 1, now - KEPT_MS, now - KEPT_MS + 1, now)):
            connection.execute(
                insert(idempotency_keys).values(
                    workspace_id=house.alice.workspace_id,
                    owner="o",
                    operation="p",
                    digest=str(number),
                    fingerprint="f",
                    status=201,
                    location="l",
                    etag="e",
                    body="b",
                    created_at=at,
                )
            )
        assert prune(connection, now) == 2
        assert set(connection.scalars(select(idempotency_keys.c.digest))) == {"2", "3"}


def _age(house: House, by_ms: int) -> None:
    with house.store.database.writing() as connection:
        connection.execute(
            update(idempotency_keys).values(created_at=idempotency_keys.c.created_at - by_ms)
        )


def _kept(house: House) -> int:
    with house.store.database.reading() as connection:
        return len(connection.execute(select(idempotency_keys)).all())


@pytest.mark.sqlite_only
def test_what_is_kept_holds_neither_the_idempotency_key_nor_an_api_key(
    own: Served, name: str
) -> None:
    key = own.key(GRANTED)
    _post(own, key, name)
    with own.house.store.database.reading() as connection:
        [row] = connection.execute(select(idempotency_keys)).all()
    assert name.strip('"') not in repr(row)
    assert key[-20:] not in repr(row)
