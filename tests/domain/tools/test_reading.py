"""Tools of documents: what they are called, which there are, and what nobody is asked for."""

import re
from typing import Any

import pytest

from store.domain.routes.openapi import read_document
from store.domain.tools.forbidden import USUAL_HEADERS, sendable_header
from store.domain.tools.reading import Choice, ToolReading, read_tools
from store.domain.tools.tool import LONGEST_NAME, SAMPLE
from store.errors import Invalid

TELLING = (
    *("X-authentik-username", "X-authentik-groups", "Tailscale-User-Login", "X-Vouch-User"),
    *("X-Pomerium-Claim-Email", "X-Pomerium-Jwt-Assertion", "X-SSL-Client-DN", "X-SSL-Client-CN"),
    *("SSL-Client-Subject-DN", "X-ARR-ClientCert", "OIDC_CLAIM_sub", "X-Userinfo", "X-ID-Token"),
    *("X-Username", "X-UserId", "X-Hasura-Role", "X-Hasura-Admin-Secret", "X-Vault-Token"),
    "Private-Token",
)
"""Headers by which proxies and products tell an API who calls."""


def reading(paths: dict[str, Any], choice: Choice | None = None, **more: Any) -> ToolReading:
    """Return what a document with these paths gives."""
    document = {"openapi": "3.1.0", "info": {"title": "Bills"}, "paths": paths, **more}
    return read_tools(document, choice or Choice())


def names(paths: dict[str, Any], **more: Any) -> list[str]:
    return [one.name for one in reading(paths, **more).tools]


@pytest.mark.parametrize(
    ("path", "operation_id", "name"),
    [
        ("/bills", "issues/list-for-repo", "issues_list_for_repo"),
        ("/bills", "listNamespacedPod", "list_namespaced_pod"),
        ("/bills", "GetCustomersV2", "get_customers_v2"),
        ("/bills", "", "get_bills"),
        ("/bills/{id}", None, "get_bills_by_id"),
        ("/items/{item_id}", "read_item_items__item_id__get", "read_item"),
        ("/bills", "2fa", "call_2_fa"),
        ("/bills", "ü", "get_bills"),
    ],
)
def test_a_tool_is_called_as_people_would(path: str, operation_id: str | None, name: str) -> None:
    assert names({path: {"get": {"operationId": operation_id}}}) == [name]


def test_names_are_the_only_ones_fit_every_client_and_stay() -> None:
    long = "createNamespacedPersistentVolumeClaimSubresourceStatus"
    paths = {
        "/a": {"get": {"operationId": "same"}},
        "/b": {"get": {"operationId": "same"}},
        "/c": {"get": {"operationId": f"{long}ForOne"}},
        "/d": {"get": {"operationId": f"{long}ForAll"}},
        "/e": {"get": {"operationId": "list_events"}},
    }
    found = names(paths)
    assert len(set(found)) == len(paths)
    assert not SAMPLE & set(found)
    for name in found:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
        assert len(name) <= LONGEST_NAME
    assert found == names({"/z": {"get": {}}, **paths})[1:]


def test_they_are_chosen_by_tag_method_and_name() -> None:
    paths = {
        "/bills": {
            "get": {"tags": ["Bills"], "operationId": "listBills"},
            "post": {"tags": ["Bills"], "operationId": "writeBill"},
        },
        "/users": {"get": {"tags": ["Users"], "operationId": "listUsers"}},
    }
    for choice, expected in (
        (Choice(tags=("bills",)), ["list_bills", "write_bill"]),
        (Choice(methods=("GET",)), ["list_bills", "list_users"]),
        (Choice(tags=("Bills",), methods=("post",)), ["write_bill"]),
        (Choice(names=("list_*",)), ["list_bills", "list_users"]),
        (Choice(names=("writeBill", "list_users")), ["write_bill", "list_users"]),
    ):
        assert [one.name for one in reading(paths, choice).tools] == expected
    with pytest.raises(Invalid, match="Its tags: Bills, Users"):
        reading(paths, Choice(tags=("nothing",)))


def test_there_are_no_more_than_clients_bear_and_what_is_deprecated_goes_first() -> None:
    paths: dict[str, Any] = {f"/a{number}": {"get": {}} for number in range(60)}
    paths["/a0"]["get"]["deprecated"] = True
    found = reading(paths)
    assert (len(found.tools), found.cut) == (40, 20)
    assert found.tools[0].name == "get_a1"
    assert len(reading(paths, Choice(most=128)).tools) == 60
    for most in (0, 129):
        with pytest.raises(Invalid, match="1 to 128"):
            reading(paths, Choice(most=most))


def test_a_document_that_is_nested_without_end_is_refused() -> None:
    nested: dict[str, Any] = {"type": "string"}
    for _ in range(2_000):
        nested = {"type": "object", "properties": {"a": nested}}
    body = {"content": {"application/json": {"schema": nested}}}
    with pytest.raises(Invalid, match="nested too deeply"):
        reading({"/x": {"post": {"requestBody": body}}})


def test_nobody_is_asked_for_credentials_or_for_what_says_who_calls() -> None:
    schemes = {
        "key": {"type": "apiKey", "in": "query", "name": "secret"},
        "head": {"type": "apiKey", "in": "header", "name": "X-Secret"},
        "oauth": {"type": "oauth2", "flows": {}},
    }
    asked = [
        *({"name": name, "in": "query"} for name in ("secret", "q", "_method", "access_token")),
        *(
            {"name": name, "in": "header", "required": True}
            for name in (
                *("X-Secret", "Authorization", "X-Key-Id", "x_key_id", "X-Workspace", "Host"),
                *("X-HTTP-Method-Override", "X-Forwarded-For", "Cookie", "Transfer-Encoding"),
                *("Connection", "Content-Length", "Accept", "X-Original-URI", "a b", "X-Trace"),
                # What an API believes of whoever stands in front of it.
                *("Remote-User", "X-Remote-User", "SSL_CLIENT_S_DN", "X-Auth-Request-Email"),
                *("Impersonate-User", "X-MS-CLIENT-PRINCIPAL", "X-Goog-Authenticated-User-Email"),
                *("X-Amzn-Oidc-Identity", "X-Consumer-Username", "X-User-Id", "X-WEBAUTH-USER"),
                *("CF-Connecting-IP", "True-Client-IP", "Client-IP", "Origin", "Api-Key"),
                *TELLING,
                # What tells nobody who calls, what was named, and what nobody named.
                *("Idempotency-Key", "X-Tenant", "If-Match", "Range", "X-Rank", "X-Owner-Of-It"),
            )
        ),
        {"name": "session", "in": "cookie"},
    ]
    found = reading(
        {"/x": {"get": {"parameters": asked, "security": [{"key": []}]}}},
        Choice(headers=("x_trace", "X-TENANT")),
        components={"securitySchemes": schemes},
    )
    [tool] = found.tools
    free = ["X-Trace", "Idempotency-Key", "X-Tenant", "If-Match", "Range"]
    assert list(tool.arguments["properties"]) == ["q", *free]
    assert tool.arguments["required"] == free
    assert found.unasked == ("X-Owner-Of-It", "X-Rank")


@pytest.mark.parametrize("header", [*TELLING, "Authorization", "X-Key-Id", "Host", "a b"])
def test_a_header_that_tells_who_calls_cannot_be_named(header: str) -> None:
    with pytest.raises(Invalid, match="says who calls"):
        reading({"/x": {"get": {}}}, Choice(headers=(header,)))


def test_what_is_named_may_be_sent() -> None:
    for header in (*USUAL_HEADERS.split(), "X-Continuation-Token", "Stripe-Account", "X-Token-Id"):
        assert sendable_header(header), header


def test_the_documents_servers_give_a_path_and_nothing_else() -> None:
    servers = [
        {"url": "https://evil.example/{version}", "variables": {"version": {"default": "v1"}}}
    ]
    found = reading({"/x": {"get": {}}}, servers=servers)
    assert (found.prefix, found.tools[0].path) == ("/v1", "/v1/x")
    assert "evil" not in repr(found)


@pytest.mark.parametrize("chosen", [None, "", "/", "/api/", "api", "https://x.example/api", "é"])
@pytest.mark.parametrize("base", ["/v1/", "v1", "/", ""])
def test_routes_and_tools_of_one_document_begin_alike_or_are_refused_alike(
    chosen: str | None, base: str
) -> None:
    document = {
        **{"swagger": "2.0", "info": {"title": "One"}, "basePath": base},
        "paths": {"/x": {"get": {"tags": ["x"]}}},
    }
    told = []
    for read in (read_document, lambda one, prefix: read_tools(one, Choice(), prefix=prefix)):
        try:
            told.append(read(document, prefix=chosen).prefix)
        except Invalid as error:
            told.append(str(error))
    assert told[0] == told[1]
    assert told[0] in ("", "/v1", "/api") or "no beginning of a path" in told[0]


@pytest.mark.parametrize(
    ("path", "operation", "why"),
    [
        ("/a/{x}.json", {}, "no segment"),
        ("/a/{x}/{x}", {}, "one name"),
        ("/a", {"parameters": [{"name": "c", "in": "cookie", "required": True}]}, "a cookie"),
        ("/a/{x}", {"parameters": [{"name": "x", "in": "path", "style": "matrix"}]}, "matrix"),
        ("/a", {"parameters": [{"$ref": "other.yaml#/x"}]}, "outside the document"),
        ("/a", {"parameters": [{"name": "q", "in": "querystring", "required": True}]}, "querystr"),
        ("/a", {"parameters": [{"name": "q", "in": ["query"], "required": True}]}, "['query']"),
        ("/a", {"servers": [{"url": "https://uploads.example/v1"}]}, "https://uploads.example"),
        ("/a", {"servers": [{"url": "https://[x"}]}, "no address of a server"),
        ("/a", {"requestBody": {"required": True, "content": {"multipart/form-data": {}}}}, "JSON"),
    ],
)
def test_what_cannot_be_called_is_left_out_and_told(
    path: str, operation: dict[str, Any], why: str
) -> None:
    servers = [{"url": "https://api.example/v1"}]
    fine: dict[str, Any] = {"get": {}, "head": {}}
    found = reading({path: {"post": operation}, "/fine": fine}, servers=servers)
    assert [one.name for one in found.tools] == ["get_fine", "head_fine"]
    [out] = found.left_out
    assert (out.operation, why in out.why) == (f"POST {path}", True), out


@pytest.mark.parametrize(
    ("head", "own", "there"),
    [
        # No operation is where the head is, three are at one place, and one at another.
        (["https://a"], [["https://b/v1"]] * 3 + [["https://c/up"]], "bbb."),
        (["https://a"], [["https://b/v1"]] * 2 + [[]], "bb."),
        (["https://a/v1"], [[], ["https://c/up"]], "v."),
        (["https://a/v1"], [["https://c/up"], []], ".v"),
        ([], [["https://b/v1"], ["https://c/up"]], "b."),
        # A path alone says nothing of where it is.
        (["/v1"], [[], [], ["https://c/up"]], "vv."),
        ([], [[], [], ["https://c/up"]], "--."),
        (["/v1"], [["https://b/v1"]] * 2 + [[]], "bbv"),
        (["https://a"], [["https://a:443/v1"], ["HTTPS://A/v1"], ["//a/v1"]], "bbb"),
        (["https://a:8443"], [[], [], ["https://a/up"]], "--."),
        (["https://a/v1", "https://test"], [["https://test/v1"], ["https://a/v1"], []], ".bv"),
        # Of several servers the path of the one counts where most are.
        (["https://test/t", "https://a/v1"], [["https://a/x", "https://c/up"], [], []], "xvv"),
        (["https://test/t", "https://a/v1"], [["https://a"], [], ["https://a"]], "-v-"),
        (["https://a/v1"], [["https://c/up", "https://a/x"], []], "xv"),
        # As Kubernetes has it.
        (["//k.local"], [["https://k.local/v1"]] * 3, "bbb"),
    ],
)
def test_an_operation_is_left_out_that_is_not_served_where_most_are(
    head: list[str], own: list[list[str]], there: str
) -> None:
    def servers(urls: list[str]) -> dict[str, Any]:
        return {"servers": [{"url": url} for url in urls]} if urls else {}

    paths = {f"/{at}": {"post": servers(urls)} for at, urls in enumerate(own)}
    found = reading(paths, **servers(head))
    expected = {"b": "/v1", "v": "/v1", "x": "/x", "-": ""}
    assert [one.path for one in found.tools] == [
        f"{expected[sign]}/{at}" for at, sign in enumerate(there) if sign != "."
    ]
    document = {"openapi": "3.1.0", "info": {"title": "Bills"}, "paths": paths, **servers(head)}
    routes = {one.pattern.path for one in read_document(document).routes}
    assert routes.issuperset(one.path for one in found.tools), "they are guarded by the same"
    assert [(one.operation, one.why[:20]) for one in found.left_out] == [
        (f"POST /{at}", "It is served elsewhere: https://"[:20])
        for at, sign in enumerate(there)
        if sign == "."
    ]


def test_a_path_item_that_is_elsewhere_gives_tools_and_one_that_is_nowhere_is_told() -> None:
    q = {"name": "q", "in": "query"}
    components = {"pathItems": {"Bills": {"get": {}, "parameters": [q]}}}
    paths = {"/bills": {"$ref": "#/components/pathItems/Bills"}, "/gone": {"$ref": "other.yaml"}}
    found = reading(paths, components=components)
    [tool] = found.tools
    assert (tool.name, [one.name for one in tool.parameters]) == ("get_bills", ["q"])
    assert [one.operation for one in found.left_out] == ["/gone"]
    with pytest.raises(Invalid, match=r"no operation .* /gone: other\.yaml stands outside"):
        reading({"/gone": {"$ref": "other.yaml"}})


def test_arguments_of_one_name_are_told_apart_and_all_have_names_that_clients_take() -> None:
    given = [
        {"name": "id", "in": "path", "required": True},
        {"name": "id", "in": "query"},
        {"name": "filter[state]", "in": "query"},
        {"name": "body", "in": "query"},
    ]
    body = {"content": {"application/json": {"schema": {"type": "object"}}}}
    [tool] = reading({"/x/{id}": {"put": {"parameters": given, "requestBody": body}}}).tools
    found = list(tool.arguments["properties"])
    assert found == ["id", "id_query", "filter_state", "body", "body_body"]


def test_swagger_is_read_alike() -> None:
    document = {
        "swagger": "2.0",
        "info": {"title": "Old"},
        "basePath": "/v1",
        "consumes": ["application/json"],
        "paths": {
            "/pets": {
                "get": {
                    "operationId": "listPets",
                    "parameters": [
                        {
                            "name": "tags",
                            "in": "query",
                            "type": "array",
                            "items": {"type": "string"},
                            "collectionFormat": "multi",
                        }
                    ],
                },
                "post": {
                    "operationId": "addPet",
                    "parameters": [
                        {
                            "name": "pet",
                            "in": "body",
                            "required": True,
                            "schema": {"$ref": "#/definitions/Pet"},
                        }
                    ],
                },
            },
            "/upload": {"post": {"parameters": [{"name": "f", "in": "formData", "type": "file"}]}},
        },
        "definitions": {"Pet": {"type": "object", "properties": {"name": {"type": "string"}}}},
    }
    listing, adding, *_ = read_tools(document, Choice()).tools
    assert (listing.path, listing.parameters[0].explode) == ("/v1/pets", True)
    assert listing.arguments["properties"]["tags"]["items"] == {"type": "string"}
    assert adding.body is not None
    assert adding.arguments["required"] == ["body"]
    assert adding.arguments["properties"]["body"]["properties"] == {"name": {"type": "string"}}


def test_a_description_is_read_as_it_would_be_shown() -> None:
    told = '<p>Pay a <a href="/docs">bill</a> &amp; go &#x202e;on, if 1 < 2.</p>'
    [tool] = reading({"/x": {"get": {"operationId": "a" * 60, "description": told}}}).tools
    assert tool.description == "Pay a bill & go on, if 1 < 2."
    assert tool.title == "A" + "a" * 59


def test_nothing_that_nobody_sees_gets_into_a_description() -> None:
    hidden = "Pay\u200b\U000e0041\u202e a bill\0.\n\nThen rest."
    [tool] = reading({"/x": {"get": {"summary": hidden, "description": hidden}}}).tools
    assert tool.title == "Pay a bill . Then rest"
    assert tool.description.startswith("Pay")
    assert tool.description.isascii()
