"""The collection /events: making, reading, changing, listing."""

import re
from typing import Any

import httpx
import pytest

from tests.verifier.serving import API, Served, serving

pytestmark = pytest.mark.both_engines

_FULL = "events:read events:write"
_FAIR: dict[str, Any] = {
    "name": "Spring fair",
    "starts_at": "2027-04-03T09:00:00.000Z",
    "ends_at": "2027-04-04T18:00:00.000Z",
    "venue": "Hall 2",
    "guests": 250,
    "status": "confirmed",
}


@pytest.fixture(scope="module")
def key(served: Served) -> str:
    """A key that may read and write events."""
    return served.key(_FULL)


def _make(served: Served, key: str, **changed: Any) -> httpx.Response:
    answer = served.ask("/events", key, "POST", json={**_FAIR, **changed})
    assert answer.status_code == 201, answer.text
    return answer


def test_what_is_made_is_answered_with_its_address(served: Served, key: str) -> None:
    answer = _make(served, key)
    made = answer.json()
    assert re.fullmatch("ev_[0-9A-Za-z]{20}", made["id"])
    assert made == {"id": made["id"], **_FAIR}
    assert answer.headers["location"] == f"{API}/events/{made['id']}"
    assert answer.headers["cache-control"] == "no-store"
    found = served.client.get(
        answer.headers["location"], headers={"Authorization": f"Bearer {key}"}
    )
    assert found.status_code == 200
    assert found.json() == made


def test_what_is_not_required_has_a_default(served: Served, key: str) -> None:
    required = {name: _FAIR[name] for name in ("name", "starts_at", "ends_at")}
    made = served.ask("/events", key, "POST", json=required).json()
    assert made == {
        "id": made["id"],
        **required,
        "venue": None,
        "guests": None,
        "status": "option",
    }


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2027-04-03T09:00:00+02:00", "2027-04-03T07:00:00.000Z"),
        ("2027-04-03T09:00:00.250Z", "2027-04-03T09:00:00.250Z"),
        ("2027-04-03T00:00:00-09:30", "2027-04-03T09:30:00.000Z"),
    ],
)
def test_instants_are_answered_in_utc(served: Served, key: str, given: str, kept: str) -> None:
    assert _make(served, key, starts_at=given).json()["starts_at"] == kept


def test_names_of_all_alphabets_come_back_as_they_were_sent(served: Served, key: str) -> None:
    for name in ("Büro-Fest", "春祭り", "🎪", 'quote " and \\ and <b>', "x" * 200):
        made = _make(served, key, name=name, venue=name).json()
        assert (made["name"], made["venue"]) == (name, name)
        assert served.ask(f"/events/{made['id']}", key).json()["name"] == name


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Autumn fair"},
        {"starts_at": "2027-04-02T09:00:00.000Z"},
        {"ends_at": "2027-04-05T18:00:00.000Z"},
        {"venue": None},
        {"guests": 0},
        {"guests": None},
        {"status": "cancelled"},
        {"name": "Both", "status": "option"},
        {},
    ],
)
def test_a_change_changes_what_was_sent_and_nothing_else(
    served: Served, key: str, change: dict[str, Any]
) -> None:
    before = _make(served, key).json()
    answer = served.ask(f"/events/{before['id']}", key, "PATCH", json=change)
    assert answer.status_code == 200
    assert answer.json() == {**before, **change}
    assert served.ask(f"/events/{before['id']}", key).json() == {**before, **change}


def test_a_merge_patch_by_its_own_media_type_is_taken(served: Served, key: str) -> None:
    made = _make(served, key).json()
    for media_type, expected in (
        ("application/merge-patch+json", 200),
        ("application/merge-patch+json; charset=utf-8", 200),
        ("application/json-patch+json", 415),
    ):
        answer = served.ask(
            f"/events/{made['id']}",
            key,
            "PATCH",
            content=b'{"guests": 3}',
            headers={"Content-Type": media_type},
        )
        assert answer.status_code == expected, media_type
    answer = served.ask(
        "/events",
        key,
        "POST",
        content=b"{}",
        headers={"Content-Type": "application/merge-patch+json"},
    )
    assert answer.status_code == 415


def test_a_change_that_would_end_before_it_starts_changes_nothing(served: Served, key: str) -> None:
    before = _make(served, key).json()
    answer = served.ask(
        f"/events/{before['id']}", key, "PATCH", json={"ends_at": "2027-04-03T08:59:59Z"}
    )
    assert answer.status_code == 422
    assert "ends_at" in answer.json()["detail"]
    assert served.ask(f"/events/{before['id']}", key).json() == before


@pytest.mark.parametrize("method", ["GET", "PATCH"])
@pytest.mark.parametrize("name", ["ev_none", "%00", "%ff", "ev%20x", "'", "..", "x" * 4000])
def test_an_id_that_is_none_is_not_found(served: Served, key: str, method: str, name: str) -> None:
    answer = served.ask(f"/events/{name}", key, method, json={})
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_who_may_write_but_not_read_gets_back_the_id_and_what_was_sent(served: Served) -> None:
    key = served.key("events:write")
    required = {name: _FAIR[name] for name in ("name", "starts_at", "ends_at")}
    made = served.ask("/events", key, "POST", json=required).json()
    assert made == {"id": made["id"], **required}
    address = f"/events/{made['id']}"
    assert served.ask(address, key, "PATCH", json={"guests": 7}).json() == {
        "id": made["id"],
        "guests": 7,
    }
    assert served.ask(address, key, "PATCH", json={}).json() == {"id": made["id"]}
    assert served.ask(address, key).status_code == 403
    assert served.ask("/events", key).status_code == 403


def test_who_may_not_read_learns_nothing_from_a_refused_change(served: Served, key: str) -> None:
    made = _make(served, key, name="Wedding of A and B").json()
    blind = served.key("events:write")
    answer = served.ask(
        f"/events/{made['id']}", blind, "PATCH", json={"ends_at": "2000-01-01T00:00:00Z"}
    )
    assert answer.status_code == 422
    # A request id is random digits: it may well hold a 250.
    said = answer.text.replace(answer.json()["request_id"], "")
    for value in ("Wedding", "2027", "Hall", "250", "confirmed"):
        assert value not in said


def test_absolute_addresses_begin_at_the_public_url_and_never_at_the_host(
    served: Served, tmp_path: Any
) -> None:
    key = served.key(_FULL)
    answer = served.ask(
        "/events",
        key,
        "POST",
        json=_FAIR,
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
    )
    assert answer.headers["location"].startswith("/api/v1/events/ev_")
    with (
        serving(served.house, tmp_path / "stderr", public_url="https://api.acme.example/") as other,
        other.client() as client,
    ):
        answer = client.post(
            f"{API}/events",
            json=_FAIR,
            headers={"Authorization": f"Bearer {key}", "Host": "evil.example"},
        )
    made = answer.json()["id"]
    assert answer.headers["location"] == f"https://api.acme.example/api/v1/events/{made}"
