"""What an OpenAPI document says of its routes."""

from typing import Any

import pytest

from store.domain.routes.openapi import Reading, ResourceFrom, read_document
from store.errors import Invalid

TITLE = "Shop"


def document(paths: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a document with these paths."""
    return {"openapi": "3.1.0", "info": {"title": TITLE}, "paths": paths, **more}


def _told(reading: Reading) -> dict[str, str]:
    assert all(route.document == TITLE for route in reading.routes)
    return {str(route): route.needs for route in reading.routes}


def test_get_and_head_read_and_all_else_writes_on_what_a_tag_names() -> None:
    read = {"tags": ["Customer Invoices", "other"]}
    reading = read_document(
        document(
            {
                "/invoices": {"get": read, "head": read, "post": read, "parameters": []},
                "/invoices/{invoice id}": {"delete": read, "head": read, "x-internal": {}},
                "x-other": {},
            }
        )
    )
    assert _told(reading) == {
        "GET /invoices": "customer-invoices:read",
        "POST /invoices": "customer-invoices:write",
        "DELETE /invoices/{invoice_id}": "customer-invoices:write",
        "HEAD /invoices/{invoice_id}": "customer-invoices:read",
    }
    assert reading.resources == {"customer-invoices": "Customer Invoices"}
    assert reading.left_out == ()


def test_without_a_tag_for_each_the_first_telling_segment_names_it() -> None:
    paths = {
        "/v1/invoices/{id}": {"get": {}},
        "/api/v2beta1/Quotes": {"get": {"tags": ["x"]}},
        "/v1/2024": {"get": {}},
        "/{id}": {"get": {}},
    }
    reading = read_document(document(paths))
    assert _told(reading) == {
        "GET /v1/invoices/{id}": "invoices:read",
        "GET /api/v2beta1/Quotes": "quotes:read",
        "GET /v1/2024": "v1:read",
    }
    assert [one.operation for one in reading.left_out] == ["GET /{id}"]
    tagged = read_document(document(paths), resources_from=ResourceFrom.TAG)
    assert _told(tagged) == {"GET /api/v2beta1/Quotes": "x:read"}


@pytest.mark.parametrize(
    ("more", "given", "prefix"),
    [
        ({}, None, ""),
        ({"basePath": "/v2/"}, None, "/v2"),
        ({"servers": [{"url": "https://x.example/api/v1/"}, {"url": "/z"}]}, None, "/api/v1"),
        ({"servers": [{"url": "/api"}]}, "/other/", "/other"),
        ({"servers": [{"url": "/api"}]}, "", ""),
        (
            {"servers": [{"url": "{at}/b", "variables": {"at": {"default": "http://x/a"}}}]},
            None,
            "/a/b",
        ),
    ],
)
def test_what_stands_in_front_of_every_path(
    more: dict[str, Any], given: str | None, prefix: str
) -> None:
    reading = read_document(document({"/a": {"get": {}}}, **more), prefix=given)
    assert reading.prefix == prefix
    assert [str(route) for route in reading.routes] == [f"GET {prefix}/a"]


def test_its_own_scopes_are_taken_where_they_are_scopes() -> None:
    needs: dict[str, Any] = {
        "one": [{"o": ["invoices:read"]}],
        "swapped": [{"o": ["read:pets", "write:pets"]}],
        "any": [{"key": []}, {"basic": []}],
        "public": [],
        "optional": [{}, {"o": ["invoices:read"]}],
        "either": [{"o": ["a:read"]}, {"o": ["b:read"]}],
        "foreign": [{"o": ["https://x.example/auth"]}],
        "capital": [{"o": ["Invoices:read"]}],
        "long": [{"o": [f"{'a' * 41}:read"]}],
    }
    paths = {f"/{name}": {"get": {"security": asked}} for name, asked in needs.items()}
    reading = read_document(
        document(paths | {"/global": {"get": {}}}, security=[{"o": ["g:write"]}]), security=True
    )
    assert _told(reading) == {
        "GET /one": "invoices:read",
        "GET /swapped": "pets:read pets:write",
        "GET /any": "any",
        "GET /public": "public",
        "GET /optional": "public",
        "GET /global": "g:write",
    }
    left_out = [one.operation for one in reading.left_out]
    assert left_out == ["GET /either", "GET /foreign", "GET /capital", "GET /long"]
    assert set(reading.resources) == {"invoices", "pets", "g"}
    silent = read_document(document({"/x": {"get": {}}}), security=True)
    assert [one.operation for one in silent.left_out] == ["GET /x"]


def test_what_cannot_be_a_route_is_left_out_and_told() -> None:
    reading = read_document(
        document(
            {
                "/a/{x}.json": {"get": {}},
                "/a/{one}...{two}": {"get": {}},
                "/b/{x}": {"get": {}},
                "/b/{y}/": {"get": {}},
                "/c": {"$ref": "other.json"},
                "/d": {"get": None},
                "/é": {"get": {}},
                "/e": {"$ref": "#/paths/~1f"},
                "/f": {"$ref": "#/paths/~1e"},
                "/g": {"$ref": "#Anchor"},
                "/h": None,
            }
        )
    )
    assert _told(reading) == {"GET /b/{x}": "b:read"}
    assert len(reading.left_out) == 10
    assert all(one.why for one in reading.left_out)


def test_a_path_item_or_a_parameter_that_stands_in_another_place_is_read_there() -> None:
    components = {
        "pathItems": {"Files": {"get": {}, "parameters": [{"$ref": "#/components/parameters/At"}]}},
        "parameters": {"At": {"name": "at", "x-multi-segment": True}},
    }
    paths = {
        "/files/{at}": {"$ref": "#/components/pathItems/Files", "post": {"parameters": []}},
        "/folders/{at}": {"$ref": "#/paths/~1files~1%7Bat%7D"},
    }
    assert list(_told(read_document(document(paths, components=components)))) == [
        "GET /files/{at...}",
        "POST /files/{at...}",
        "GET /folders/{at...}",
        "POST /folders/{at...}",
    ]


def test_an_operations_own_server_stands_in_front_of_it_unless_a_prefix_is_said() -> None:
    paths = {
        "/a": {"get": {"servers": [{"url": "https://x.example/v2/"}]}, "post": {}},
        "/b": {"get": {}, "servers": [{"url": "/v3"}]},
        "/c": {"get": {"servers": [{"url": "v4"}]}},
    }
    given = document(paths, servers=[{"url": "/v1"}])
    reading = read_document(given)
    assert list(_told(reading)) == ["GET /v2/a", "POST /v1/a", "GET /v3/b"]
    assert [one.operation for one in reading.left_out] == ["GET /c"]
    assert set(_told(read_document(given, prefix="/v5"))) == {
        *("GET /v5/a", "POST /v5/a", "GET /v5/b", "GET /v5/c")
    }


@pytest.mark.parametrize("url", ["v1", "./v1", "https://x.example/{version}", "http://[x"])
def test_a_server_that_says_no_path_is_told_with_what_to_do(url: str) -> None:
    with pytest.raises(Invalid, match=r"--prefix"):
        read_document(document({"/a": {"get": {}}}, servers=[{"url": url}]))


def test_a_parameter_that_holds_slashes_is_a_rest_unless_that_stands_in_anothers_way() -> None:
    multi = {"parameters": [{"name": "path", "x-multi-segment": True}]}
    reading = read_document(
        document(
            {
                "/files/{path}": {"get": multi},
                "/marks/{id}": {"delete": {}},
                "/marks/digest/{path}": {"delete": {}, **multi},
            }
        )
    )
    assert list(_told(reading)) == [
        "GET /files/{path...}",
        "DELETE /marks/{id}",
        "DELETE /marks/digest/{path}",
    ]


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        {},
        {"paths": {}},
        {"openapi": "4.0.0", "paths": {}},
        {"openapi": "3.0.0", "paths": []},
        {"swagger": 2, "paths": {}},
        document({}, servers=[{"url": "http://[x"}]),
        document({}, servers=[{"url": "x/y"}]),
        document({}) | {"info": {"title": "a\x1bb"}},
    ],
)
def test_what_is_no_document_is_refused_in_a_sentence(given: Any) -> None:
    with pytest.raises(Invalid):
        read_document(given)
