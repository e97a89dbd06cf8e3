"""`keydeck routes`: what is said, and how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest

from store.service import foreseen_routes
from tests.commands.conftest import Keydeck
from tests.house import House, use
from tests.invariants import prepared


def test_routes_are_added_listed_tried_and_removed(keydeck: Keydeck, house: House) -> None:
    done = keydeck("routes", "add", "get /events/{id}", "events:read", "--json")
    told: dict[str, Any] = {
        "route": "GET /events/{id}",
        "method": "GET",
        "path": "/events/{id}",
        "scopes": ["events:read"],
        "public": False,
        "document": None,
    }
    assert (done.status, done.json | told) == (0, done.json)
    assert keydeck("routes", "list", "--json").json == [told]
    for request, status, said in (
        ("GET /events/7", 0, "GET /events/{id} needs events:read."),
        ("POST /events/7", 1, "No route names it"),
        ("GET /Events/7", 1, "but for its capitals"),
        ("GET /events/%2e", 1, "in several ways"),
        ("/events", 2, "is no request"),
    ):
        done = keydeck("routes", "test", request)
        assert done.status == status
        assert said in done.out + done.err
    assert keydeck("routes", "add", "GET /events/{x}", "any").status == 5
    assert keydeck("routes", "add", "* /events/7", "any").status == 5
    assert keydeck("routes", "add", "GET /x", "nothing:read").status == 4
    assert keydeck("routes", "add", "GET x", "any").status == 2
    assert keydeck("routes", "remove", "GET /x").status == 4
    done = keydeck("routes", "remove", "GET /events/{id}")
    assert (done.status, "every good key" in done.err) == (0, True)


def test_whom_it_would_refuse_to_remove_or_narrow_a_route_is_told_before(
    keydeck: Keydeck, house: House
) -> None:
    used = house.create("Shop", "events:read").key
    house.create("Spare", "events:read")
    house.create("Other", "quotes:read")
    use(house, used, "events:read", times=4)
    for route, needs in (
        ("GET /events/{id}", "events:read"),
        ("GET /events", "events:read"),
        ("GET /health", "any"),
    ):
        keydeck("routes", "add", route, needs)
    remove = ("routes", "remove", "GET /events/{id}", "--dry-run")
    told = keydeck(*remove)
    assert told.status == 0
    assert "“Shop” of Acme Events, up to 4, used by 10.0.3.7" in told.out
    assert "refused then, whatever the key" in told.out
    assert (
        "up to 4 requests of 1 key in the last 30 days, those that needed events:read. By which "
        "path is not kept, and 1 other route may have had them. 1 key more may use it and did not."
    ) in told.out
    narrow = ("routes", "add", "GET /events/{id}", "events:read quotes:read", "--replace")
    narrowed = keydeck(*narrow, "--dry-run", "--json").json
    assert [(one["name"], one["requests_at_most"]) for one in narrowed["refused"]] == [("Shop", 4)]
    assert narrowed["after"]["scopes"] == ["events:read", "quotes:read"]
    widened = ("routes", "add", "GET /events/{id}", "any", "--replace", "--dry-run")
    assert keydeck(*widened, "--json").json["refused"] == []
    unknown = keydeck("routes", "remove", "GET /health", "--dry-run").out
    assert "Who calls it is not known" in unknown
    keydeck("routes", "add", "* /{rest...}", "events:read")
    assert "* /{rest...} decides then" in keydeck(*remove).out
    assert keydeck(*remove, "--json").json["refused"] == []
    assert len(house.store.routes.all()) == 4
    assert keydeck("routes", "add", "GET /x", "any", "--dry-run").status == 2


def test_keys_that_it_would_not_refuse_are_not_among_the_first_that_are_looked_at(
    keydeck: Keydeck, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreseen_routes, "MOST_LOOKED_AT", 2)
    for name in ("A", "B", "C"):
        house.create(name, "events:read quotes:read availability:read")
    house.create("Spare", "events:read quotes:read")
    for name in ("Shop", "Late"):
        use(house, house.create(name, "events:read").key, "events:read")
    keydeck("routes", "add", "GET /events", "events:read")
    narrow = ("routes", "add", "GET /events", "--replace", "--dry-run", "--json")
    for needs, names in (
        ("events:read quotes:read", ["Late", "Shop"]),
        ("events:read quotes:read availability:read", ["Late", "Shop"]),
    ):
        told = keydeck(*narrow, *needs.split()).json
        assert sorted(one["name"] for one in told["refused"]) == names
    assert (told["more"], told["looked_at"], told["unused_keys"]) == (True, 2, 0)
    monkeypatch.setattr(foreseen_routes, "MOST_LOOKED_AT", 3)
    told = keydeck(*narrow, *needs.split()).json
    assert (told["more"], told["looked_at"], told["unused_keys"]) == (False, 3, 1)
    monkeypatch.setattr(foreseen_routes, "MOST_WORKSPACES", 1)
    assert keydeck(*narrow, *needs.split()).json["more"]


def test_that_assistants_are_not_counted_or_lose_their_tools_is_said(
    keydeck: Keydeck, house: House
) -> None:
    prepared.tool(house)
    for route in ("GET /events", "GET /events/{id}"):
        keydeck("routes", "add", route, "events:read")
    remove = ("routes", "remove", "GET /events")
    told = keydeck(*remove, "--dry-run")
    assert "Assistants are not counted here." in told.out
    keydeck("routes", "remove", "GET /events/{id}")
    told = keydeck(*remove, "--dry-run")
    assert "assistants' tools are refused then" in told.out
    assert "refuses nobody" not in told.out
    assert keydeck(*remove, "--dry-run", "--json").json["assistants_uncounted"]


def test_a_route_of_the_same_place_that_is_written_otherwise_refuses_who_wrote_it_as_it_was(
    keydeck: Keydeck, house: House
) -> None:
    use(house, house.create("Shop", "events:read").key, "events:read")
    keydeck("routes", "add", "GET /events/", "events:read")
    written = ("routes", "add", "GET /events", "events:read", "--replace", "--dry-run", "--json")
    told = keydeck(*written).json
    assert (told["after"], [one["name"] for one in told["refused"]]) == (None, ["Shop"])


def test_a_document_is_shown_imported_once_and_followed(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    file = tmp_path / "openapi.json"
    paths: dict[str, Any] = {
        "/bills": {"get": {"tags": ["bills"]}, "post": {"tags": ["bills"]}},
        "/bills/{id}.pdf": {"get": {"tags": ["bills"]}},
    }
    content = {"swagger": "2.0", "basePath": "/v2", "info": {"title": "Bills"}, "paths": paths}
    file.write_text(json.dumps(content))
    shown = keydeck("routes", "import", str(file), "--dry-run")
    assert (shown.status, house.store.routes.all()) == (0, [])
    assert "+ GET /v2/bills  bills:read" in shown.out
    assert "+ resource bills, from bills" in shown.out
    assert "/bills/{id}.pdf" in shown.err
    done = keydeck("routes", "import", str(file), "--yes", "--json")
    assert (done.status, [one["route"] for one in done.json["added"]]) == (
        0,
        ["GET /v2/bills", "POST /v2/bills"],
    )
    assert "nothing would change" in keydeck("routes", "import", str(file), "--yes").err
    del paths["/bills"]["post"]
    file.write_text(json.dumps(content))
    done = keydeck("routes", "import", str(file), "--yes")
    assert "- POST /v2/bills  bills:write" in done.out
    assert [str(one) for one in house.store.routes.all()] == ["GET /v2/bills"]


def test_a_file_that_is_no_document_is_refused_in_a_sentence(
    keydeck: Keydeck, tmp_path: Path
) -> None:
    for content in (b"", b"{", b"openapi: 3.1.0", b"[]", b"\xff", b"[" * 100_000):
        (tmp_path / "file").write_bytes(content)
        done = keydeck("routes", "import", str(tmp_path / "file"))
        assert (done.status, len(done.err.strip().splitlines())) == (2, 1)
    for missing in (tmp_path / "nothing", tmp_path):
        assert keydeck("routes", "import", str(missing)).status == 2
