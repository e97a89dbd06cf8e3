"""In front of somebody's own API: each proxy asks /authorize in the way it has, and heeds it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from store.domain.clock import FixedClock, SystemClock
from store.domain.key_string import mint
from store.domain.scopes import scopes
from store.domain.times import DAY
from store.service.keys import Issued, NewKey
from tests.conftest import MoveIn
from tests.house import House
from tests.proxies import CADDY, ENVOY, NGINX, TRAEFIK, Program, running
from tests.proxies.api import METHODS, api
from tests.verifier.serving import PATIENCE_S, eventually, serving

FILES = Path(__file__).parent / "authorize"
SPOOFED = {"X-Key-Id": "spoofed", "X-Key-Scopes": "events:write", "X-Workspace": "bolt-catering"}
FORGED = [
    {"X-Forwarded-Method": "GET"},
    {"X-Forwarded-Uri": "/public"},
    {"X-Original-Method": "GET", "X-Original-URI": "/public"},
    {
        "X-Forwarded-Method": "OPTIONS",
        "Origin": "https://x",
        "Access-Control-Request-Method": "GET",
    },
]


@pytest.fixture
def own_house(move_in: MoveIn, tmp_path: Path) -> Iterator[House]:
    """A house on today's clock whose API has invoices."""
    with move_in(tmp_path, FixedClock(SystemClock().now())) as house:
        house.store.operator.add_resource("invoices")
        yield house


@pytest.mark.parametrize(
    ("name", "program"),
    [("nginx", NGINX), ("caddy", CADDY), ("traefik", TRAEFIK), ("envoy", ENVOY)],
)
def test_a_proxy_asks_before_it_lets_a_request_pass(
    name: str, program: Program, own_house: House, tmp_path: Path
) -> None:
    house = own_house
    issued, lacking = _reads_invoices(house), house.create("Lacking")
    # Envoy's own request is the client's: it cannot say what is needed.
    asks_scope = name != "envoy"
    with (
        serving(house, tmp_path / "stderr", proxies=["127.0.0.1"]) as server,
        api() as upstream,
        running(program, FILES / name, tmp_path / name, keydeck=server.port, api=upstream) as proxy,
        httpx.Client(base_url=f"http://127.0.0.1:{proxy.port}", timeout=PATIENCE_S) as client,
    ):
        key = issued.secret.reveal()
        bearer = _bearer(key)
        eventually(lambda: client.get("/x", headers=bearer).status_code == 200)
        for method in METHODS:
            sent: dict[str, Any] = {"content": b"x" * 100_000} if method in ("POST", "PUT") else {}
            answer = client.request(method, "/invoices/7?full=1", headers=bearer | SPOOFED, **sent)
            assert answer.status_code == 200, (method, answer.text)
            if method == "HEAD":
                continue
            told = answer.json()
            assert (told["method"], told["path"]) == (method, "/invoices/7?full=1")
            assert told["length"] == len(sent.get("content", b""))
            assert told["headers"]["x-key-id"] == issued.key.id
            assert told["headers"]["x-key-scopes"] == "invoices:read"
            assert told["headers"]["x-workspace"] == "acme-events"
            assert "authorization" not in told["headers"]
        for headers, status in (
            ({}, 401),
            ({"Authorization": "Basic eA=="}, 401),
            ({"Authorization": f"Bearer {mint('jw').key.reveal()}"}, 401),
            (_bearer(lacking.secret.reveal()), 403 if asks_scope else 200),
        ):
            answer = client.post("/invoices", headers=headers, content=b"x" * 1000)
            assert answer.status_code == status
            assert status == 403 or status == 200 or "Bearer" in answer.headers["www-authenticate"]
        # Nobody says in the proxy's place what was asked for.
        for forged in FORGED:
            assert client.delete("/invoices/7", headers=forged).status_code in (400, 401, 403)
        assert client.get(f"/invoices?k={key}", headers=bearer).status_code in (400, 403)
        eventually(lambda: house.store.keys.show(house.alice, issued.key.id).leaked_at is not None)
        house.store.keys.revoke(house.alice, issued.key.id)
        assert client.delete("/invoices/7?full=1", headers=bearer).status_code == 401

        def refused() -> list[tuple[str, str]]:
            usage = house.store.usage.of_key(house.alice, issued.key.id, 0)
            return [(one.method, one.path) for one in usage.refusals]

        eventually(lambda: refused() == [("DELETE", "/invoices/7")])


def _reads_invoices(house: House) -> Issued:
    granted = scopes(["invoices:read"], house.store.operator.resources())
    wanted = NewKey("Reads", granted, house.clock.now() + DAY)
    return house.store.keys.create(house.alice, wanted)


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
