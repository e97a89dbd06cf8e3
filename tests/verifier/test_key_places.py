"""A key in a header of its own or as Basic's password: `serve --key-header` and `--basic`."""

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.clock import FixedClock, SystemClock
from store.domain.key_string import mint
from store.errors import Invalid
from store.verifier.bearer import Flaw, read
from store.verifier.key_places import BEARER, KeyPlaces
from tests.conftest import MoveIn
from tests.verifier.serving import API, PATIENCE_S, Served, Server, eventually, serving

HEADERS = ("X-API-Key", "Api-Token")
EVERYWHERE = KeyPlaces(HEADERS, basic=True)
ALSO = (
    ', Basic realm="keydeck", ApiKey realm="keydeck", header="X-API-Key"'
    ', ApiKey realm="keydeck", header="Api-Token"'
)


def basic(key: str, user: str = "") -> str:
    """Return the header that `curl -u user:key` sends."""
    return "Basic " + b64encode(f"{user}:{key}".encode()).decode()


@pytest.fixture(scope="module")
def everywhere(move_in: MoveIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served house whose verifier takes keys wherever it can."""
    folder = tmp_path_factory.mktemp("everywhere")
    with (
        move_in(folder, FixedClock(SystemClock().now())) as house,
        serving(
            house, folder / "stderr", proxies=["127.0.0.1"], key_headers=HEADERS, basic=True
        ) as server,
        server.client() as client,
    ):
        yield Served(house, server, client)


def places_of(key: str) -> list[dict[str, str]]:
    """Return the headers of requests with one key, each in another place, or in several."""
    bearer = {"Authorization": f"Bearer {key}"}
    return [
        bearer,
        {"X-API-Key": key},
        {"x-api-key": key},
        {"Api-Token": key},
        {"Authorization": basic(key)},
        {"Authorization": basic(key, "anybody").replace("Basic", "bAsIc")},
        bearer | {"X-API-Key": key, "Api-Token": key},
        {"Authorization": basic(key), "X-API-Key": key},
        bearer | {"X-API-Key": ""},
        {"Authorization": "", "Api-Token": key},
    ]


def test_a_key_is_found_in_each_place_on_both_ways_at_every_address(everywhere: Served) -> None:
    key = everywhere.key("events:read events:write")
    event = {"name": "Fair", "starts_at": "2030-01-01T10:00Z", "ends_at": "2030-01-02T10:00Z"}
    event = {name: value.replace("Z", ":00Z") for name, value in event.items()}
    for headers in places_of(key):
        ask = partial(everywhere.ask, headers=headers)
        assert ask("/verify").json()["valid"] is True, headers
        assert ask("/%76erify").status_code == 200, "the long way"
        assert ask("/events").status_code == 200
        assert ask("/events", method="POST", json=event).status_code == 201
        told = {"X-Forwarded-Method": "PUT", "X-Forwarded-Uri": "/mine"}
        for body in (b"", b"{}"):
            asked = ask("/authorize", method="PUT", content=body, headers=headers | told)
            assert asked.status_code == 200, headers


def test_two_credentials_are_refused_whatever_they_are_worth(everywhere: Served) -> None:
    key, other = everywhere.key(), mint("jw").key.reveal()
    bearer = {"Authorization": f"Bearer {key}"}
    for headers in (
        bearer | {"X-API-Key": other},
        bearer | {"X-API-Key": "x"},
        {"X-API-Key": key, "Api-Token": other},
        {"Authorization": basic(other), "X-API-Key": key},
        {"Authorization": "Digest x", "X-API-Key": key},
        {"Authorization": "Basic !", "X-API-Key": key},
        {"Authorization": "Bearer", "X-API-Key": key},
    ):
        answer = everywhere.ask("/verify", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request"), headers
        assert key not in answer.text
    spaced = f"GET {API}/verify HTTP/1.1\r\nHost: x\r\nX-Api-KEY:\t {key} \t\r\n\r\n"
    assert everywhere.server.exchange(spaced.encode()).status_code == 200
    for twice in ("X-API-Key", "Authorization"):
        value = key if twice == "X-API-Key" else basic(key)
        raw = (
            f"GET {API}/verify HTTP/1.1\r\nHost: x\r\n{twice}: {value}\r\n{twice}: {value}\r\n\r\n"
        )
        assert everywhere.server.exchange(raw.encode()).status_code == 400


def test_a_refusal_names_every_place_and_a_lacking_scope_none_of_the_others(
    everywhere: Served,
) -> None:
    missing = everywhere.ask("/verify")
    assert missing.headers["www-authenticate"] == 'Bearer realm="keydeck"' + ALSO
    detail = missing.json()["detail"]
    assert all(name in detail for name in (*HEADERS, "Bearer", "Basic"))
    dead = everywhere.issue()
    everywhere.house.store.keys.revoke(everywhere.house.alice, dead.key.id)
    for path in ("/verify", "/authorize/x", "/events"):
        for headers, code in (
            ({"X-API-Key": "nothing"}, "malformed"),
            ({"Authorization": "Basic eA=="}, "malformed"),
            ({"Authorization": "Basic \xe9".encode("latin-1")}, "malformed"),
            ({"Authorization": basic("x")}, "malformed"),
            ({"Authorization": "Digest x"}, "malformed"),
            ({"Api-Token": mint("jw").key.reveal()}, "unknown"),
            ({"X-API-Key": dead.secret.reveal()}, "revoked"),
        ):
            answer = everywhere.ask(path, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (401, code)
            assert answer.headers["www-authenticate"].endswith(ALSO)
            assert answer.headers["www-authenticate"].startswith('Bearer realm="keydeck"')
    lacking = everywhere.ask("/verify?scope=events:write", headers={"X-API-Key": everywhere.key()})
    assert (lacking.status_code, "Basic" in lacking.headers["www-authenticate"]) == (403, False)


def test_what_is_not_allowed_is_not_looked_at(served: Served) -> None:
    key = served.key()
    good = {"Authorization": f"Bearer {key}"}
    other = mint("jw").key.reveal()
    assert served.ask("/verify", headers={"X-API-Key": key}).json()["code"] == "missing"
    assert served.ask("/verify", headers={"Authorization": basic(key)}).status_code == 401
    assert served.ask("/verify", headers=good | {"X-API-Key": other}).status_code == 200
    for cookie in (f"key={key}", f"X-API-Key={key}"):
        assert served.ask("/verify", headers={"Cookie": cookie}).json()["code"] == "missing"


def test_what_costs_nothing_where_it_was_not_asked_for_is_the_same_function() -> None:
    assert BEARER.read is read
    assert EVERYWHERE.read is not read


def test_an_assistants_token_is_a_bearer_token_alone(everywhere: Served) -> None:
    token = mint("oat").key.reveal()
    for headers in ({"X-API-Key": token}, {"Authorization": basic(token)}):
        answer = everywhere.client.post("/mcp", headers=headers, json={})
        assert answer.status_code == 401
        assert re.fullmatch(
            'Bearer realm="keydeck", scope="[^"]*", resource_metadata="[^"]*"',
            answer.headers["www-authenticate"],
        )


def test_a_preflight_with_a_key_is_no_preflight(everywhere: Served) -> None:
    told = {"X-Forwarded-Method": "OPTIONS", "X-Forwarded-Uri": "/x"}
    told |= {"Origin": "https://a.example", "Access-Control-Request-Method": "PUT"}
    path = "/authorize?preflight=pass"
    assert everywhere.ask(path, headers=told).status_code == 200
    for headers in ({"X-API-Key": "x"}, {"Authorization": "Basic eA=="}, {"Api-Token": ""}):
        assert everywhere.ask(path, headers=told | headers).status_code == 401


def test_the_document_names_each_place_and_each_opens(everywhere: Served) -> None:
    document = everywhere.client.get("/openapi.json").json()
    schemes = document["components"]["securitySchemes"]
    assert [scheme.get("name", scheme.get("scheme")) for scheme in schemes.values()] == [
        *("bearer", "basic", *HEADERS)
    ]
    verify = document["paths"][f"{API}/verify"]["get"]
    assert [list(one) for one in verify["security"]] == [[name] for name in schemes]
    key = everywhere.key()
    for scheme in schemes.values():
        if scheme["type"] == "apiKey":
            headers = {scheme["name"]: key}
        else:
            value = basic(key) if scheme["scheme"] == "basic" else f"Bearer {key}"
            headers = {"Authorization": value}
        assert everywhere.ask("/verify", headers=headers).status_code == 200


def test_a_key_from_any_place_is_counted_refused_and_leaked_as_ever_and_kept_nowhere(
    own_served: Served, tmp_path: Path
) -> None:
    house, issued = own_served.house, own_served.issue()
    key = issued.secret.reveal()
    answers = [
        own_served.ask("/verify?scope=events:write", headers=headers) for headers in places_of(key)
    ]
    assert {answer.status_code for answer in answers} == {403}

    def told() -> set[str]:
        usage = house.store.usage.of_key(house.alice, issued.key.id, 0)
        return {one.request_id for one in usage.refusals}

    eventually(lambda: told() >= {answer.headers["x-request-id"] for answer in answers[-5:]})
    careless = own_served.ask(f"/verify?X-API-Key={key}", headers={"X-API-Key": key})
    assert careless.status_code == 400
    eventually(lambda: house.store.keys.show(house.alice, issued.key.id).leaked_at is not None)
    encoded = basic(key).split()[1][-40:-4]
    assert own_served.server.terminate() == 0
    for piece in (key[20:40], encoded):
        assert piece not in own_served.server.said()
        for path in tmp_path.rglob("*"):
            assert not path.is_file() or piece.encode() not in path.read_bytes(), path


@pytest.fixture
def own_served(move_in: MoveIn, tmp_path: Path) -> Iterator[Served]:
    """A store of one test's own, whose verifier takes keys wherever it can."""
    with move_in(tmp_path, FixedClock(SystemClock().now())) as house:
        server = Server(house, tmp_path / "stderr", workers=2, key_headers=HEADERS, basic=True)
        try:
            with httpx.Client(base_url=server.address, timeout=PATIENCE_S) as client:
                yield Served(house, server, client)
        finally:
            server.end()


@pytest.mark.parametrize(
    "name",
    [
        *("", "X API Key", "X_API_Key", "X-API-Key:", "Schlüssel", "x" * 65, "-", "X\r\nY"),
        *("Authorization", "cookie", "Host", "User-Agent", "X-Key-Id", "x-workspace"),
        *("X-Forwarded-For", "X-Original-URI", "Content-Length", "Transfer-Encoding", "Origin"),
        *("X-Request-Id", "Idempotency-Key", "If-Match", "Access-Control-Request-Method"),
    ],
)
def test_a_name_that_is_none_or_means_something_else_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="X-API-Key"):
        KeyPlaces([name])


names = st.sampled_from([b"authorization", b"x-api-key", b"api-token", b"cookie", b"x_api_key"])
values = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [b"", b"Bearer k", b"k", b"Basic OmsK", b"Basic Oms=", b"Basic aw==", b"Digest"]
    ),
)


@given(
    st.lists(st.tuples(names, values), max_size=5), st.sampled_from([b"", b"scope=a", b"api_key"])
)
def test_there_is_one_credential_or_a_flaw_and_no_place_is_passed_over(
    sent: list[tuple[bytes, bytes]], query: bytes
) -> None:
    found = EVERYWHERE.read(sent, query)
    places = [(name, value.strip(b" \t")) for name, value in sent if name in PLACES]
    filled = [(name, value) for name, value in places if value]
    if isinstance(found, str):
        assert len(places) == len({name for name, _ in places})
        for name, value in filled:
            assert name == b"authorization" or value.decode("latin-1") == found
        assert filled
    elif found is Flaw.MISSING:
        assert not filled
    assert query != b"api_key" or found in (Flaw.IN_QUERY, Flaw.SEVERAL)


PLACES = (b"authorization", b"x-api-key", b"api-token")
