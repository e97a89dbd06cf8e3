"""What a route takes."""

import pytest

from store.domain.routes.route import granting, needs_of, route
from store.domain.scopes import OURS, scopes
from store.errors import Invalid, NoSuchResource


def test_a_route_takes_scopes_any_good_key_or_none() -> None:
    both = route("GET /x", ["quotes:write events:read", "events:read"], OURS)
    assert (both.needs, both.needed) == (
        "events:read quotes:write",
        ("events:read", "quotes:write"),
    )
    anybody, nobody = route("GET /me", ["any"], OURS), route("GET /", ["public"], OURS)
    assert (anybody.public, anybody.needed) == (False, ())
    assert (nobody.public, nobody.needed) == (True, ())
    read = scopes(["events:read"], OURS)
    assert granting([both, anybody, nobody], read) == [both]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ([], Invalid),
        (["", " , "], Invalid),
        (["public", "any"], Invalid),
        (["public", "events:read"], Invalid),
        (["events"], Invalid),
        (["bills:read"], NoSuchResource),
    ],
)
def test_what_a_route_cannot_take_is_refused(given: list[str], error: type[Exception]) -> None:
    with pytest.raises(error):
        needs_of(given, OURS)
