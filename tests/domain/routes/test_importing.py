"""What importing a document would change."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.routes.importing import ImportPlan, plan
from store.domain.routes.openapi import Reading, read_document
from store.domain.routes.pattern import Pattern, pattern
from store.domain.routes.route import Route
from store.domain.routes.table import RouteTable
from store.domain.scopes import OURS, Resource
from store.errors import NoSuchRoute
from tests.domain.routes.drawn import patterns
from tests.domain.routes.test_openapi import TITLE, document

TAGGED: dict[str, Any] = {"tags": ["events"]}


def _read(*requests: str) -> Reading:
    paths: dict[str, Any] = {}
    for request in requests:
        method, path = request.split()
        paths.setdefault(path, {})[method.lower()] = TAGGED
    return read_document(document(paths))


def _after(existing: list[Route], found: ImportPlan) -> list[Route]:
    gone = {*found.removed, *(before for before, _ in found.changed)}
    stay = [one for one in existing if one not in gone]
    return [*stay, *found.added, *(after for _, after in found.changed)]


def test_a_resource_gets_the_actions_that_its_routes_take_where_it_may() -> None:
    asked = {
        "/a": "invoices:delete",
        "/b": "invoices:approve",
        "/c": "events:delete",
        "/d": "rooms:run",
    }
    paths = {path: {"get": {"security": [{"o": [needs]}]}} for path, needs in asked.items()}
    reading = read_document(document(paths), security=True)
    rooms = Resource("rooms", "Rooms", False, ("write", "clean"))
    found = plan([], [*OURS, rooms], reading)
    assert [(str(one), one.needs) for one in found.added] == [
        ("GET /a", "invoices:delete"),
        ("GET /b", "invoices:approve"),
        ("GET /d", "rooms:run"),
    ]
    invoices = Resource("invoices", "Invoices", False, ("read", "write", "approve", "delete"))
    assert found.resources == (invoices,)
    assert found.widened == (rooms._replace(actions=("write", "clean", "run")),)
    assert [(one.operation, one.why) for one in found.left_out] == [
        ("GET /c", "“events” has no action “delete”. It has: read, write."),
    ]
    assert plan(_after([], found), [*OURS, invoices, *found.widened], reading).empty


def test_it_follows_its_document_and_leaves_alone_what_somebody_else_added() -> None:
    first = plan([], OURS, _read("GET /a", "POST /a", "GET /b"))
    assert [str(one) for one in first.added] == ["GET /a", "POST /a", "GET /b"]
    assert first.resources == ()
    existing = _after([], first)
    assert plan(existing, OURS, _read("GET /a", "POST /a", "GET /b")).empty
    mine = Route(pattern("GET /mine"), "any")
    other = Route(pattern("GET /b"), "public")
    existing = [*(one for one in existing if str(one) != "GET /b"), mine, other]
    again = plan(existing, OURS, _read("GET /a", "GET /b", "GET /c"))
    assert [str(one) for one in again.added] == ["GET /c"]
    assert [str(one) for one in again.removed] == ["POST /a"]
    assert again.kept == (other,)
    assert mine in _after(existing, again)
    assert plan(_after(existing, again), OURS, _read("GET /a", "GET /b", "GET /c")).empty


def test_what_takes_something_else_by_now_is_changed() -> None:
    before = Route(pattern("GET /a"), "events:write", TITLE)
    found = plan([before], OURS, _read("GET /a"))
    assert found.changed == ((before, Route(pattern("GET /a"), "events:read", TITLE)),)


def test_resources_that_are_new_are_added_and_only_those_that_are_needed() -> None:
    paths = {"/a": {"get": {"tags": ["bills"]}}, "/b": {"get": {"tags": ["tills"]}}}
    found = plan([], OURS, read_document(document(paths)), ["GET /b"])
    assert found.resources == (Resource("bills", "Bills", False),)
    assert [one.operation for one in found.left_out] == ["GET /b"]
    with pytest.raises(NoSuchRoute):
        plan([], OURS, read_document(document(paths)), ["GET /c"])


def test_where_two_meet_a_route_takes_what_both_do() -> None:
    paths = {
        "/issues/{id}/labels": {"get": {"tags": ["issues"]}},
        "/issues/comments/{id}": {"get": {"tags": ["comments"]}},
    }
    found = plan([], OURS, read_document(document(paths)))
    assert [(str(one), one.needs) for one in found.deciding] == [
        ("GET /issues/comments/labels", "comments:read issues:read")
    ]
    table = RouteTable(_after([], found))
    assert table.match("GET", "/issues/comments/labels").route is not None
    known = (*OURS, *found.resources)
    assert plan(_after([], found), known, read_document(document(paths))).empty


@given(st.lists(patterns, max_size=6, unique_by=lambda one: one.place))
def test_whatever_a_document_holds_goes_together_and_takes_no_less_where_it_meets(
    drawn: list[Pattern],
) -> None:
    needs = [f"{chr(97 + place)}:read" for place in range(len(drawn))]
    routes = tuple(Route(one, need, TITLE) for one, need in zip(drawn, needs, strict=True))
    found = plan([], OURS, Reading(TITLE, "", routes, {}, ()))
    made = _after([], found)
    table = RouteTable(made)
    assert len(table) == len(made)
    for one in made:
        for other in routes:
            if one.pattern.within(other.pattern) and one in found.deciding:
                above = [two for two in routes if one.pattern.within(two.pattern)]
                least = [
                    two
                    for two in above
                    if not any(
                        three is not two and three.pattern.within(two.pattern) for three in above
                    )
                ]
                assert {word for two in least for word in two.needed} <= set(one.needed)
