"""Under which address an assistant finds everything, and from which pages it may."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from store.errors import Invalid
from store.verifier.cross_origin import Origins
from store.verifier.urls import Urls, checked_issuer, is_place, issuer_at
from tests.assistants.walking import Walk, walking
from tests.house import House
from tests.verifier.serving import PATIENCE_S, Served, Server, serving

PAGE = "https://app.example"
ASKED = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,mcp-protocol-version",
}


class Named:
    """A server under another of its names."""

    def __init__(self, server: Server, host: str) -> None:
        self.address = f"http://{host}:{server.port}"


@contextmanager
def under(walk: Walk, host: str) -> Iterator[Walk]:
    """Give an assistant that was told another name of the server."""
    named = Named(walk.served.server, host)
    with httpx.Client(
        base_url=named.address, headers=walk.browser.headers, timeout=PATIENCE_S
    ) as client:
        served = Served(walk.served.house, cast(Server, named), client)
        with walking(served, dict(walk.browser.headers)) as made:
            yield made


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST"])
def test_whoever_was_given_another_name_of_this_machine_finds_all_under_that(
    walk: Walk, host: str
) -> None:
    with under(walk, host) as other:
        base = f"http://localhost:{walk.served.server.port}"
        asked = other.served.client.post("/mcp", json={})
        assert f'resource_metadata="{base}/.well-known/' in asked.headers["WWW-Authenticate"]
        resource = other.served.client.get("/.well-known/oauth-protected-resource/mcp").json()
        assert resource["resource"] == f"{base}/mcp"
        assert resource["authorization_servers"] == [base]
        if host == "localhost":
            token = other.connected()["access_token"]
            assert other.call(token).status_code == 200


def test_a_name_that_is_none_of_this_machines_is_told_the_address_that_it_has(walk: Walk) -> None:
    path = "/.well-known/oauth-protected-resource/mcp"
    for host in ("evil.example", f"evil.example:{walk.served.server.port}", "localhost"):
        answer = walk.served.client.get(path, headers={"Host": host}).json()
        assert answer["resource"] == f"{walk.base}/mcp"


def test_a_slash_more_is_the_same_address(walk: Walk) -> None:
    token = walk.connected()["access_token"]
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    headers = {
        "Accept": "application/json, text/event-stream",
        "Authorization": f"Bearer {token}",
        "MCP-Protocol-Version": "2025-06-18",
    }
    answer = walk.served.client.post("/mcp/", json=message, headers=headers)
    assert (answer.status_code, "tools" in answer.text) == (200, True)


def test_pages_may_call_what_programs_call_and_nothing_that_a_person_sees(walk: Walk) -> None:
    client = walk.served.client
    for path in (
        "/.well-known/oauth-protected-resource/mcp",
        "/.well-known/oauth-authorization-server",
        "/oauth/register",
        "/oauth/token",
        "/oauth/revoke",
    ):
        asked = client.options(path, headers={"Origin": PAGE, **ASKED})
        assert (asked.status_code, asked.headers["Access-Control-Allow-Origin"]) == (200, "*"), path
        assert asked.headers["X-Request-Id"].startswith("req_")
        for answer in (client.get(path, headers={"Origin": PAGE}), client.get(path)):
            assert answer.headers.get_list("X-Request-Id")[1:] == []
        answer = client.post(path, headers={"Origin": PAGE})
        assert answer.headers["Access-Control-Allow-Origin"] == "*", path
        assert "Access-Control-Allow-Credentials" not in answer.headers
    walk.register()
    walk.authorize()
    for path in (walk.page, "/oauth/authorize"):
        for method in ("GET", "POST", "OPTIONS"):
            answer = walk.browser.request(method, path, headers={"Origin": PAGE, **ASKED})
            assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_mcp_is_called_by_pages_of_this_machine_and_of_no_other(walk: Walk) -> None:
    client, token = walk.served.client, walk.connected()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    for origin in ("http://localhost:6274", "http://127.0.0.1:6274", "https://[::1]:1", walk.base):
        asked = client.options("/mcp", headers={"Origin": origin, **ASKED})
        assert asked.headers["Access-Control-Allow-Origin"] == origin
        answer = client.post("/mcp", json={}, headers={"Origin": origin})
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (401, origin)
        assert "www-authenticate" in answer.headers["Access-Control-Expose-Headers"]
    for origin in (
        PAGE,
        "null",
        "http://localhost.evil.example",
        "http://localhost:1.evil.example",
    ):
        asked = client.options("/mcp", headers={"Origin": origin, **ASKED})
        assert "Access-Control-Allow-Origin" not in asked.headers
        answer = client.post("/mcp", json={}, headers={"Origin": origin, **bearer})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_the_operator_names_further_origins(house: House, tmp_path: Path) -> None:
    with (
        serving(house, tmp_path / "stderr", allowed_origins=[PAGE]) as server,
        server.client() as client,
    ):
        for origin, status in ((PAGE, 401), (f"{PAGE}:444", 403), ("http://localhost:1", 401)):
            assert client.post("/mcp", json={}, headers={"Origin": origin}).status_code == status


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "null",
        "app.example",
        "https://",
        "https://a.example/",
        "https://a.example/x",
        "ftp://a",
    ],
)
def test_what_is_no_origin_is_refused(origin: str) -> None:
    with pytest.raises(Invalid, match="is no origin"):
        Origins("", [origin])


@pytest.mark.parametrize(
    "url",
    [
        "api.example.com",
        "ftp://api.example.com",
        "https://",
        "https://api.example.com?x=1",
        "https://api.example.com/#x",
        "https://me@api.example.com",
        "https://api.example.com:99999",
        "https://api.example.com/ x",
        "https://bücher.example",
        "http://[v1.a:b]",
        "http://[fe80::1%25eth0]",
        "",
        # Browsers read these as no address at all, or as another one.
        "https://256.1.1.1",
        "https://1.2.3.4.5",
        "https://api.08",
        "https://api..example.com",
        "https://ex%61mple.com",
        "https://api.example.com\\keys",
        "https://api.example.com//keys.example",
        "https://api.example.com/x/../keys",
        "https://api.example.com/%2E%2e/keys",
        # Where the path of a cookie ends.
        "https://api.example.com/keys;1",
    ],
)
def test_what_is_no_public_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid, match="is no public address"):
        checked_issuer(url)


@pytest.mark.parametrize(
    ("url", "issuer"),
    [
        ("HTTPS://API.Example.com:443/", "https://api.example.com"),
        ("http://api.example.com:80/Keys/", "http://api.example.com/Keys"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://[0:0:0:0:0:0:0:1]:8080", "http://[::1]:8080"),
        ("https://[2001:DB8::0:0042]/", "https://[2001:db8::42]"),
        ("http://[::ffff:127.0.0.1]:8080", "http://[::ffff:7f00:1]:8080"),
        ("http://127.1:8080", "http://127.0.0.1:8080"),
        ("http://0x7F.0.1./", "http://127.0.0.1"),
        ("http://0177.1", "http://127.0.0.1"),
        ("http://2130706433:80", "http://127.0.0.1"),
        ("https://api.example.com/%C3%BC/", "https://api.example.com/%C3%BC"),
        # Another name to browsers and certificates than without the dot.
        ("https://API.example.com./", "https://api.example.com."),
    ],
)
def test_a_public_address_is_told_as_browsers_and_assistants_write_it(
    url: str, issuer: str
) -> None:
    assert checked_issuer(url) == issuer


@pytest.mark.parametrize(
    ("resource", "here"),
    [
        (None, True),
        ("https://api.example.com/mcp", True),
        ("https://api.example.com/mcp/", True),
        ("HTTPS://API.example.com:443/mcp", True),
        ("https://api.example.com/MCP", False),
        ("https://api.example.com", False),
        ("https://api.example.com:8443/mcp", False),
        ("http://api.example.com/mcp", False),
        ("https://api.example.com/mcp?x=1", False),
        ("https://api.example.com/mcp#x", False),
        ("https://me@api.example.com/mcp", False),
        ("https://api.example.com.evil.example/mcp", False),
        ("https://api.example.com./mcp", False),
        ("https://api.example.com:x/mcp", False),
        ("api.example.com/mcp", False),
    ],
)
def test_a_resource_is_compared_as_an_address(resource: str | None, here: bool) -> None:
    assert Urls("https://api.example.com").means(resource) is here


@pytest.mark.parametrize(
    ("resource", "here"),
    [(None, True), ("unix:/run/keydeck.sock/mcp", True), ("urn:elsewhere", False), ("", False)],
)
def test_on_a_unix_socket_a_resource_is_compared_to_the_letter(
    resource: str | None, here: bool
) -> None:
    assert Urls(issuer_at("unix:/run/keydeck.sock")).means(resource) is here


def test_a_token_is_for_here_however_the_resource_is_written(walk: Walk) -> None:
    written = f"{walk.base.replace('http', 'HTTP')}/mcp/"
    assert walk.register().status_code == 201
    assert walk.authorize(resource=written).status_code == 303
    walk.sign_in()
    walk.approve("events:read")
    tokens = walk.token(resource=written).json()
    renewed = walk.refresh(tokens["refresh_token"], resource=written).json()
    assert walk.call(renewed["access_token"]).status_code == 200


@pytest.mark.parametrize(
    ("address", "issuer"),
    [
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("unix:/run/keydeck.sock", "unix:/run/keydeck.sock"),
    ],
)
def test_where_it_listens_is_told_as_browsers_write_it(address: str, issuer: str) -> None:
    assert issuer_at(address) == issuer


def test_every_address_is_none_that_an_assistant_can_be_told() -> None:
    assert checked_issuer("https://api.example.com/keys/") == "https://api.example.com/keys"
    told: dict[str, Any] = {
        issuer: is_place(issuer)
        for issuer in ("http://0.0.0.0:8080", "http://[::]:8080", "http://127.0.0.1:8080")
    }
    assert list(told.values()) == [False, False, True]
    assert not is_place(checked_issuer("http://0:8080"))


def test_whoever_kept_its_tokens_and_not_the_metadata_renews_at_the_root(walk: Walk) -> None:
    tokens = walk.connected("events:read")
    given = {"grant_type": "refresh_token", "client_id": walk.client_id}
    renewed = walk.post_form("/token", {**given, "refresh_token": tokens["refresh_token"]})
    assert renewed.status_code == 200, renewed.text
    assert walk.served.client.get("/token").status_code == 405


def test_a_header_that_names_another_version_than_the_message_is_refused(walk: Walk) -> None:
    """What stands in front may go by the header: it must not be told what is not spoken."""
    token = walk.connected("events:read")["access_token"]
    said = "io.modelcontextprotocol/protocolVersion"
    told = {}
    for header in ("2026-07-28", "2025-11-25", None):
        for body in ("2026-07-28", None):
            meta: dict[str, Any] = {
                **({said: body} if body else {}),
                "io.modelcontextprotocol/clientInfo": {"name": "x", "version": "1"},
                "io.modelcontextprotocol/clientCapabilities": {},
            }
            message = {"jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": {"_meta": meta}}
            headers = {
                "Accept": "application/json, text/event-stream",
                "Authorization": f"Bearer {token}",
                "Mcp-Method": "tools/list",
                **({"MCP-Protocol-Version": header} if header else {}),
            }
            answer = walk.served.client.post("/mcp", json=message, headers=headers)
            content = answer.json()
            assert content["id"] == 7
            told[header, body] = (answer.status_code, content.get("error", {}).get("code"))
    assert told == {
        ("2026-07-28", "2026-07-28"): (200, None),
        ("2026-07-28", None): (400, -32602),
        ("2025-11-25", "2026-07-28"): (400, -32020),
        ("2025-11-25", None): (200, None),
        (None, "2026-07-28"): (400, -32020),
        (None, None): (200, None),
    }
