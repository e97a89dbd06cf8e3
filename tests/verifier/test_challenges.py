"""The contract's table of refusals: status, code, challenge, body, over a real socket."""

import re
from typing import Any

import httpx
import pytest

from store.domain.key_string import mint
from store.domain.people import Plan
from store.domain.times import DAY, HOUR
from tests.verifier.serving import Served, wrong_secret

_REALM = 'Bearer realm="keydeck"'
_TITLES = {
    "missing": "No API key",
    "malformed": "Not an API key",
    "unknown": "Unknown API key",
    "expired": "Expired API key",
    "revoked": "Revoked API key",
    "plan": "Not in this plan",
    "scope": "Permission lacking",
    "invalid_request": "Invalid request",
}


def _problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    problem: dict[str, Any] = answer.json()
    members = {"type", "title", "status", "detail", "code", "request_id"}
    assert set(problem) == members | ({"required_scope"} if code == "scope" else set())
    assert problem["type"] == f"urn:keydeck:problem:{code}"
    assert problem["title"] == _TITLES[code]
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["request_id"] == answer.headers["x-request-id"]
    return problem


def _challenges(answer: httpx.Response) -> list[str]:
    return answer.headers.get_list("www-authenticate")


def _with_header(served: Served, value: bytes) -> httpx.Response:
    return served.server.exchange(
        b"GET /api/v1/verify HTTP/1.1\r\nHost: x\r\nAuthorization:" + value + b"\r\n\r\n"
    )


def _invalid_token(problem: dict[str, Any]) -> list[str]:
    description = problem["detail"].replace('"', " ")
    return [f'{_REALM}, error="invalid_token", error_description="{description}"']


def test_no_key_is_missing_and_the_challenge_names_the_realm_alone(served: Served) -> None:
    answer = served.ask("/verify")
    _problem(answer, 401, "missing")
    assert _challenges(answer) == [_REALM]


@pytest.mark.parametrize(
    "value", ["Basic amFuZTpzZWNyZXQ=", "Digest x", "Token abc", "jw_naked", "Bearer\tabc"]
)
def test_another_scheme_is_malformed_without_an_error_attribute(served: Served, value: str) -> None:
    answer = served.ask("/verify", headers={"Authorization": value})
    _problem(answer, 401, "malformed")
    assert _challenges(answer) == [_REALM]


@pytest.mark.parametrize("value", [b"", b" ", b"\t"])
def test_an_empty_header_is_no_key_at_all(served: Served, value: bytes) -> None:
    answer = _with_header(served, value)
    _problem(answer, 401, "missing")
    assert _challenges(answer) == [_REALM]


def test_what_is_not_our_format_is_malformed(served: Served) -> None:
    key = served.key()
    changed = key[:20] + ("A" if key[20] != "A" else "B") + key[21:]
    wrong = {
        "empty": "",
        "blanks": "   ",
        "another vendor's": "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        "another prefix": "zz" + key[2:],
        "too short": key[:-1],
        "too long": key + "A",
        "no checksum": changed,
        "dashes": key.replace("_", "-"),
        "two words": f"{key} {key}",
        "a comma": f"{key},",
        "other case": key.swapcase(),
    }
    for what, presented in wrong.items():
        answer = _with_header(served, f"Bearer {presented}".encode())
        problem = _problem(answer, 401, "malformed")
        assert _challenges(answer) == _invalid_token(problem), what
        assert not presented.strip() or presented not in answer.text, what


def test_bytes_beyond_ascii_are_malformed_and_not_echoed(served: Served) -> None:
    answer = served.ask("/verify", headers={b"Authorization": b"Bearer jw_\xff\xc3\xa9"})
    problem = _problem(answer, 401, "malformed")
    assert _challenges(answer) == _invalid_token(problem)
    assert answer.content.isascii()


def test_an_unknown_id_and_a_wrong_secret_get_the_same_answer(served: Served) -> None:
    answers = [
        served.ask("/verify", mint("jw").key.reveal()),
        served.ask("/verify", wrong_secret(served.key())),
    ]
    bodies, heads = [], []
    for answer in answers:
        problem = _problem(answer, 401, "unknown")
        assert _challenges(answer) == _invalid_token(problem)
        request_id = problem["request_id"]
        bodies.append(answer.text.replace(request_id, "?"))
        heads.append(
            [
                (name, value.replace(request_id, "?"))
                for name, value in answer.headers.multi_items()
                if name != "date"
            ]
        )
    assert bodies[0] == bodies[1]
    assert heads[0] == heads[1]


@pytest.mark.parametrize("state", ["expired", "revoked"])
def test_a_dead_key_is_named_as_such_only_to_who_holds_its_secret(
    served: Served, state: str
) -> None:
    house = served.house
    if state == "expired":
        house.clock.advance(-100 * DAY)
        key = served.key()
        house.clock.advance(100 * DAY)
    else:
        issued = served.issue()
        key = issued.secret.reveal()
        house.store.keys.revoke(house.alice, issued.key.id)
    answer = served.ask("/verify", key)
    problem = _problem(answer, 401, state)
    assert _challenges(answer) == _invalid_token(problem)
    assert state in problem["detail"]
    _problem(served.ask("/verify", wrong_secret(key)), 401, "unknown")


def test_a_key_that_expired_and_was_revoked_is_revoked(served: Served) -> None:
    house = served.house
    house.clock.advance(-90 * DAY - HOUR)
    issued = served.issue()
    house.clock.advance(90 * DAY + HOUR)
    house.store.keys.revoke(house.alice, issued.key.id)
    _problem(served.ask("/verify", issued.secret.reveal()), 401, "revoked")


@pytest.mark.parametrize(
    ("method", "path", "needed"),
    [
        ("GET", "/verify?scope=events:write", "events:write"),
        ("GET", "/events", "events:read"),
        ("POST", "/events", "events:write"),
        ("GET", "/events/ev_1", "events:read"),
        ("PATCH", "/events/ev_1", "events:write"),
        ("GET", "/quotes", "quotes:read"),
        ("POST", "/quotes", "quotes:write"),
        ("GET", "/quotes/qu_1", "quotes:read"),
        ("PATCH", "/quotes/qu_1", "quotes:write"),
    ],
)
def test_a_lacking_scope_is_named_in_the_challenge_and_in_the_body(
    served: Served, method: str, path: str, needed: str
) -> None:
    answer = served.ask(path, served.key("availability:read"), method)
    problem = _problem(answer, 403, "scope")
    assert problem["required_scope"] == needed
    assert _challenges(answer) == [f'{_REALM}, error="insufficient_scope", scope="{needed}"']


def test_availability_needs_its_own_scope(served: Served) -> None:
    answer = served.ask("/availability", served.key("events:read events:write"))
    assert _problem(answer, 403, "scope")["required_scope"] == "availability:read"


@pytest.mark.parametrize(
    ("needs", "granted"), [("events:read", "events:write"), ("events:write", "events:read")]
)
def test_neither_right_on_a_resource_implies_the_other(
    served: Served, needs: str, granted: str
) -> None:
    answer = served.ask(f"/verify?scope={needs}", served.key(granted))
    assert _problem(answer, 403, "scope")["required_scope"] == needs


def test_a_workspace_on_free_is_refused_without_a_challenge(served: Served) -> None:
    key = served.key(actor=served.house.bob)
    served.house.store.operator.set_plan("bolt-catering", Plan.FREE)
    try:
        answer = served.ask("/verify", key)
    finally:
        served.house.store.operator.set_plan("bolt-catering", Plan.PRO)
    _problem(answer, 403, "plan")
    assert _challenges(answer) == []
    assert served.ask("/verify", key).status_code == 200


def test_two_authorization_headers_are_an_invalid_request(served: Served) -> None:
    key = served.key()
    for second in (f"Bearer {key}", "Basic abc", ""):
        answer = served.client.get(
            "/api/v1/verify",
            headers=[("Authorization", f"Bearer {key}"), ("authorization", second)],
        )
        problem = _problem(answer, 400, "invalid_request")
        assert _challenges(answer) == [
            f'{_REALM}, error="invalid_request", error_description="{problem["detail"]}"'
        ]


def test_a_key_in_the_query_is_an_invalid_request_even_beside_a_good_header(
    served: Served,
) -> None:
    key = served.key()
    percent = "".join(f"%{ord(character):02x}" for character in key)
    for query in (
        f"access_token={key}",
        "access_token=anything",
        f"api_key={key}",
        "api-key=x",
        "apikey",
        f"key={key}",
        f"scope=availability:read&x={key}",
        f"x={percent}",
        f"access%5Ftoken={key}",
        key,
    ):
        for header in (None, key):
            answer = served.ask(f"/verify?{query}", header)
            problem = _problem(answer, 400, "invalid_request")
            assert _challenges(answer) == [
                f'{_REALM}, error="invalid_request", error_description="{problem["detail"]}"'
            ], query
            assert key not in answer.text


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_the_schemes_case_does_not_matter(served: Served, scheme: str) -> None:
    answer = served.ask("/verify", headers={"Authorization": f"{scheme} {served.key()}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("value", ["Bearer   {}", "  Bearer {}", "Bearer {}  ", "\tBearer {}\t"])
def test_blanks_around_the_key_do_not_matter(served: Served, value: str) -> None:
    # RFC 9110 5.5 has blanks around a value excluded, RFC 6750 2.1 one blank or more inside.
    answer = _with_header(served, value.format(served.key()).encode())
    assert answer.status_code == 200


def test_a_request_id_is_ours_and_never_the_same(served: Served) -> None:
    key = served.key()
    ids = set()
    for headers in ({}, {"X-Request-Id": "mine"}, {"X-Request-Id": "mine"}):
        for presented in (key, None):
            ids.add(served.ask("/verify", presented, headers=headers).headers["x-request-id"])
    assert len(ids) == 6
    assert all(re.fullmatch("req_[0-9A-Za-z]{19}", one) for one in ids)
