"""The order of checks: of two faults in one request, the earlier one answers."""

from typing import Any, NamedTuple

import pytest

from store.domain.key_string import mint
from store.domain.people import Plan
from store.domain.times import DAY
from tests.verifier.serving import Served, wrong_secret

_TOO_LARGE = b'"' + b"x" * 70_000 + b'"'
_JSON = {"Content-Type": "application/json"}
_TEXT = {"Content-Type": "text/plain"}


class _Keys(NamedTuple):
    full: str
    """May read and write everything."""
    poor: str
    """Active, with availability:read alone."""
    revoked: str
    """Revoked, in a workspace on free."""
    expired: str
    on_free: str
    """Active, in a workspace on free, with availability:read alone."""


@pytest.fixture(scope="module")
def keys(served: Served) -> _Keys:
    """One key for each check that a key can fail."""
    house = served.house
    issued = served.issue(actor=house.bob)
    on_free = served.key(actor=house.bob)
    house.clock.advance(-100 * DAY)
    expired = served.key(actor=house.bob)
    house.clock.advance(100 * DAY)
    house.store.keys.revoke(house.bob, issued.key.id)
    house.store.operator.set_plan("bolt-catering", Plan.FREE)
    return _Keys(
        served.key("events:read events:write quotes:read quotes:write"),
        served.key(),
        issued.secret.reveal(),
        expired,
        on_free,
    )


def _code(served: Served, method: str, path: str, key: str | None, **options: Any) -> str:
    code: str = served.ask(path, key, method, **options).json()["code"]
    return code


@pytest.mark.parametrize("path", ["/nothing", "/verify/", "/events/", "/Events", "", "/events/a/b"])
def test_an_address_that_is_none_comes_before_the_credential(served: Served, path: str) -> None:
    for key in (None, "garbage", served.key()):
        assert _code(served, "GET", path, key) == "not_found"
    assert _code(served, "POST", f"{path}?access_token=x", None) == "not_found"


def test_a_method_comes_before_the_credential(served: Served) -> None:
    for key in (None, "garbage", served.key()):
        assert _code(served, "DELETE", "/events", key) == "method_not_allowed"
    assert _code(served, "DELETE", "/events?access_token=x", None) == "method_not_allowed"


def test_one_credential_comes_before_its_shape(served: Served) -> None:
    assert _code(served, "GET", "/verify?access_token=x", "garbage") == "invalid_request"
    assert _code(served, "GET", "/verify?access_token=x", None) == "invalid_request"
    answer = served.client.get(
        "/api/v1/verify", headers=[("Authorization", "Bearer a"), ("Authorization", "Bearer b")]
    )
    assert answer.json()["code"] == "invalid_request"


def test_the_shape_comes_before_the_look_up(served: Served, keys: _Keys) -> None:
    # The checksum of a key that is known, and revoked, is broken.
    last = "0" if keys.revoked[-1] != "0" else "1"
    assert _code(served, "GET", "/verify", keys.revoked[:-1] + last) == "malformed"


def test_the_secret_comes_before_the_state(served: Served, keys: _Keys) -> None:
    for key in (keys.revoked, keys.expired):
        assert _code(served, "GET", "/verify", wrong_secret(key)) == "unknown"
    assert _code(served, "GET", "/verify", mint("jw").key.reveal()) == "unknown"


def test_the_secret_comes_before_the_plan_and_the_scope(served: Served, keys: _Keys) -> None:
    assert _code(served, "GET", "/events", wrong_secret(keys.on_free)) == "unknown"
    assert _code(served, "GET", "/events", wrong_secret(keys.poor)) == "unknown"


def test_the_state_comes_before_the_plan(served: Served, keys: _Keys) -> None:
    assert _code(served, "GET", "/availability", keys.revoked) == "revoked"
    assert _code(served, "GET", "/availability", keys.expired) == "expired"
    assert _code(served, "GET", "/availability", keys.on_free) == "plan"


def test_the_plan_comes_before_the_scope(served: Served, keys: _Keys) -> None:
    assert _code(served, "GET", "/events", keys.on_free) == "plan"
    assert _code(served, "GET", "/verify?scope=nonsense", keys.on_free) == "plan"
    assert _code(served, "GET", "/events", keys.poor) == "scope"


def test_the_scope_comes_before_the_query(served: Served, keys: _Keys) -> None:
    assert _code(served, "GET", "/events?limit=0", keys.poor) == "scope"
    assert _code(served, "GET", "/events?limit=0", keys.full) == "invalid_request"
    assert _code(served, "GET", "/availability?from=x", keys.full) == "scope"


@pytest.mark.parametrize(("method", "path"), [("POST", "/events"), ("PATCH", "/quotes/qu_none")])
def test_the_scope_comes_before_everything_in_the_body(
    served: Served, keys: _Keys, method: str, path: str
) -> None:
    for content, headers in ((_TOO_LARGE, _JSON), (b"{}", _TEXT), (b"[", _JSON), (b"", {})):
        code = _code(served, method, path, keys.poor, content=content, headers=headers)
        assert code == "scope"


def test_the_size_comes_before_the_content_type(served: Served, keys: _Keys) -> None:
    code = _code(served, "POST", "/events", keys.full, content=_TOO_LARGE, headers=_TEXT)
    assert code == "too_large"
    pieces = iter([_TOO_LARGE[:40_000], _TOO_LARGE[40_000:]])
    assert _code(served, "POST", "/events", keys.full, content=pieces, headers=_TEXT) == "too_large"


def test_the_content_type_comes_before_the_body(served: Served, keys: _Keys) -> None:
    for content in (b"[", b"{}"):
        code = _code(served, "POST", "/events", keys.full, content=content, headers=_TEXT)
        assert code == "unsupported_media_type"


def test_the_body_and_the_content_type_come_before_the_id(served: Served, keys: _Keys) -> None:
    for content, headers, expected in (
        (b"{}", _TEXT, "unsupported_media_type"),
        (b'{"name": 1}', _JSON, "invalid_body"),
        (b"{}", _JSON, "not_found"),
    ):
        code = _code(
            served, "PATCH", "/events/ev_none", keys.full, content=content, headers=headers
        )
        assert code == expected
