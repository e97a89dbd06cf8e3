"""Assistants that try again, and that change what somebody else has changed."""

from typing import Any

from tests.assistants.walking import Walk

_EVENT = {
    "name": "Gala",
    "starts_at": "2027-06-12T18:00:00Z",
    "ends_at": "2027-06-13T01:00:00Z",
}


def _called(walk: Walk, token: str, tool: str, **arguments: Any) -> tuple[bool, Any]:
    """Return whether a tool did what was asked, and what it said."""
    result = walk.call(token, tool, **arguments).json()["result"]
    if result.get("isError"):
        return False, result["content"][0]["text"]
    return True, result["structuredContent"]


def test_an_assistant_that_tries_again_makes_one(walk: Walk) -> None:
    token = walk.connected("events:read events:write")["access_token"]
    done, made = _called(walk, token, "create_event", **_EVENT, idempotency_key="first")
    assert done
    again = _called(walk, token, "create_event", **_EVENT, idempotency_key="first")
    assert again == (True, made)
    done, said = _called(walk, token, "create_event", **_EVENT, guests=3, idempotency_key="first")
    assert (done, "with another body" in said) == (False, True)
    for wrong in ("", "x" * 256, "\x1b", 7):
        done, said = _called(walk, token, "create_event", **_EVENT, idempotency_key=wrong)
        assert not done, said
    _, other = _called(walk, token, "create_event", **_EVENT, idempotency_key="second")
    _, none = _called(walk, token, "create_event", **_EVENT)
    assert len({made["id"], other["id"], none["id"]}) == 3


def test_an_assistant_changes_only_what_it_has_seen(walk: Walk) -> None:
    token = walk.connected("events:read events:write")["access_token"]
    _, made = _called(walk, token, "create_event", **_EVENT)
    event = made["id"]
    done, changed = _called(walk, token, "edit_event", id=event, guests=3, if_match=made["etag"])
    assert done
    assert changed["etag"] != made["etag"]
    done, said = _called(walk, token, "edit_event", id=event, guests=4, if_match=made["etag"])
    assert (done, "changed since" in said) == (False, True)
    assert _called(walk, token, "get_event", id=event) == (True, changed)
    _, page = _called(walk, token, "list_events", limit=200)
    assert changed in page["data"]
    assert _called(walk, token, "edit_event", id=event, guests=5)[0]
