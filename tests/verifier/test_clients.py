"""Whose request it is: the peer's, or whom a named proxy stands in front of."""

from pathlib import Path
from typing import Any

import pytest

from store.errors import Invalid
from store.verifier.clients import Clients
from tests.house import House
from tests.verifier.serving import eventually, serving


def request(peer: str | None, *forwarded: str) -> dict[str, Any]:
    """Return the part of an ASGI scope that tells where a request comes from."""
    return {
        "client": None if peer is None else (peer, 4711),
        "headers": [(b"x-forwarded-for", value.encode("latin-1")) for value in forwarded],
    }


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        pytest.param("10.0.0.1", ["203.0.113.9"], "203.0.113.9", id="through our proxy"),
        pytest.param("203.0.113.1", ["10.9.9.9"], "203.0.113.1", id="a stranger lies"),
        pytest.param("10.0.0.1", ["6.6.6.6, 203.0.113.9"], "203.0.113.9", id="a client lies"),
        pytest.param("10.0.0.1", ["6.6.6.6", "203.0.113.9"], "203.0.113.9", id="in two headers"),
        pytest.param("10.0.0.1", ["203.0.113.9, 10.0.0.2"], "203.0.113.9", id="two proxies"),
        pytest.param("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3", id="from inside"),
        pytest.param("10.0.0.1", [], "10.0.0.1", id="the proxy says nothing"),
        pytest.param("10.0.0.1", ["unknown"], "10.0.0.1", id="the proxy says nonsense"),
        pytest.param("10.0.0.1", ["203.0.113.9, , 10.0.0.2"], "10.0.0.2", id="a hole in the list"),
        pytest.param("10.0.0.1", ["203.0.113.9:5123"], "203.0.113.9", id="with a port"),
        pytest.param("10.0.0.1", ["[2001:db8::1]:443"], "2001:db8::1", id="IPv6 with a port"),
        pytest.param("10.0.0.1", ["2001:DB8::1"], "2001:db8::1", id="IPv6"),
        pytest.param("::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9", id="IPv4 as IPv6"),
        pytest.param("fd00::1", ["203.0.113.9"], "203.0.113.9", id="an IPv6 proxy"),
        pytest.param(None, ["203.0.113.9"], None, id="no peer address"),
    ],
)
def test_only_a_named_proxy_is_believed(
    peer: str | None, forwarded: list[str], client: str | None
) -> None:
    clients = Clients(["10.0.0.0/8", "fd00::/8"])
    assert clients.address(request(peer, *forwarded)) == client


def test_without_a_proxy_nobody_is_believed() -> None:
    assert Clients().address(request("::ffff:127.0.0.1", "203.0.113.9")) == "127.0.0.1"
    assert Clients().address(request("::1")) == "::1"
    assert Clients().address(request("127.0.0.1", "203.0.113.9")) == "127.0.0.1"


@pytest.mark.parametrize("text", ["", "proxy", "10.0.0.0/33", "10.0.0.1/8", "::/129"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match=r"Write"):
        Clients([text])


def test_a_key_shows_the_address_the_proxy_named(own_house: House, tmp_path: Path) -> None:
    house = own_house
    issued = house.create()

    def address() -> str | None:
        return house.store.keys.details(house.alice, issued.key.id).traffic.last_address

    headers = {
        "Authorization": f"Bearer {issued.secret.reveal()}",
        "X-Forwarded-For": "203.0.113.9",
    }
    with (
        serving(house, tmp_path / "stderr", workers=2, proxies=["127.0.0.0/8"]) as server,
        server.client(headers=headers) as client,
    ):
        assert client.get("/api/v1/verify").status_code == 200
        eventually(lambda: address() == "203.0.113.9")
