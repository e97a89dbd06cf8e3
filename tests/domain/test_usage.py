"""What was counted of a key, and which scopes a refused request took."""

import pytest

from store.domain.usage import Refusal, Traffic
from store.domain.verdicts import Verdict


def refusal(method: str, path: str) -> Refusal:
    """Return a refusal of such a request."""
    return Refusal(0, Verdict.SCOPE, None, "", method, path, "id")


def test_whatever_was_not_let_in_was_refused() -> None:
    counted = {Verdict.VALID: 7, Verdict.SCOPE: 2, Verdict.REVOKED: 1}
    traffic = Traffic(0, counted, {}, {}, None)
    assert (traffic.allowed, traffic.refused) == (7, 3)
    only_refused = Traffic(0, {Verdict.PLAN: 4}, {}, {}, None)
    assert (only_refused.allowed, only_refused.refused) == (0, 4)
    assert Traffic(0, {}, {}, {}, None).refused == 0


@pytest.mark.parametrize(
    ("method", "path", "needed"),
    [
        ("GET", "/api/v1/events", ("events:read",)),
        ("HEAD", "/api/v1/events", ("events:read",)),
        ("POST", "/api/v1/events", ("events:write",)),
        ("PATCH", "/api/v1/quotes/42", ("quotes:write",)),
        ("GET", "/api/v1/price-list_2/42", ("price-list_2:read",)),
        # Of it the address says nothing but what was asked.
        ("GET", "/api/v1/verify", ()),
        ("GET", "/api/v1/verify?scope=events:read", ("events:read",)),
        ("POST", "/x?scope=events:read+quotes:write", ("events:read", "quotes:write")),
        ("GET", "/api/v1/events?scope=quotes:read", ("quotes:read",)),
        ("GET", "/api/v1/events?scope=", ("events:read",)),
        ("GET", "/api/v1/events/42/guests", ()),
        ("GET", "/mcp", ()),
        ("GET", "", ()),
    ],
)
def test_a_refused_request_tells_which_scopes_it_took(
    method: str, path: str, needed: tuple[str, ...]
) -> None:
    assert refusal(method, path).needed == needed
