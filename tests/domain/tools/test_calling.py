"""Which request a call is: what is judged is what is sent, and nobody else's."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.routes.paths import read_path
from store.domain.routes.pattern import pattern
from store.domain.routes.route import Route
from store.domain.routes.table import RouteTable
from store.domain.tools.calling import Request, request
from store.domain.tools.reading import Choice, read_tools
from store.domain.tools.tool import Tool
from store.errors import Invalid
from tests.domain.tools.drawing import values


def made(method: str, path: str, *parameters: dict[str, Any], **more: Any) -> Tool:
    """Return the tool of a document's only operation."""
    document = {
        "openapi": "3.0.3",
        "info": {"title": "One"},
        "paths": {path: {method: {"parameters": list(parameters), **more}}},
    }
    [tool] = read_tools(document, Choice()).tools
    return tool


def query(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {}, **more}


FILE = made("get", "/a/{one}/b/{two}", query("q"), query("many"))
REST = made("get", "/files/{path}", {"name": "path", "in": "path", "x-multi-segment": True})
WIDE = RouteTable(
    Route(pattern(text), "any")
    for text in ("GET /a/{one}/b/{two}", "GET /files/{rest...}", "* /{rest...}")
)


@given(values, values, values)
def test_the_request_is_of_the_tools_own_place_whatever_is_given(
    one: Any, two: Any, more: Any
) -> None:
    arguments = {"one": one, "two": two, "q": more}
    try:
        asked = request(FILE, arguments)
    except Invalid:
        return
    found = WIDE.match(asked.method, asked.path).route
    assert str(found) == "GET /a/{one}/b/{two}"
    sent, _, slash = read_path(asked.path)
    assert (len(sent), sent[0], sent[2], slash) == (4, "a", "b", False)
    for at, given_value in ((1, one), (3, two)):
        if isinstance(given_value, str):
            assert unquote(sent[at], errors="strict") == given_value
    assert asked.path.isascii()
    assert not set(asked.query) & set(" #?\r\n\\")
    assert {name.partition("[")[0] for name, _ in parse_qsl(asked.query, True)} <= {"q"} | (
        set(more) if isinstance(more, dict) else set()
    )


@given(st.text(st.characters(codec=None), max_size=12))
def test_a_rest_stays_below_its_place(path: str) -> None:
    try:
        asked = request(REST, {"path": path})
    except Invalid:
        return
    assert str(WIDE.match("GET", asked.path).route) == "GET /files/{rest...}"
    assert [unquote(one) for one in read_path(asked.path)[0][1:]] == path.split("/")


@pytest.mark.parametrize("one", ["", ".", "..", "a/b", "a\\b", "a;b", "%41", "%2e", "\n"])
def test_what_programs_read_in_several_ways_is_not_sent(one: str) -> None:
    with pytest.raises(Invalid):
        request(FILE, {"one": one, "two": "x"})


@pytest.mark.parametrize(
    ("parameter", "value", "sent"),
    [
        (query("q"), ["a", "b c"], "q=a&q=b%20c"),
        (query("q", explode=False), ["a,b", "c"], "q=a%2Cb,c"),
        (query("q", explode=False), ["a", "", "b"], "q=a,,b"),
        (query("q", explode=False), [], ""),
        (query("q", style="pipeDelimited", explode=False), [1, 2], "q=1%7C2"),
        (query("q", style="spaceDelimited", explode=False), [1, 2], "q=1%202"),
        (query("q", style="deepObject"), {"a": {"b": [1]}}, "q%5Ba%5D%5Bb%5D%5B0%5D=1"),
        (query("q"), {"a": 1, "b": True}, "a=1&b=true"),
        (query("q", explode=False), {"a": 1}, "q=a,1"),
        (query("q"), False, "q=false"),
        (query("q"), 7.0, "q=7"),
        (query("q"), [1e16, 0.5], "q=1e%2B16&q=0.5"),
        (query("q"), "a&b=c#d", "q=a%26b%3Dc%23d"),
        ({"name": "q", "in": "query", "content": {"application/json": {}}}, {"a": [1]}, None),
    ],
)
def test_a_value_is_written_as_the_document_says(
    parameter: dict[str, Any], value: Any, sent: str | None
) -> None:
    asked = request(made("get", "/x", parameter), {"q": value})
    assert asked.query == ("q=%7B%22a%22%3A%5B1%5D%7D" if sent is None else sent)


@pytest.mark.parametrize(
    ("explode", "value", "sent"),
    [
        (False, {"a": 1, "b=": "c d"}, "a,1,b%3D,c%20d"),
        (True, {"a": 1, "b": True}, "a=1,b=true"),
        (False, [1.0, "b,c"], "1,b%2Cc"),
    ],
)
def test_an_object_or_a_list_stands_in_a_path_as_simple_has_it(
    explode: bool, value: Any, sent: str
) -> None:
    tool = made("get", "/x/{q}", {"name": "q", "in": "path", "explode": explode, "schema": {}})
    assert request(tool, {"q": value}).path == f"/x/{sent}"
    header = {"name": "Prefer", "in": "header", "explode": explode, "schema": {}}
    [(_, told)] = request(made("get", "/x", header), {"Prefer": value}).headers
    assert told == unquote(sent)


METHOD = ("_method", "_METHOD", ".method", "  _method", "[method", "_method\0x")
CREDENTIALS = ("access_token", "access.token", "access[token", "api key", "api-key", "apikey[a]")


@pytest.mark.parametrize("name", [*METHOD, "_method[a]", *CREDENTIALS])
def test_no_field_takes_another_method_or_a_credential(name: str) -> None:
    form = {"content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}}
    for tool, argument in (
        (made("get", "/x", query("q")), "q"),
        (made("post", "/x", requestBody=form), "body"),
    ):
        with pytest.raises(Invalid):
            request(tool, {argument: {name: "DELETE"}})


def test_no_field_ends_where_its_name_would_be_another() -> None:
    deep = made("get", "/x", query("access", style="deepObject"))
    assert request(deep, {"access": {"token": "a"}}).query == "access%5Btoken%5D=a"
    with pytest.raises(Invalid):
        request(deep, {"access": {"token\0": "a"}})


def test_no_json_takes_another_method_and_the_apis_own_fields_are_its_own() -> None:
    json_body = {"content": {"application/json": {"schema": {"type": "object"}}}}
    tool = made("post", "/x", requestBody=json_body)
    for name in METHOD:
        with pytest.raises(Invalid, match="may not have a field"):
            request(tool, {"body": {"a": 1, name: "DELETE"}})
    fine = {"method": "card", "api_key": "a", "in": {"_method": "b"}}
    assert json.loads(request(tool, {"body": fine}).body or b"") == fine
    assert request(tool, {"body": ["_method"]}).body == b'["_method"]'


def test_a_form_is_written_as_the_document_says() -> None:
    encoding = {"expand": {"style": "deepObject"}, "joined": {"explode": False}}
    media = {"schema": {"type": "object"}, "encoding": encoding}
    form = {"content": {"application/x-www-form-urlencoded": media}}
    tool = made("post", "/x", requestBody=form)
    body = {"expand": {"a": [1]}, "plain": "a b", "list": ["x", "y"], "object": {"a": 1}}
    asked = request(tool, {"body": body})
    assert asked.media_type == "application/x-www-form-urlencoded"
    joined = request(tool, {"body": {"joined": ["a", 1, {"b": 2}]}})
    assert joined.body == b"joined=a%2C1%2C%7B%22b%22%3A2%7D"
    for given_list, sent in ((["a", "", "b"], b"joined=a%2C%2Cb"), ([], b""), ([""], b"joined=")):
        assert request(tool, {"body": {"joined": given_list}}).body == sent
    assert (
        asked.body == b"expand%5Ba%5D%5B0%5D=1&plain=a%20b&list=x&list=y&object=%7B%22a%22%3A1%7D"
    )


def test_a_header_holds_no_second_one() -> None:
    tool = made("get", "/x", {"name": "Prefer", "in": "header", "schema": {}})
    assert request(tool, {"Prefer": "a"}).headers == (("Prefer", "a"),)
    for wrong in ("a\r\nAuthorization: b", "é", "\0"):
        with pytest.raises(Invalid):
            request(tool, {"Prefer": wrong})


def test_a_header_that_tells_who_calls_is_not_sent_by_a_tool_that_was_made_before() -> None:
    now = made("get", "/x", {"name": "Prefer", "in": "header", "schema": {}})
    before = replace(now, parameters=(replace(now.parameters[0], name="X-Hasura-Role"),))
    with pytest.raises(Invalid, match="not for an assistant to say"):
        request(before, {"Prefer": "admin"})
    assert request(before, {}).headers == ()


def test_what_is_not_there_is_told_by_name() -> None:
    tool = made("get", "/x/{id}", query("q"))
    with pytest.raises(Invalid, match=r"no argument “host”\. It takes id, q"):
        request(tool, {"id": 7, "host": "evil.example"})
    with pytest.raises(Invalid, match="“id” is missing"):
        request(tool, {"q": 1})
    assert request(tool, {"id": 7, "q": None}) == Request("GET", "/x/7", "", (), None, None)


@pytest.mark.parametrize(
    ("collection", "sent"),
    [(None, b"f=a%2Cb"), ("ssv", b"f=a%20b"), ("tsv", b"f=a%09b"), ("multi", b"f=a&f=b")],
)
def test_a_list_of_swagger_is_written_as_it_says(collection: str | None, sent: bytes) -> None:
    listed = {"name": "f", "type": "array", "items": {"type": "string"}}
    if collection is not None:
        listed["collectionFormat"] = collection
    operations = {
        method: {"parameters": [{**listed, "in": where}]}
        for method, where in (("post", "formData"), ("get", "query"))
    }
    document = {"swagger": "2.0", "info": {"title": "Old"}, "paths": {"/x": operations}}
    asking, posting = read_tools(document, Choice()).tools
    assert request(posting, {"body": {"f": ["a", "b"]}}).body == sent
    # A comma is written as it is in a query (RFC 3986 3.4).
    assert request(asking, {"f": ["a", "b"]}).query == sent.decode().replace("%2C", ",")
