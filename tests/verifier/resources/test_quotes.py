"""The collection /quotes, and what ties a quote to an event."""

import re
from typing import Any

import pytest

from tests.verifier.serving import API, Served

_OFFER = {"customer": "Jane Doe", "currency": "EUR", "amount": "1250.00"}


@pytest.fixture(scope="module")
def key(served: Served) -> str:
    """A key that may read and write quotes, and make events."""
    return served.key("quotes:read quotes:write events:write")


@pytest.fixture(scope="module")
def event(served: Served, key: str) -> str:
    """The id of an event of the key's workspace."""
    return _event(served, key)


def _event(served: Served, key: str) -> str:
    answer = served.ask(
        "/events",
        key,
        "POST",
        json={"name": "A", "starts_at": "2027-01-01T00:00:00Z", "ends_at": "2027-01-02T00:00:00Z"},
    )
    made: str = answer.json()["id"]
    return made


def test_a_quote_is_made_found_and_changed(served: Served, key: str, event: str) -> None:
    answer = served.ask("/quotes", key, "POST", json={**_OFFER, "event_id": event})
    made = answer.json()
    assert answer.status_code == 201
    assert re.fullmatch("qu_[0-9A-Za-z]{20}", made["id"])
    assert made == {"id": made["id"], "event_id": event, **_OFFER, "status": "draft"}
    assert answer.headers["location"] == f"{API}/quotes/{made['id']}"
    change = {"status": "sent", "amount": "1300", "event_id": None}
    address = f"/quotes/{made['id']}"
    assert served.ask(address, key, "PATCH", json=change).json() == {**made, **change}
    assert served.ask(address, key).json() == {**made, **change}


@pytest.mark.parametrize("amount", ["0", "0.5", "1250.00", "999999999999.9999", "100.0000"])
def test_an_amount_stays_the_text_it_was(served: Served, key: str, amount: str) -> None:
    made = served.ask("/quotes", key, "POST", json={**_OFFER, "amount": amount}).json()
    assert served.ask(f"/quotes/{made['id']}", key).json()["amount"] == amount


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_quote_is_tied_to_events_of_its_own_workspace_alone(
    served: Served, key: str, event: str, method: str
) -> None:
    made = served.ask("/quotes", key, "POST", json={**_OFFER, "event_id": event}).json()
    theirs = _event(served, served.key("events:write", actor=served.house.bob))
    for wrong in (theirs, "ev_none", "", made["id"]):
        path = "/quotes" if method == "POST" else f"/quotes/{made['id']}"
        answer = served.ask(path, key, method, json={**_OFFER, "event_id": wrong})
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith("event_id: ")
    assert served.ask(f"/quotes/{made['id']}", key).json() == made


def test_who_may_write_but_not_read_gets_back_the_id_and_what_was_sent(served: Served) -> None:
    key = served.key("quotes:write")
    made: dict[str, Any] = served.ask("/quotes", key, "POST", json=_OFFER).json()
    assert made == {"id": made["id"], **_OFFER}
    changed = served.ask(f"/quotes/{made['id']}", key, "PATCH", json={"status": "sent"})
    assert changed.json() == {"id": made["id"], "status": "sent"}
