"""Entity tags: who read before they wrote lose nothing, and nothing is told by a tag."""

import threading
import time
from random import random
from typing import Any

import httpx
import pytest

from tests.verifier.serving import API, Served

pytestmark = pytest.mark.both_engines

_EVENT: dict[str, Any] = {
    "name": "Fair",
    "starts_at": "2027-04-03T09:00:00Z",
    "ends_at": "2027-04-04T09:00:00Z",
    "guests": 0,
}
_QUOTE: dict[str, Any] = {"customer": "Jane", "currency": "EUR", "amount": "10.00"}
_BODIES = {"events": _EVENT, "quotes": _QUOTE}
_CHANGES: dict[str, dict[str, Any]] = {"events": {"guests": 7}, "quotes": {"amount": "11.00"}}
CLIENTS, ROUNDS = 10, 40


@pytest.fixture(scope="module")
def key(served: Served) -> str:
    """A key that may read and write everything."""
    return served.key("events:read events:write quotes:read quotes:write")


def _made(served: Served, key: str, kind: str = "events") -> tuple[str, str]:
    answer = served.ask(f"/{kind}", key, "POST", json=_BODIES[kind])
    assert answer.status_code == 201
    return f"/{kind}/{answer.json()['id']}", answer.headers["etag"]


def _changed(
    served: Served, key: str, path: str, *conditions: tuple[str, str], **changes: Any
) -> httpx.Response:
    headers = [
        ("Authorization", f"Bearer {key}"),
        ("Content-Type", "application/json"),
        *conditions,
    ]
    return served.client.patch(f"{API}{path}", headers=headers, json=changes)


@pytest.mark.parametrize("kind", _BODIES)
def test_a_thing_has_one_strong_tag_wherever_it_is_answered(
    served: Served, key: str, kind: str
) -> None:
    path, made = _made(served, key, kind)
    assert made.startswith('"')
    assert made.endswith('"')
    for method in ("GET", "HEAD"):
        assert served.ask(path, key, method).headers["etag"] == made
    changed = _changed(served, key, path, **_CHANGES[kind])
    assert changed.headers["etag"] not in ("", made)
    assert served.ask(path, key).headers["etag"] == changed.headers["etag"]
    # Nothing was sent, nothing is another.
    assert _changed(served, key, path).headers["etag"] == changed.headers["etag"]
    assert "etag" not in served.ask(f"/{kind}", key).headers


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ("{tag}", 200),
        ("*", 200),
        ('"x" ,  {tag}', 200),
        ('"x",,{tag},', 200),
        ('W/"x", {tag}', 200),
        ("W/{tag}", 412),
        ('"x"', 412),
        ('""', 412),
        ('"x", "y"', 412),
        ("{bare}", 400),
        ("'{bare}'", 400),
        ("{tag}{tag}", 400),
        ("{tag} {tag}", 400),
        ("*, {tag}", 400),
        ('{tag}, "', 400),
        ("w/{tag}", 400),
        ("", 400),
        (",", 400),
    ],
)
def test_if_match_lets_a_change_pass_only_where_it_names_what_stands(
    served: Served, key: str, condition: str, status: int
) -> None:
    path, tag = _made(served, key)
    written = condition.replace("{tag}", tag).replace("{bare}", tag.strip('"'))
    answer = _changed(served, key, path, ("If-Match", written), guests=5)
    assert answer.status_code == status, answer.text
    if status != 200:
        code = "precondition_failed" if status == 412 else "invalid_request"
        assert answer.json()["code"] == code
    assert served.ask(path, key).json()["guests"] == (5 if status == 200 else 0)


def test_several_headers_are_one_list(served: Served, key: str) -> None:
    path, tag = _made(served, key)
    answer = _changed(served, key, path, ("If-Match", '"x"'), ("If-Match", tag), guests=5)
    assert answer.status_code == 200


def test_a_tag_is_good_until_the_next_change_and_never_again(served: Served, key: str) -> None:
    path, first = _made(served, key)
    second = _changed(served, key, path, ("If-Match", first), guests=1).headers["etag"]
    assert _changed(served, key, path, ("If-Match", first), guests=2).status_code == 412
    # Also where all is as it was.
    third = _changed(served, key, path, ("If-Match", second), guests=0).headers["etag"]
    assert len({first, second, third}) == 3
    assert _changed(served, key, path, ("If-Match", first), guests=2).status_code == 412


def test_a_condition_stands_behind_what_would_be_refused_anyway(served: Served, key: str) -> None:
    never = ("If-Match", '"x"')
    path, _ = _made(served, key)
    assert _changed(served, key, "/events/ev_none", never, guests=1).status_code == 404
    assert _changed(served, key, path, never, guests=-1).status_code == 422
    assert _changed(served, served.key("events:read"), path, never, guests=1).status_code == 403


def test_what_the_client_has_is_not_sent_again(served: Served, key: str) -> None:
    path, tag = _made(served, key)
    for condition in (tag, f"W/{tag}", "*", f'"x", {tag}'):
        for method in ("GET", "HEAD"):
            answer = served.ask(path, key, method, headers={"If-None-Match": condition})
            assert answer.status_code == 304
            assert answer.content == b""
            assert answer.headers["etag"] == tag
            assert answer.headers["cache-control"] == "no-store"
            assert not {"content-length", "content-type", "transfer-encoding"} & set(answer.headers)
    assert served.ask(path, key, headers={"If-None-Match": '"x"'}).json()["name"] == "Fair"
    assert served.ask(path, key, headers={"If-Match": '"x"'}).status_code == 412
    assert served.ask("/events/ev_none", key, headers={"If-None-Match": "*"}).status_code == 404
    assert served.ask(path, None, headers={"If-None-Match": tag}).status_code == 401
    # On a change it is a condition as well.
    answer = _changed(served, key, path, ("If-None-Match", tag), guests=5)
    assert answer.status_code == 412


def test_a_connection_goes_on_after_an_answer_without_content(served: Served, key: str) -> None:
    path, tag = _made(served, key)
    with served.server.client() as client:
        for _ in range(3):
            headers = {"Authorization": f"Bearer {key}", "If-None-Match": tag}
            assert client.get(f"{API}{path}", headers=headers).status_code == 304
            assert client.get("/healthz").json() == {"status": "ok"}


def test_who_may_write_and_not_read_learns_nothing_from_a_tag(served: Served, key: str) -> None:
    """Two things that hold the same have not the same tag, nor has one that is as it was."""
    blind = served.key("events:write")
    path, first = _made(served, key)
    _, second = _made(served, key)
    assert first != second
    tags = {first, second}
    # Guessing: whoever hits what stands gets no tag that says so.
    for guests in (0, 1, 1, 0):
        answer = _changed(served, blind, path, guests=guests)
        assert set(answer.json()) == {"id", "guests"}
        assert answer.headers["etag"] not in tags
        tags.add(answer.headers["etag"])
    # But two that only write need not run each other over either.
    seen = answer.headers["etag"]
    assert _changed(served, blind, path, ("If-Match", seen), guests=3).status_code == 200
    assert _changed(served, blind, path, ("If-Match", seen), guests=4).status_code == 412
    assert served.ask(path, blind, headers={"If-None-Match": "*"}).status_code == 403


def test_another_workspaces_tag_says_nothing(served: Served, key: str) -> None:
    path, tag = _made(served, key)
    theirs = served.key("events:read events:write", actor=served.house.bob)
    assert served.ask(path, theirs, headers={"If-None-Match": tag}).status_code == 404
    assert _changed(served, theirs, path, ("If-Match", tag), guests=1).status_code == 404


def test_what_many_add_at_once_is_all_there(pair: Served) -> None:
    """Ten clients, forty rounds of reading, adding one and writing, on two workers."""
    key = pair.key("events:read events:write")
    path, _ = _made(pair, key)
    rounds = iter(range(ROUNDS))
    refused: list[int] = []

    def add() -> None:
        with pair.server.client(headers={"Authorization": f"Bearer {key}"}) as client:
            for _ in rounds:
                while True:
                    read = client.get(f"{API}{path}")
                    done = client.patch(
                        f"{API}{path}",
                        json={"guests": read.json()["guests"] + 1},
                        headers={"If-Match": read.headers["etag"]},
                    )
                    if done.status_code == 200:
                        break
                    refused.append(done.status_code)
                    # Who tries again at once is in the way of the others.
                    time.sleep(random() / 20)

    threads = [threading.Thread(target=add) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pair.ask(path, key).json()["guests"] == ROUNDS
    assert set(refused) <= {412, 503}
    assert 412 in refused
