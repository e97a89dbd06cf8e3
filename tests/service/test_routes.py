"""Routes as the operator changes them: checked together, audited, on both engines."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from store.domain.audit.actions import Action
from store.domain.routes.openapi import read_document
from store.domain.routes.pattern import pattern
from store.domain.routes.route import Route
from store.domain.routes.table import MOST_ROUTES
from store.domain.scopes import check_known, from_canonical
from store.errors import (
    Invalid,
    KeydeckError,
    NoSuchResource,
    NoSuchRoute,
    NotAsked,
    ResourceRouted,
    RoutesChanged,
    RoutesOverlap,
    RouteTaken,
    TooManyRoutes,
)
from store.service.routes import check_together
from tests.house import House

pytestmark = pytest.mark.both_engines


def _added(house: House, text: str, *needs: str, replace: bool = False) -> Route:
    return house.store.routes.add(text, needs or ("events:read",), replace=replace).unwaited()


def _told(house: House) -> list[tuple[Action | str, str, object, object]]:
    return [
        (entry.action, entry.subject, entry.details.get("needs"), entry.details.get("before"))
        for entry in house.store.audit_trail.newest(house.alice)
        if entry.action.startswith("route.") and entry.action != Action.ROUTE_IN_FORCE
    ]


def test_a_route_is_added_changed_and_removed_and_each_workspace_is_told(house: House) -> None:
    revision = house.store.revision()
    _added(house, "GET /events/{id}")
    assert house.store.revision() > revision
    changed = _added(house, "GET /events/{event}", "any", replace=True)
    assert house.store.routes.all() == [changed]
    removed = house.store.routes.remove("get /events/{whatever}").unwaited()
    assert (removed.route, removed.left) == (changed, 0)
    assert house.store.routes.all() == []
    told = [
        (Action.ROUTE_REMOVED, "GET /events/{event}", None, "any"),
        (Action.ROUTE_CHANGED, "GET /events/{event}", "any", "events:read"),
        (Action.ROUTE_ADDED, "GET /events/{id}", "events:read", None),
    ]
    assert _told(house) == told
    others = house.store.audit_trail.newest(house.bob)
    assert [one.action for one in others if one.action in dict.fromkeys(t[0] for t in told)] == [
        one[0] for one in told
    ]


def test_what_is_said_twice_changes_nothing(house: House) -> None:
    _added(house, "GET /events")
    assert _added(house, "GET /events", replace=True) == _added(house, "GET /events", replace=True)
    assert len(_told(house)) == 1


def test_a_change_that_may_narrow_is_one_to_wait_for(house: House) -> None:
    _, commits = house.store.routes.add("GET /events", ["events:read"]).unpack()
    assert [taken.action for taken in commits[0].taken] == [Action.ROUTE_ADDED] * 2
    receipt = house.store.in_force.wait(commits)
    assert receipt is not None
    assert receipt.in_force_at is not None


@pytest.mark.parametrize(
    ("text", "needs", "error"),
    [
        ("GET /events/{other}/", ["events:read"], RouteTaken),
        ("* /events/7", ["events:read"], RoutesOverlap),
        ("GET //events", ["events:read"], Invalid),
        ("GET /bills", ["bills:read"], NoSuchResource),
        ("GET /bills", [], Invalid),
    ],
)
def test_what_does_not_go_together_is_refused_and_changes_nothing(
    house: House, text: str, needs: list[str], error: type[KeydeckError]
) -> None:
    _added(house, "GET /events/{id}")
    before = house.store.routes.all()
    with pytest.raises(error):
        house.store.routes.add(text, needs)
    assert house.store.routes.all() == before
    assert len(_told(house)) == 1


def test_one_that_is_not_there_cannot_be_removed(house: House) -> None:
    _added(house, "GET /events/{id}")
    for text in ("POST /events/{id}", "GET /events"):
        with pytest.raises(NoSuchRoute):
            house.store.routes.remove(text)
    with pytest.raises(Invalid):
        house.store.routes.remove("/events")


def test_two_at_once_that_could_both_win_do_not_both_get_in(house: House) -> None:
    def add(text: str) -> str:
        try:
            return str(_added(house, text))
        except RoutesOverlap:
            return ""

    with ThreadPoolExecutor(2) as both:
        added = list(both.map(add, ["GET /a/{x}", "* /a/b"]))
    assert sorted(map(bool, added)) == [False, True]
    assert len(house.store.routes.all()) == 1


def test_a_resource_that_a_route_takes_stays_in_the_catalogue(house: House) -> None:
    house.store.operator.add_resource("invoices")
    _added(house, "DELETE /invoices/{id}", "invoices:write")
    with pytest.raises(ResourceRouted, match=r"DELETE /invoices/\{id\}"):
        house.store.operator.remove_resource("invoices")
    house.store.routes.remove("DELETE /invoices/{id}")
    house.store.operator.remove_resource("invoices")


def test_a_request_is_matched_as_it_is_written(house: House) -> None:
    route = _added(house, "GET /events/{id}")
    assert house.store.routes.match(" GET  /events/7?full=1 ").route == route
    assert house.store.routes.match("GET /Events/7") == (None, route)
    for text in ("", "GET", "/events", "GET ?x"):
        with pytest.raises(NotAsked):
            house.store.routes.match(text)


def test_a_document_is_imported_as_it_was_looked_at_or_not_at_all(house: House) -> None:
    paths = {f"/bills/{number}": {"get": {"tags": ["bills"]}} for number in range(80)}
    read = read_document({"openapi": "3.0.0", "info": {"title": "Bills"}, "paths": paths})
    seen = house.store.routes.plan(read)
    _added(house, "GET /bills/7", "any")
    with pytest.raises(RoutesChanged):
        house.store.routes.import_(read, seen)
    assert len(house.store.routes.all()) == 1
    seen = house.store.routes.plan(read)
    done, commits = house.store.routes.import_(read, seen).unpack()
    assert (len(done.added), len(done.kept), len(house.store.routes.all())) == (79, 1, 80)
    assert [taken.action for taken in commits[0].taken] == [Action.ROUTE_IMPORTED] * 2
    entry = house.store.audit_trail.newest(house.alice, limit=1)[0]
    assert (entry.details["added"], len(entry.details["routes"])) == (79, 50)
    again = house.store.routes.import_(read, house.store.routes.plan(read)).unwaited()
    assert again.empty
    assert house.store.audit_trail.newest(house.alice, limit=1)[0].seq == entry.seq


def test_a_route_that_decides_between_two_others_stays(house: House) -> None:
    for text in ("GET /a/b/c", "GET /a/{x}/c", "GET /a/b/{y}"):
        _added(house, text)
    with pytest.raises(RoutesOverlap):
        house.store.routes.remove("GET /a/b/c")
    house.store.routes.remove("GET /a/b/{y}")
    house.store.routes.remove("GET /a/b/c")


def test_there_are_no_more_than_a_verifier_can_hold() -> None:
    one = Route(pattern("GET /x"), "any")
    with pytest.raises(TooManyRoutes):
        check_together([one] * (MOST_ROUTES + 1))


def test_what_is_imported_can_be_granted(house: House) -> None:
    house.store.operator.add_resource("rooms", actions=["write"])
    asked = {"/a": "invoices:delete", "/b": "rooms:run"}
    paths = {path: {"get": {"security": [{"o": [needs]}]}} for path, needs in asked.items()}
    api = {"openapi": "3.0.0", "info": {"title": "Billing"}, "paths": paths}
    read = read_document(api, security=True)
    done = house.store.routes.import_(read, house.store.routes.plan(read)).unwaited()
    assert [one.name for one in (*done.resources, *done.widened)] == ["invoices", "rooms"]
    catalogue = house.store.keys.catalogue()
    check_known(from_canonical("invoices:delete rooms:run rooms:write"), catalogue)
    entries = house.store.audit_trail.newest(house.alice)
    told = {entry.action: entry.details for entry in entries if entry.subject != "Billing"}
    assert told[Action.RESOURCE_CHANGED] == {"added": "run", "removed": ""}
    assert [entry.details["actions"] for entry in entries if entry.subject == "invoices"] == [
        "read write delete"
    ]
    assert house.store.routes.plan(read).empty
