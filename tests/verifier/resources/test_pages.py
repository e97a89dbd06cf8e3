"""Lists: limits, cursors, and a walk that meets everything once."""

import base64
import json
from typing import Any

import pytest

from tests.verifier.serving import Served

pytestmark = pytest.mark.both_engines

_SAME_DAY = 7


@pytest.fixture(scope="module")
def key(served: Served) -> str:
    """A key of a workspace with 23 events, seven of which begin at one instant, and 5 quotes."""
    key = served.key("events:read events:write quotes:read quotes:write")
    for number in range(23):
        day = min(number, 23 - _SAME_DAY) + 1
        served.ask(
            "/events",
            key,
            "POST",
            json={
                "name": f"Event {number}",
                "starts_at": f"2027-01-{day:02}T10:00:00Z",
                "ends_at": "2027-02-01T10:00:00Z",
            },
        )
    for number in range(5):
        offer = {"customer": f"C {number}", "currency": "EUR", "amount": "1"}
        served.ask("/quotes", key, "POST", json=offer)
    return key


def _walk(served: Served, key: str, path: str, limit: int) -> list[list[dict[str, Any]]]:
    pages, query = [], f"limit={limit}"
    while True:
        answer = served.ask(f"{path}?{query}", key)
        assert answer.status_code == 200
        assert set(answer.json()) == {"data", "next"}
        pages.append(answer.json()["data"])
        if answer.json()["next"] is None:
            return pages
        query = f"limit={limit}&cursor={answer.json()['next']}"


@pytest.mark.parametrize("limit", [1, 4, 22, 23, 24, 200])
def test_a_walk_meets_every_event_once_in_order(served: Served, key: str, limit: int) -> None:
    pages = _walk(served, key, "/events", limit)
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert 1 <= len(pages[-1]) <= limit
    met = [one for page in pages for one in page]
    assert sorted(one["name"] for one in met) == sorted(f"Event {n}" for n in range(23))
    order = [(one["starts_at"], one["id"]) for one in met]
    assert order == sorted(order)


def test_a_walk_meets_every_quote_in_the_order_of_making(served: Served, key: str) -> None:
    met = [one for page in _walk(served, key, "/quotes", 2) for one in page]
    assert [one["customer"] for one in met] == [f"C {number}" for number in range(5)]


def test_what_is_added_during_a_walk_makes_nothing_appear_twice(served: Served) -> None:
    key = served.key("events:read events:write", actor=served.house.bob)
    body = {
        "name": "first",
        "starts_at": "2027-01-05T00:00:00Z",
        "ends_at": "2027-01-06T00:00:00Z",
    }
    for _ in range(4):
        served.ask("/events", key, "POST", json=body)
    first = served.ask("/events?limit=2", key).json()
    served.ask(
        "/events",
        key,
        "POST",
        json={**body, "name": "earlier", "starts_at": "2027-01-01T00:00:00Z"},
    )
    rest = served.ask(f"/events?cursor={first['next']}", key).json()
    assert [one["name"] for one in rest["data"]] == ["first", "first"]
    assert not {one["id"] for one in first["data"]} & {one["id"] for one in rest["data"]}


def test_an_empty_list_is_a_list(served: Served) -> None:
    key = served.key("quotes:read", actor=served.house.bob)
    assert served.ask("/quotes", key).json() == {"data": [], "next": None}


def test_a_page_has_50_unless_asked_and_200_at_most(served: Served) -> None:
    key = served.key("quotes:read quotes:write", actor=served.house.bob)
    offer = {"customer": "C", "currency": "EUR", "amount": "1"}
    for _ in range(51):
        served.ask("/quotes", key, "POST", json=offer)
    whole = served.ask("/quotes", key).json()
    assert len(whole["data"]) == 50
    assert whole["next"] is not None
    assert served.ask("/quotes?limit=200", key).json()["next"] is None


@pytest.mark.parametrize(
    "limit", ["0", "201", "-1", "1.5", "", "x", "1e2", "%D9%A1", "+5", "0x10", "9" * 5000]
)
def test_a_limit_outside_1_to_200_is_an_invalid_request(
    served: Served, key: str, limit: str
) -> None:
    answer = served.ask(f"/events?limit={limit}", key)
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_request"
    assert "limit" in answer.json()["detail"]


def _encoded(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "!",
        "%00",
        "%C3%A9",
        "A" * 4001,
        _encoded([]),
        _encoded(["events"]),
        _encoded(["events", 1]),
        _encoded(["events", "1", "ev"]),
        _encoded(["events", 1, 2]),
        _encoded(["events", True, "ev"]),
        _encoded(["events", 1.5, "ev"]),
        _encoded(["events", None, "ev"]),
        _encoded(["events", 2**63, "ev"]),
        _encoded(["events", 10**400, "ev"]),
        _encoded(["events", 1, "ev", "more"]),
        _encoded(["quotes", 1, "ev"]),
        _encoded([1, 1, "ev"]),
        _encoded({"events": 1}),
        _encoded("events"),
        _encoded(None),
        _encoded([["events"], 1, "ev"]),
        base64.urlsafe_b64encode(b'["events",1,"\xff"]').decode(),
        base64.urlsafe_b64encode(b'["events",1,"\\ud800"]').decode(),
        base64.urlsafe_b64encode(b"[" * 3000).decode(),
    ],
)
def test_a_cursor_this_list_never_gave_is_an_invalid_request(
    served: Served, key: str, cursor: str
) -> None:
    answer = served.ask(f"/events?cursor={cursor}", key)
    assert answer.status_code == 400, cursor
    assert answer.json()["code"] == "invalid_request"
    assert "cursor" in answer.json()["detail"]


def test_a_cursor_of_another_list_is_an_invalid_request(served: Served, key: str) -> None:
    given = served.ask("/quotes?limit=1", key).json()["next"]
    assert served.ask(f"/events?cursor={given}", key).status_code == 400
    assert served.ask(f"/quotes?cursor={given}", key).status_code == 200


def test_a_cursor_shows_nobody_the_events_of_others(served: Served, key: str) -> None:
    given = served.ask("/events?limit=1", key).json()["next"]
    theirs = served.key("events:read", actor=served.house.bob)
    met = served.ask(f"/events?cursor={given}&limit=200", theirs).json()["data"]
    assert not [one for one in met if one["name"].startswith("Event ")]


@pytest.mark.parametrize("twice", ["limit=1&limit=2", "cursor=a&cursor=a"])
def test_a_parameter_that_is_given_twice_is_an_invalid_request(
    served: Served, key: str, twice: str
) -> None:
    answer = served.ask(f"/events?{twice}", key)
    assert answer.status_code == 400
    assert "more than once" in answer.json()["detail"]
