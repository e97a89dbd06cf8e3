"""`keydeck tools`, and `keydeck serve --tools`: what is said, and how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import Keydeck
from tests.house import House

UPSTREAM = "http://127.0.0.1:9000"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A document of an API."""
    tenant = {"name": "X-Tenant", "in": "header"}
    paths: dict[str, Any] = {
        "/bills": {"get": {"tags": ["bills"], "operationId": "listBills"}},
        "/bills/{id}": {
            "get": {"tags": ["bills"], "operationId": "readBill", "parameters": [tenant]},
            "delete": {"tags": ["bills"], "operationId": "tearUp"},
        },
        "/bills/{id}.pdf": {"get": {"tags": ["bills"]}},
    }
    written = tmp_path / "openapi.json"
    content = {"openapi": "3.1.0", "info": {"title": "Bills"}, "paths": paths}
    written.write_text(json.dumps(content))
    return written


def test_tools_are_shown_added_listed_tried_and_removed(
    keydeck: Keydeck, house: House, file: Path
) -> None:
    add = ("tools", "add", str(file), "--upstream", UPSTREAM)
    shown = keydeck(*add, "--dry-run")
    assert (shown.status, house.store.tools.all()) == (0, [])
    assert "+ list_bills  GET /bills  refused" in shown.out
    assert "Not asked for: the headers X-Tenant. Name one with --header" in shown.err
    named = keydeck(*add, "--dry-run", "--header", "X-Tenant")
    assert (named.status, "Not asked for" in named.err) == (0, False)
    refused = keydeck(*add, "--dry-run", "--header", "X-Hasura-Role")
    assert (refused.status, "no assistant says that" in refused.err) == (2, True)
    assert "/bills/{id}.pdf" in shown.err
    assert "No route names what these call" in shown.err
    assert keydeck("routes", "import", str(file)).status == 0
    done = keydeck(*add)
    assert (done.status, done.err.count("No route names")) == (0, 0)
    assert "“Bills” has 3 tools, called at http://127.0.0.1:9000" in done.err + done.out
    assert "+ tear_up  DELETE /bills/{id}  bills:write" in done.out
    listed = keydeck("tools", "list", "--json").json
    assert [(one["name"], one["scopes"], one["upstream"]) for one in listed] == [
        ("list_bills", ["bills:read"], UPSTREAM),
        ("read_bill", ["bills:read"], UPSTREAM),
        ("tear_up", ["bills:write"], UPSTREAM),
    ]
    done = keydeck("tools", "test", "read_bill", '{"id": "a b"}')
    assert (done.status, done.out) == (0, f"GET {UPSTREAM}/bills/a%20b\n")
    assert "GET /bills/{id}: bills:read." in done.err
    for arguments, said in (('{"id": ".."}', "in several ways"), ("[]", "JSON"), ("{}", "missing")):
        done = keydeck("tools", "test", "read_bill", arguments)
        assert (done.status, said in done.err) == (2, True), done.err
    assert keydeck("tools", "test", "nothing").status == 4
    house.store.routes.remove("GET /bills/{id}").unwaited()
    assert keydeck("tools", "test", "read_bill", '{"id": 7}').status == 1
    assert keydeck("tools", "remove", "tear_up", "--yes").status == 0
    assert [one["name"] for one in keydeck("tools", "list", "--json").json] == [
        "list_bills",
        "read_bill",
    ]
    assert keydeck("tools", "remove", "Bills", "--yes").status == 0
    assert keydeck("tools", "list", "--json").json == []
    assert keydeck("tools", "remove", "Bills").status == 4


def test_they_are_chosen_and_what_is_left_out_is_said(
    keydeck: Keydeck, house: House, file: Path
) -> None:
    add = ("tools", "add", str(file), "--upstream", f"{UPSTREAM}/v2/")
    done = keydeck(*add, "--method", "get", "--name", "*bill*", "--most", "1", "--json")
    assert [one["path"] for one in done.json["tools"]] == ["/v2/bills"]
    assert done.json["cut"] >= 1
    assert "more are left out: beyond 1 tools" in done.err
    [document] = house.store.tools.all()
    assert (document.upstream, len(document.tools)) == (UPSTREAM, 1)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--upstream", "ftp://x"), "no address of an API"),
        (("--upstream", "http://user@x"), "no address of an API"),
        (("--upstream", "http://x/?a=b"), "no address of an API"),
        (("--upstream", "http://x/v1", "--prefix", "/v2"), "not both"),
        (("--upstream", "http://x", "--tag", "nothing"), "Its tags: bills"),
        (("--upstream", "http://x", "--most", "129"), "1 to 128"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(
    keydeck: Keydeck, house: House, file: Path, more: tuple[str, ...], said: str
) -> None:
    for words in (("tools", "add", str(file)), ("serve", "--port", "0", "--tools", str(file))):
        done = keydeck(*words, *more)
        assert (done.status, said in done.err, "Traceback" in done.err) == (2, True, False), done
    assert house.store.tools.all() == []


def test_a_verifier_has_both_a_document_and_a_place_or_neither(
    keydeck: Keydeck, file: Path
) -> None:
    for words in (("--tools", str(file)), ("--upstream", UPSTREAM), ("--tag", "bills")):
        done = keydeck("serve", "--port", "0", *words)
        assert (done.status, "Say both --tools FILE and --upstream URL" in done.err) == (2, True)
    written = file.with_name("openapi.yaml")
    written.write_text("openapi: 3.1.0\npaths: [\n")
    done = keydeck("serve", "--port", "0", "--tools", str(written), "--upstream", UPSTREAM)
    assert (done.status, "openapi.yaml, line 3:" in done.err) == (2, True)
