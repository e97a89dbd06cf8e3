"""What stands in a query is known, or refused: a typing error opens no door and changes nothing."""

from typing import Any

import pytest

from store.verifier.bearer import MAX_QUERY
from tests.verifier.serving import Served

EVERYTHING = "availability:read events:read events:write quotes:read quotes:write"


@pytest.fixture(scope="module")
def key(served: Served) -> str:
    """A key that may read and write everything."""
    return served.key(EVERYTHING)


@pytest.fixture(scope="module")
def readable(served: Served) -> str:
    """A key that may read events, and nothing else."""
    return served.key("events:read")


def _operations(served: Served) -> list[tuple[str, str, dict[str, Any]]]:
    paths = served.client.get("/openapi.json").json()["paths"]
    return [
        (method.upper(), path, operation)
        for path, methods in paths.items()
        for method, operation in methods.items()
    ]


def _known(operation: dict[str, Any]) -> list[str]:
    return [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]


def test_no_operation_passes_over_a_parameter_it_does_not_describe(
    served: Served, key: str
) -> None:
    """Whatever has an address in the reference, also one that is added tomorrow."""
    headers = {"Authorization": f"Bearer {key}"}
    for method, path, operation in _operations(served):
        for name in ("nonsense", "", "Scope", "limit[]"):
            answer = served.client.request(
                method,
                path.replace("{id}", "x"),
                params={name: "1"},
                headers=headers,
            )
            assert answer.status_code == 400, (method, path, name, answer.text)
            assert answer.json()["code"] == "invalid_request"
            detail = answer.json()["detail"]
            assert (f"“{name}”" if name else "without a name") in detail
            for known in _known(operation):
                assert known in detail


@pytest.mark.parametrize(
    "query",
    [
        "scopes=events:write",
        "Scope=events:write",
        "SCOPE=events:write",
        "scope[]=events:write",
        "scope%5B%5D=events:write",
        "scope%00=events:write",
        "scope%20=events:write",
        "+scope=events:write",
        "%EF%BD%93cope=events:write",
        "sc%C3%B6pe=events:write",
        "?scope=events:write",
        ";scope=events:write",
        "amp;scope=events:write",
        "=events:write",
        "=",
        "scopes",
        "x",
        "scope=events:read&scopes=events:write",
        "scope=events:read&amp;scope=events:write",
        "scope.0=events:write",
        "required_scope=events:write",
        "page=2",
    ],
)
def test_a_typing_error_in_what_is_asked_of_verify_lets_no_key_pass(
    served: Served, readable: str, query: str
) -> None:
    answer = served.ask(f"/verify?{query}", readable)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert "Known are: cost, scope." in answer.json()["detail"]
    # HEAD, and a GET that announces a body, go another way than most.
    for method, headers in (("HEAD", {}), ("GET", {"Content-Length": "0"})):
        again = served.ask(f"/verify?{query}", readable, method, headers=headers)
        assert again.status_code == 400
        assert "x-key-id" not in again.headers


@pytest.mark.parametrize("query", ["%73cope=events:read", "sc%6Fpe=events:read", "&", "&&", ""])
def test_what_means_the_same_is_the_same(served: Served, query: str) -> None:
    assert served.ask(f"/verify?{query}", served.key("events:read")).status_code == 200


def test_a_percent_encoded_name_asks_as_any_other(served: Served) -> None:
    assert served.ask("/verify?%73cope=events:write", served.key("events:read")).status_code == 403


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/events?page=2", "cursor, limit"),
        ("/quotes?offset=5", "cursor, limit"),
        ("/events?limit=5&Limit=200", "cursor, limit"),
        ("/availability?start=2027-01-01", "from, to"),
        ("/availability?from=2027-01-01&until=2027-01-02", "from, to"),
        ("/verify?scopes=events:read", "cost, scope"),
    ],
)
def test_the_sentence_names_what_is_known(served: Served, key: str, path: str, known: str) -> None:
    answer = served.ask(path, key)
    assert answer.status_code == 400
    assert f"Known are: {known}." in answer.json()["detail"]


def test_many_names_make_no_long_answer_and_none_of_them_steers_a_terminal(
    served: Served, key: str
) -> None:
    query = "&".join(f"%1b]52;c;{number}%07=1" for number in range(90))
    detail = served.ask(f"/events?{query}", key).json()["detail"]
    assert "and 85 more" in detail
    assert detail.replace("“", "").replace("”", "").isprintable()


def test_whoever_may_not_hears_that_first_and_it_is_not_counted_as_a_use_of_more(
    served: Served,
) -> None:
    served_key = served.issue("events:read")
    key = served_key.secret.reveal()
    assert served.ask("/verify?scopes=x").json()["code"] == "missing"
    assert served.ask("/verify?scopes=x", "garbage").json()["code"] == "malformed"
    assert served.ask("/verify?scope=events:write&scopes=x", key).json()["code"] == "scope"
    assert served.ask("/quotes?page=2", key).json()["code"] == "scope"
    house = served.house
    house.store.keys.revoke(house.alice, served_key.key.id)
    assert served.ask("/verify?scopes=x", key).json()["code"] == "revoked"


def test_a_write_with_a_parameter_writes_nothing(served: Served, key: str) -> None:
    body = {"customer": "Jane", "currency": "EUR", "amount": "1"}
    made = served.ask("/quotes", key, "POST", json=body).json()
    before = served.ask("/quotes?limit=200", key).json()
    for method, path in (("POST", "/quotes?dry_run=1"), ("PATCH", f"/quotes/{made['id']}?if=x")):
        answer = served.ask(path, key, method, json={**body, "customer": "John"})
        assert answer.status_code == 400
        assert "It takes none." in answer.json()["detail"]
    assert served.ask("/quotes?limit=200", key).json() == before


def test_a_query_that_is_too_long_to_look_at_is_refused_before_it_is_looked_at(
    served: Served, key: str
) -> None:
    for path in ("/verify", "/events", "/availability"):
        for query in ("scope=" + "events:read+" * 900, "%41" * 300 + "A" * 20_000):
            assert len(query) > MAX_QUERY
            answer = served.ask(f"{path}?{query}", key)
            assert answer.status_code == 400
            assert str(MAX_QUERY) in answer.json()["detail"]
    most = "scope=" + "+" * (MAX_QUERY - 17) + "events:read"
    assert len(most) == MAX_QUERY
    assert served.ask(f"/verify?{most}", key).status_code == 200
