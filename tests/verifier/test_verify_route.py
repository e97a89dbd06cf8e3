"""The route /verify: who the key is, and whether it may."""

from urllib.parse import unquote

import pytest

from store.domain.scopes import from_canonical
from store.domain.times import rfc3339
from store.service.keys import NewKey
from tests.house import granted_scopes
from tests.verifier.serving import Served

pytestmark = pytest.mark.both_engines


def test_a_good_key_is_told_who_it_is(served: Served) -> None:
    issued = served.issue("events:write availability:read events:read")
    answer = served.ask("/verify", issued.secret.reveal())
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert "www-authenticate" not in answer.headers
    assert answer.json() == {
        "valid": True,
        "key_id": issued.key.id,
        "name": issued.key.name,
        "workspace": "acme-events",
        "scopes": ["availability:read", "events:read", "events:write"],
        "expires_at": rfc3339(issued.key.expires_at or 0),
        "owner": None,
        "labels": {},
    }
    assert answer.headers["x-key-id"] == issued.key.id
    assert answer.headers["x-key-name"] == issued.key.name
    assert answer.headers["x-workspace"] == "acme-events"
    assert answer.headers["x-key-scopes"] == "availability:read events:read events:write"


def test_the_answer_holds_nothing_of_the_secret(served: Served) -> None:
    key = served.key()
    answer = served.ask("/verify", key)
    secret = key.rpartition("_")[2]
    told = answer.text + repr(answer.headers.raw)
    assert not any(secret[start : start + 8] in told for start in range(len(secret) - 8))


def test_a_key_that_never_expires_says_null(served: Served) -> None:
    house = served.house
    issued = served.issue()
    house.store.keys.extend(house.alice, issued.key.id, None)
    assert served.ask("/verify", issued.secret.reveal()).json()["expires_at"] is None


@pytest.mark.parametrize(
    "name", ["Büro München", "予約サイト", "Naïve 🎪 tent", "100% sure", "a%20b"]
)
def test_a_name_beyond_ascii_is_percent_encoded_in_its_header(served: Served, name: str) -> None:
    issued = served.issue(name=name)
    answer = served.ask("/verify", issued.secret.reveal())
    assert answer.json()["name"] == name
    sent = answer.headers.raw
    encoded = next(value for header, value in sent if header.lower() == b"x-key-name")
    assert encoded.isascii()
    assert unquote(encoded.decode("ascii"), errors="strict") == name


@pytest.mark.parametrize(
    "query",
    [
        "scope=events:read",
        "scope=events:read&scope=quotes:write",
        "scope=events:read%20quotes:write",
        "scope=events:read+quotes:write",
        "scope=events:read+events:read&scope=events:read",
        "scope=+events:read++quotes:write+",
        "scope=events%3Aread",
        "",
    ],
)
def test_every_scope_that_is_asked_for_and_granted_is_good(served: Served, query: str) -> None:
    assert served.ask(f"/verify?{query}", served.key("events:read quotes:write")).is_success


@pytest.mark.parametrize(
    ("query", "needed"),
    [
        ("scope=events:write", "events:write"),
        ("scope=events:read&scope=events:write", "events:read events:write"),
        ("scope=events:read%20events:write", "events:read events:write"),
        (
            "scope=quotes:read&scope=events:read+events:write",
            "quotes:read events:read events:write",
        ),
        ("scope=events:write&scope=events:write", "events:write"),
    ],
)
def test_one_scope_that_is_lacking_refuses_all(served: Served, query: str, needed: str) -> None:
    answer = served.ask(f"/verify?{query}", served.key("events:read"))
    assert answer.status_code == 403
    assert answer.json()["required_scope"] == needed
    assert f'scope="{needed}"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    "query",
    [
        "scope=",
        "scope",
        "scope=+",
        "scope=events:read&scope=",
        "scope=nonsense",
        "scope=events:delete",
        "scope=events:READ",
        "scope=menus:read",
        "scope=events:read+menus:read",
        "scope=events:read&scope=:read",
        "scope=events:read,quotes:read",
        'scope=x"y:read',
        "scope=%C3%A9v%C3%A9nements:read",
        "scope=%ff:read",
        "scope=events:write&scope=menus:write",
        "&".join(["scope=events:read"] * 101),
    ],
)
def test_a_scope_nobody_knows_is_an_invalid_request(served: Served, query: str) -> None:
    answer = served.ask(f"/verify?{query}", served.key("events:read"))
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_request"
    assert "www-authenticate" not in answer.headers


def test_a_resource_of_the_installation_is_known_as_soon_as_it_is_added(served: Served) -> None:
    key = served.key("events:read")
    assert served.ask("/verify?scope=rooms:read", key).status_code == 400
    served.house.store.operator.add_resource("rooms")
    assert served.ask("/verify?scope=rooms:read", key).status_code == 403


@pytest.mark.parametrize("path", ["/verify", "/authorize", "/%76erify"])
def test_a_key_is_let_in_for_the_action_it_has_and_for_no_other(served: Served, path: str) -> None:
    house = served.house
    own = f"invoices-{len(house.store.operator.resources())}"
    house.store.operator.add_resource(own, actions=["read,write,delete,delete-all"])
    new = NewKey(f"Billing {own}", from_canonical(f"{own}:delete {own}:write"), None)
    key = house.store.keys.create(house.alice, new).secret.reveal()
    # The second time it may be answered from memory.
    for _ in range(2):
        assert served.ask(f"{path}?scope={own}:delete", key).status_code == 200
        assert served.ask(f"{path}?scope={own}:delete+{own}:write", key).status_code == 200
        for other in ("read", "delete-all", "delete+" + own + ":read"):
            refused = served.ask(f"{path}?scope={own}:{other}", key)
            assert refused.status_code == 403, other
            assert refused.json()["code"] == "scope"
            assert f"{own}:" in refused.json()["required_scope"]
        unknown = served.ask(f"{path}?scope={own}:archive", key)
        assert unknown.status_code == 400
        assert "It has: read, write, delete, delete-all." in unknown.json()["detail"]
        assert served.ask(f"{path}?scope=events:delete", key).status_code == 400
    house.store.operator.change_actions(own, add=["archive"])
    assert served.ask(f"{path}?scope={own}:archive", key).status_code == 403
    house.store.operator.change_actions(own, remove=["archive"])
    assert served.ask(f"{path}?scope={own}:archive", key).status_code == 400


def test_a_change_of_scopes_or_expiry_shows_in_the_next_answer(served: Served) -> None:
    house = served.house
    issued = served.issue("events:read")
    key = issued.secret.reveal()
    assert served.ask("/verify?scope=quotes:read", key).status_code == 403
    house.store.keys.rescope(house.alice, issued.key.id, granted_scopes("quotes:read"))
    assert served.ask("/verify?scope=quotes:read", key).json()["scopes"] == ["quotes:read"]
    assert served.ask("/verify?scope=events:read", key).status_code == 403


def test_head_gives_the_headers_alone(served: Served) -> None:
    key = served.key()
    whole, head = served.ask("/verify", key), served.ask("/verify", key, "HEAD")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == str(len(whole.content))
    assert head.headers["x-key-id"] == whole.headers["x-key-id"]
    assert served.ask("/verify", None, "HEAD").status_code == 401
