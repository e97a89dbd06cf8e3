"""What goes on: connections beside each other, over a restart, and behind a proxy with a path."""

from pathlib import Path
from typing import cast
from urllib.parse import urljoin

import httpx
import pytest

from store.domain.people import Role
from tests.assistants.test_noticing import AGAIN, asked, followed, frame
from tests.assistants.walking import Walk, answered, walking
from tests.house import House, granted_scopes
from tests.proxies import NGINX, running
from tests.proxies.running import free_port
from tests.verifier.serving import PATIENCE_S, Served, Server, eventually, serving

pytestmark = pytest.mark.sqlite_only
_NGINX = """pid @folder@/pid;
events {}
http {
    access_log off;
    client_body_temp_path @folder@/body; proxy_temp_path @folder@/proxy;
    fastcgi_temp_path @folder@/f; uwsgi_temp_path @folder@/u; scgi_temp_path @folder@/s;
    server {
        listen 127.0.0.1:@port@;
        listen 127.0.0.1:@public@;
        location /deck/ { proxy_pass http://127.0.0.1:@verifier@/; }
        location /.well-known/ { proxy_pass http://127.0.0.1:@verifier@; }
    }
}
"""


def test_two_workspaces_are_two_connections_of_one_assistant_and_one_ends_without_the_other(
    own_walk: Walk,
) -> None:
    house: House = own_walk.served.house
    there = house.accept(house.bob, house.alice, Role.ADMIN)
    assert own_walk.register().status_code == 201
    tokens = []
    for workspace in ("acme-events", "bolt-catering"):
        own_walk.authorize()
        own_walk.sign_in()
        own_walk.approve("events:read events:write", workspace=workspace)
        tokens.append(own_walk.token().json())
    event = {"name": "Gala", "starts_at": "2027-06-12T18:00:00Z", "ends_at": "2027-06-13T01:00:00Z"}
    assert own_walk.call(tokens[0]["access_token"], "create_event", **event).status_code == 200
    seen = []
    for one in tokens:
        result = own_walk.call(one["access_token"], "list_events").json()["result"]
        seen.append([found["name"] for found in result["structuredContent"]["data"]])
    assert seen == [["Gala"], []]
    [mine], [other] = (house.store.connections.all(actor) for actor in (house.alice, there))
    assert mine.client_id == other.client_id
    house.store.connections.revoke(house.alice, mine.id).unwaited()
    assert [own_walk.call(one["access_token"]).status_code for one in tokens] == [401, 200]
    renewed = [own_walk.refresh(one["refresh_token"]) for one in tokens]
    assert [one.status_code for one in renewed] == [400, 200]


def test_a_restart_ends_no_connection_and_closes_no_page(own_house: House, tmp_path: Path) -> None:
    port = free_port()
    with (
        serving(own_house, tmp_path / "before", port=port) as server,
        server.client() as client,
        walking(Served(own_house, server, client)) as walk,
    ):
        tokens = walk.connected("events:read")
        walk.authorize()
        walk.sign_in()
        server.terminate()
        with serving(own_house, tmp_path / "after", port=port):
            assert walk.call(tokens["access_token"]).status_code == 200
            assert walk.refresh(tokens["refresh_token"]).status_code == 200
            assert AGAIN in frame(walk).text
            assert walk.approve("events:read").status_code == 200
            assert walk.token().status_code == 200


class _Behind:
    """A server under the address of a proxy in front of it."""

    def __init__(self, address: str) -> None:
        self.address = address


def test_an_assistant_connects_behind_a_proxy_that_puts_a_path_before_it(
    own_house: House, tmp_path: Path
) -> None:
    files, public = tmp_path / "files", free_port()
    files.mkdir()
    (files / "nginx.conf").write_text(_NGINX, "utf-8")
    base = f"http://127.0.0.1:{public}/deck"
    with (
        serving(own_house, tmp_path / "stderr", public_url=base) as server,
        running(NGINX, files, tmp_path / "run", verifier=server.port, public=public),
        httpx.Client(base_url=base, trust_env=False, timeout=PATIENCE_S) as programs,
        httpx.Client(base_url=base, trust_env=False, timeout=PATIENCE_S) as browser,
    ):
        eventually(lambda: programs.get("/healthz").status_code == 200)
        walk = Walk(Served(own_house, cast(Server, _Behind(base)), programs), browser)
        challenge = walk.call(None).headers["WWW-Authenticate"]
        metadata = urljoin(base, "/.well-known/oauth-protected-resource/deck/mcp")
        assert f'resource_metadata="{metadata}"' in challenge
        assert programs.get(metadata).json()["authorization_servers"] == [base]
        # Signed in on its page, then by its code in the console.
        assert walk.call(walk.connected("events:read")["access_token"]).status_code == 200
        code = asked(walk)
        assert AGAIN in frame(walk).text
        asks = own_house.store.authorization_requests
        ask = asks.by_short_code(own_house.alice, code)
        asks.approve(own_house.alice, ask.id, granted_scopes("events:read"), "30d").unwaited()
        walk.code = answered(followed(walk, frame(walk)))["code"]
        assert walk.call(walk.token().json()["access_token"]).status_code == 200
