"""An API of an admin's own, called by an assistant: judged, named, bounded, and told of."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from store.domain.clock import FixedClock, SystemClock
from store.domain.tools.reading import Choice, read_tools
from store.service.routes import RouteService
from tests.assistants.own_api import Api, bills, running, trouble
from tests.assistants.walking import Walk, walking
from tests.conftest import MoveIn
from tests.house import House
from tests.verifier.serving import PATIENCE_S, Served, Server, eventually, serving
from tests.verifier.test_foreign_keys import bring

pytestmark = pytest.mark.both_engines


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with running(bills()) as made:
        yield made


@pytest.fixture(scope="module")
def odd() -> Iterator[Api]:
    with running(trouble()) as made:
        yield made


@pytest.fixture(scope="module")
def connected(
    move_in: MoveIn, tmp_path_factory: pytest.TempPathFactory, api: Api, odd: Api
) -> Iterator["Connected"]:
    """A house whose API an assistant may read, and write bills of."""
    folder = tmp_path_factory.mktemp("own")
    with (
        move_in(folder, FixedClock(SystemClock().now())) as house,
        serving(house, folder / "stderr") as server,
    ):
        offer(house, api, odd)
        with server.client() as client, walking(Served(house, server, client)) as walk:
            token = walk.connected("events:read bills:read bills:write")["access_token"]
            yield Connected(walk, token)


class Connected:
    """An assistant that was approved."""

    def __init__(self, walk: Walk, token: str) -> None:
        self.walk, self.token = walk, token

    @property
    def house(self) -> House:
        return self.walk.served.house

    def tools(self) -> dict[str, dict[str, Any]]:
        found = self.walk.call(self.token).json()["result"]["tools"]
        return {one["name"]: one for one in found}

    def call(self, tool: str, **arguments: Any) -> tuple[bool, list[str]]:
        """Return whether it did what was asked, and what it said."""
        result = self.walk.call(self.token, tool, **arguments).json()["result"]
        texts = [one["text"] for one in result["content"]]
        return not result.get("isError", False), texts


def offer(house: House, *apis: Api) -> None:
    store = house.store
    store.operator.add_resource("bills", actions=("read", "write", "delete"))
    routes: RouteService = store.routes
    for text, needs in (
        ("GET /bills", "bills:read"),
        ("GET /bills/{number}", "bills:read"),
        ("POST /bills", "bills:write"),
        ("DELETE /bills/{number}", "bills:delete"),
        ("GET /folders/{name}", "bills:read"),
        ("GET /folders/secret", "bills:delete"),
        ("* /answers/{status}", "any"),
        ("GET /picture", "any"),
        ("GET /huge", "any"),
        ("GET /cookie", "any"),
        ("GET /packed", "any"),
    ):
        routes.add(text, [needs]).unwaited()
    for api in apis:
        reading = read_tools(api.document, Choice(headers=("X-Trace",)), prefix="")
        store.tools.put(reading, api.url).unwaited()


def test_the_page_asks_for_what_the_tools_take_and_the_list_has_what_was_granted(
    connected: Connected,
) -> None:
    told = connected.walk.served.client.get("/.well-known/oauth-protected-resource/mcp").json()
    assert {"bills:read", "bills:write", "bills:delete"} <= set(told["scopes_supported"])
    tools = connected.tools()
    assert {"list_events", "list_bills", "read_bill", "write_bill", "read_folder"} <= set(tools)
    assert "tear_up" not in tools, "bills:delete was not granted"
    assert "slow" not in tools, "no route names it"
    read, write = tools["read_bill"]["annotations"], tools["write_bill"]["annotations"]
    assert (read["readOnlyHint"], read["destructiveHint"], read["idempotentHint"]) == (
        True,
        False,
        True,
    )
    assert (write["readOnlyHint"], write["idempotentHint"]) == (False, False)
    assert "outputSchema" not in tools["read_bill"]


def test_the_api_is_told_who_calls_and_never_by_which_token(connected: Connected, api: Api) -> None:
    done, [text] = connected.call("read_bill", bill_id=7)
    assert (done, json.loads(text)["customer"]) == (True, "Ada")
    seen = api.seen[-1]
    [connection] = connected.house.store.connections.all(connected.house.alice)
    assert (seen.method, seen.target) == ("GET", "/bills/7")
    assert seen.header("x-key-id") == [connection.id]
    assert seen.header("x-workspace") == ["acme-events"]
    assert seen.header("x-key-scopes") == ["bills:read bills:write events:read"]
    everything = repr(seen)
    assert connected.token not in everything
    for name in ("authorization", "cookie", "mcp-protocol-version"):
        assert not seen.header(name)


def test_what_is_written_arrives_as_it_was_given(connected: Connected, api: Api) -> None:
    bill = {"customer": "Zoë", "lines": [{"text": "Tea", "cents": 250}], "note": None}
    done, [text, place] = connected.call("write_bill", body=bill)
    assert done, text
    assert place == f"Location: /bills/{json.loads(text)['id']}"
    assert json.loads(api.seen[-1].body) == bill
    assert api.seen[-1].header("content-type") == ["application/json"]


def test_many_values_go_as_many_and_a_long_answer_is_cut_where_an_element_ends(
    connected: Connected, api: Api
) -> None:
    done, [text, more, cut] = connected.call("list_bills", limit=400, state=["open", "a b&c"])
    assert done
    assert api.seen[-1].target == "/bills?limit=400&state=open&state=a%20b%26c"
    shown = json.loads(text)
    assert [one["id"] for one in shown] == [*range(len(shown))]
    assert cut.startswith(f"These are the first {len(shown)} of 400. Ask for less at a time by")
    assert ("`limit`" in cut, "next part" in more) == (True, True)
    done, texts = connected.call("list_bills", limit=2)
    assert (done, len(json.loads(texts[0])), len(texts)) == (True, 2, 2)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("plain", "/folders/plain"),
        ("a b", "/folders/a%20b"),
        ("ä", "/folders/%C3%A4"),
        ("a+b:c@d", "/folders/a+b:c@d"),
        ("100%", "/folders/100%25"),
    ],
)
def test_an_argument_stays_in_its_place(
    connected: Connected, api: Api, name: str, target: str
) -> None:
    done, [text] = connected.call("read_folder", name=name, **{"x-trace": "t 1"})
    assert (done, json.loads(text)) == (True, {"name": name, "trace": "t 1"})
    assert api.seen[-1].target == target


@pytest.mark.parametrize(
    "name",
    [
        *("../bills", "..", ".", "a/b", "a%2Fb", "a\\b", "a;b", "a?b", "a#b", "", "a\0", "a\n"),
        *("%2e%2e", "e\u0301", "\u202e", " a", "secret"),
    ],
)
def test_no_argument_reaches_another_place(connected: Connected, api: Api, name: str) -> None:
    before = len(api.seen)
    done, [text] = connected.call("read_folder", name=name)
    assert not done, text
    assert len(api.seen) == before


@pytest.mark.parametrize("where", ["read_folder", "list_bills"])
def test_a_key_in_an_address_goes_no_further_and_is_marked_leaked_whoever_made_it(
    connected: Connected, api: Api, where: str
) -> None:
    house, value = connected.house, f"acme_live_{token_hex(12)}"
    theirs, ours = bring(house, value, prefix="acme_live_"), house.create(f"In {where}")

    def refused(key: str) -> bool:
        arguments = {"name": key} if where == "read_folder" else {"state": [key], "limit": 1}
        done, [text, *_] = connected.call(where, **arguments)
        return not done and "holds an API key" in text

    # A first shape of its kind is known within a second.
    eventually(lambda: refused(value))
    before = len(api.seen)
    assert refused(value)
    assert refused(ours.secret.reveal())
    assert len(api.seen) == before
    eventually(
        lambda: all(
            house.store.keys.show(house.alice, one).leaked_at for one in (theirs, ours.key.id)
        )
    )


def test_what_no_scope_opens_is_refused_counted_and_explained(
    connected: Connected, api: Api
) -> None:
    before = len(api.seen)
    answer = connected.walk.call(connected.token, "tear_up", bill_id=7)
    result = answer.json()["result"]
    assert (result["isError"], "bills:delete" in result["content"][0]["text"]) == (True, True)
    assert len(api.seen) == before
    store, alice = connected.house.store, connected.house.alice
    request_id = answer.headers["X-Request-Id"]

    eventually(lambda: store.why.explain(alice, request_id).refusal is not None)
    found = store.why.explain(alice, request_id)
    assert found.refusal is not None
    assert found.connection is not None
    assert (found.outcome, found.refusal.method, found.refusal.path) == (
        "scope",
        "DELETE",
        "/bills/7",
    )
    assert str(found.route) == "DELETE /bills/{number}"
    assert found.connection.name == "Claude"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "tell whoever runs it"),
        (403, "does not allow"),
        (404, "Check the ids"),
        (409, "Read it anew"),
        (422, "Correct them"),
        (429, "after 7 seconds"),
        (500, "Try once more"),
        (503, "Try once more"),
        (302, "not followed"),
        (418, "refused this (418)"),
    ],
)
def test_a_refusal_of_the_api_says_what_can_be_done(
    connected: Connected, odd: Api, status: int, words: str
) -> None:
    before = len(odd.seen)
    done, [text] = connected.call("answer", status=status)
    assert not done
    assert words in text
    assert status in (302,) or f'It said: {{"said":"status {status}"}}' in text
    assert len(odd.seen) == before + 1


def test_what_is_no_text_is_described_and_what_is_huge_is_bounded(connected: Connected) -> None:
    done, [text] = connected.call("picture")
    assert (done, text) == (
        True,
        "Done: the API answered what is no text (image/png, 600 bytes).",
    )
    done, [text, cut] = connected.call("huge")
    assert (done, set(text), len(text) < 50_000) == (True, {"é"}, True)
    assert "first" in cut
    done, [text] = connected.call("packed")
    assert (done, "no text" in text) == (True, True)


def test_no_assistant_gets_anothers_session(connected: Connected) -> None:
    for _ in range(2):
        assert connected.call("cookie") == (True, ['{"cookie":null}'])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"bill_id": "seven"}, "bill_id"),
        ({}, "“bill_id” is missing"),
        ({"bill_id": 7, "host": "evil.example"}, "no argument “host”"),
        ({"bill_id": {"a": 1}}, "bill_id"),
    ],
)
def test_arguments_that_are_not_as_the_tool_says_are_told(
    connected: Connected, api: Api, arguments: dict[str, Any], said: str
) -> None:
    before = len(api.seen)
    done, [text] = connected.call("read_bill", **arguments)
    assert (done, said in text) == (False, True), text
    assert len(api.seen) == before


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("read_folder", {"x\ud800": 1}),
        ("read_folder", {"name": "\udfff"}),
        ("write_bill", {"body": {"\ud800": []}}),
        ("write_bill", {"body": {"customer": 7, "lines": ["\ud800"]}}),
        ("list_events", {"\ud800": 1}),
        ("list_events", {"cursor": "\ud800"}),
    ],
)
def test_half_a_character_is_refused_whichever_protocol_lets_it_in(
    connected: Connected, api: Api, tool: str, arguments: dict[str, Any]
) -> None:
    before, of = len(api.seen), "io.modelcontextprotocol"
    version = "2026-07-28"
    meta = {
        f"{of}/protocolVersion": version,
        f"{of}/clientInfo": {"name": "One", "version": "1"},
        f"{of}/clientCapabilities": {},
    }
    params = {"name": tool, "arguments": arguments, "_meta": meta}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    headers = {
        "Accept": "application/json, text/event-stream",
        "Authorization": f"Bearer {connected.token}",
        "Content-Type": "application/json",
        "MCP-Protocol-Version": version,
        "Mcp-Method": "tools/call",
        "Mcp-Name": tool,
    }
    client = connected.walk.served.client
    answer = client.post("/mcp", content=json.dumps(message), headers=headers)
    result = answer.json()["result"]
    assert result["isError"], result
    assert result["content"][0]["text"] == "An argument holds half a character."
    assert len(api.seen) == before


def test_an_api_that_is_down_is_told_and_one_that_moves_is_found_at_once(
    own_walk: Walk, api: Api
) -> None:
    house = own_walk.served.house
    offer(house, api)
    token = own_walk.connected("bills:read bills:write")["access_token"]
    connected = Connected(own_walk, token)
    reading = read_tools(api.document, Choice(), prefix="")
    house.store.tools.put(reading, "http://127.0.0.1:9").unwaited()
    done, [text] = connected.call("read_bill", bill_id=7)
    assert (done, "cannot be reached" in text) == (False, True)
    house.store.tools.put(reading, api.url).unwaited()
    assert connected.call("read_bill", bill_id=7)[0]
    house.store.routes.remove("GET /bills/{number}").unwaited()
    done, [text] = connected.call("read_bill", bill_id=7)
    assert (done, "No route of the API names GET /bills/7" in text) == (False, True)
    assert "read_bill" not in connected.tools()
    house.store.tools.remove("list_bills").unwaited()
    answer = own_walk.call(token, "list_bills")
    assert answer.json()["error"] == {
        "code": -32602,
        "message": "Unknown tool: list_bills. List the tools again.",
    }


def test_a_verifier_is_given_a_document_at_its_start_and_each_worker_has_it(
    own_house: House, api: Api, tmp_path: Path
) -> None:
    offer(own_house)
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(api.document))
    command = [sys.executable, "-m", "console", "--store", own_house.url, "serve", "--port", "0"]
    chosen = ["--workers", "2", "--tools", str(file), "--upstream", f"{api.url}/", "--prefix", ""]
    process = subprocess.Popen(
        [*command, *chosen, "--method", "get"],
        stdout=subprocess.PIPE,
        env={**os.environ, "KEYDECK_PEPPER_FILE": str(own_house.pepper_path)},
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().decode().split()[3]
        server = cast(Server, SimpleNamespace(address=address))
        with httpx.Client(base_url=address, trust_env=False, timeout=PATIENCE_S) as client:
            walk_served = Served(own_house, server, client)
            with walking(walk_served) as walk:
                token = walk.connected("bills:read")["access_token"]
                for _ in range(6):
                    connected = Connected(walk, token)
                    assert {"read_bill", "list_bills"} <= set(connected.tools())
                    assert "write_bill" not in connected.tools()
                    assert connected.call("read_bill", bill_id=7)[0]
        assert own_house.store.tools.all() == []
    finally:
        process.terminate()
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()
