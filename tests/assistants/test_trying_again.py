"""Assistants that try again, and that change what somebody else has changed."""

from typing import Any

from console.text.why_words import advice
from store.domain.connections import CODE, REFRESH
from store.domain.key_networks import key_networks
from store.domain.key_string import mint
from store.domain.keys import State
from store.domain.usage import KeyUsage
from store.domain.verdicts import Verdict
from store.persistence.database import sqlite_library
from tests.assistants.walking import Walk
from tests.verifier.serving import Served, eventually

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


def _states(own: Served) -> dict[str, State]:
    connections = own.house.store.connections.all(own.house.alice)
    return {one.id: one.state(own.house.clock.now()) for one in connections}


def test_a_yes_that_cannot_end_what_was_ticked_is_none_and_can_be_said_again(
    own_walk: Walk, own: Served
) -> None:
    own_walk.connected("events:read")
    [old] = _states(own)
    own_walk.authorize()
    own_walk.sign_in()
    breaking: Any = sqlite_library().connect(own.house.store.database.path, isolation_level=None)
    breaking.execute(
        "CREATE TRIGGER none_ends BEFORE UPDATE OF revoked_at ON connections "
        "BEGIN SELECT RAISE(ABORT, 'nothing ends'); END"
    )
    own_walk.press_only(
        "approve", scope="events:read", lifetime="30d", workspace="acme-events", end=old
    )
    assert list(_states(own).values()) == [State.ACTIVE]
    breaking.execute("DROP TRIGGER none_ends")
    breaking.close()
    own_walk.approve("events:read", end=old)
    assert sorted(_states(own).values()) == [State.ACTIVE, State.REVOKED]
    assert own_walk.token().status_code == 200


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


def test_a_client_that_is_gone_with_its_tokens_is_told_to_register_anew(walk: Walk) -> None:
    tokens = walk.connected()
    gone = mint(REFRESH).key.reveal()
    assert walk.refresh(gone).json()["error"] == "invalid_grant"
    document = "https://claude.ai/oauth/claude-code-client-metadata"
    assert walk.refresh(gone, client_id=document).json()["error"] == "invalid_grant"
    nobody = "A" * len(walk.client_id)
    assert walk.refresh(gone, client_id=nobody).json()["error"] == "invalid_client"
    walk.code = mint(CODE).key.reveal()
    assert walk.token(client_id=nobody).json()["error"] == "invalid_client"
    # Whoever has another's token is told nothing of whose it is.
    again = walk.refresh(tokens["refresh_token"], client_id=nobody).json()
    assert again["error"] == "invalid_grant"
    assert walk.refresh(tokens["refresh_token"]).status_code == 200


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


def test_a_token_stolen_within_the_window_is_seen_to_come_from_two_networks(
    walk: Walk, behind: Served
) -> None:
    tokens = walk.connected()
    refresh = {
        "grant_type": "refresh_token",
        "refresh_token": tokens["refresh_token"],
        "client_id": walk.client_id,
    }
    answers = [
        behind.client.post("/oauth/token", data=refresh, headers={"X-Forwarded-For": network})
        for network in ("203.0.113.9", "198.51.100.7")
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    entry = behind.house.store.audit_trail.newest(behind.house.alice)[0]
    assert entry.action == "connection.renewed_elsewhere"
    assert (entry.details["first_network"], entry.details["network"]) == (
        "203.0.113.9",
        "198.51.100.7",
    )
    # Whichever of the two goes on, the other ends it for both.
    mine, stolen = (answer.json()["refresh_token"] for answer in answers)
    assert walk.refresh(mine).status_code == 200
    assert walk.refresh(tokens["refresh_token"]).status_code == 400
    assert walk.refresh(stolen).status_code == 400


def test_a_token_stolen_into_another_network_than_is_enforced_is_told_of_as_its_calls_are(
    walk: Walk, behind: Served
) -> None:
    store, alice = behind.house.store, behind.house.alice
    refresh = {
        "grant_type": "refresh_token",
        "refresh_token": walk.connected()["refresh_token"],
        "client_id": walk.client_id,
    }
    [made] = [one for one in store.connections.all(alice) if one.client_id == walk.client_id]
    networks = key_networks(["203.0.113.0/24"], enforced=True)
    store.connections.set_networks(alice, made.id, networks).unwaited()
    from_there = {"X-Forwarded-For": "198.51.100.7", "User-Agent": "curl/8"}
    refused = [
        behind.client.post(path, data=refresh, headers=from_there)
        for path in ("/oauth/token", "/token")
    ]
    assert [(one.status_code, one.json()["error"]) for one in refused] == [
        (400, "access_denied"),
        (400, "access_denied"),
    ]

    def told() -> KeyUsage:
        return store.connections.details(alice, made.id).usage

    eventually(lambda: len(told().refusals) == 2)
    assert told().traffic.by_verdict == {Verdict.NETWORK: 2}
    assert [
        (one.verdict, one.address, one.user_agent, one.method, one.path) for one in told().refusals
    ] == [
        (Verdict.NETWORK, "198.51.100.7", "curl/8", "POST", path)
        for path in ("/token", "/oauth/token")
    ]
    for answer in refused:
        why = store.why.explain(alice, answer.headers["X-Request-Id"])
        assert why.connection is not None
        assert advice(why, behind.house.clock.now(), "jw")[0].startswith(
            "A refresh token of it came from 198.51.100.7; the connection is used from "
            "203.0.113.0/24."
        )
    # Nothing was used up, and whoever has it where it is used goes on.
    at_home = {"X-Forwarded-For": "203.0.113.9"}
    assert behind.client.post("/oauth/token", data=refresh, headers=at_home).status_code == 200
