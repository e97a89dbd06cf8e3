"""The website's availability page holds a key that may only read; whoever finds it cannot write."""

from tests.stories.desk import Desk
from tests.verifier.serving import eventually

EVENT = {"name": "Gala", "starts_at": "2027-01-01T10:00:00Z", "ends_at": "2027-01-01T12:00:00Z"}


def test_a_leaked_read_only_key_shows_free_days_and_changes_nothing(here: Desk) -> None:
    office = here.house.create("Office", "events:read events:write").secret.reveal()
    event = here.ask("/events", office, method="POST", json=EVENT).json()["id"]
    made = here.json("keys", "create", "--name", "Website", "--scope", "availability:read")
    page = made["key"]
    free = here.ask("/availability?from=2027-01-01&to=2027-01-02", page)
    assert (free.status_code, "Gala" in free.text) == (200, False)

    # Whoever reads the page's source has it now.
    for method, path, body in (
        ("GET", "/events", None),
        ("GET", f"/events/{event}", None),
        ("POST", "/events", EVENT),
        ("PATCH", f"/events/{event}", {"status": "cancelled"}),
        ("GET", "/quotes", None),
        ("POST", "/quotes", {"customer": "Eve", "currency": "EUR", "amount": "1"}),
    ):
        answer = here.ask(path, page, method=method, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope"), path
        assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    for method in ("POST", "PUT", "DELETE"):
        assert here.ask("/availability", page, method=method).status_code == 405
    events = here.ask("/events", office).json()["data"]
    assert [(one["id"], one["status"]) for one in events] == [(event, "option")]

    # It is seen, and over when Alice says so.
    eventually(lambda: len(here.json("keys", "usage", "Website")["refusals"]) == 6)
    here.keydeck("keys", "revoke", "Website", "--reason", "it was copied from the page")
    assert here.ask("/availability", page).json()["code"] == "revoked"
    assert here.ask("/events", office).status_code == 200
