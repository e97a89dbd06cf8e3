"""Too many connections: who is turned away is told so, and the rest goes on."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from store.verifier.clients import Clients
from store.verifier.http.connections import FEWEST, OpenConnections, Turned
from tests.house import House
from tests.verifier.serving import PATIENCE_S, Served, eventually, received, serving

_FILES = 120
_MANY = 200


@contextmanager
def _narrow(house: House, folder: Path, **options: object) -> Iterator[Served]:
    """Serve with as few descriptors as a careless service file allows."""
    prelude = (
        f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({_FILES}, {_FILES}))\n"
        # Nobody is to be let go of before all have come.
        "from store.verifier.http import bounds; bounds.HEAD_S = bounds.KEEP_ALIVE_S = 120\n"
    )
    with (
        serving(house, folder / "stderr", prelude=prelude, **options) as server,
        server.client() as client,
    ):
        yield Served(house, server, client)


def _from(served: Served, address: str) -> socket.socket:
    here = ("127.0.0.1", served.server.port)
    return socket.create_connection(here, timeout=PATIENCE_S, source_address=(address, 0))


def test_one_address_leaves_room_for_the_others_and_usage_is_written(
    own_house: House, tmp_path: Path
) -> None:
    with _narrow(own_house, tmp_path) as served, ExitStack() as stack:
        issued = served.issue()
        crowd = [stack.enter_context(_from(served, "127.0.0.2")) for _ in range(_MANY)]
        # Whoever is turned away is told at once, whether they ask or not.
        turned = received(crowd[-1])
        assert turned.status_code == 503
        assert int(turned.headers["retry-after"]) >= 1
        assert turned.headers["connection"] == "close"
        assert turned.headers["cache-control"] == "no-store"
        assert turned.json()["code"] == "unavailable"
        assert turned.json()["request_id"] == turned.headers["x-request-id"]
        for _ in range(10):
            assert served.ask("/verify", issued.secret.reveal()).status_code == 200
        traffic = own_house.store.keys.details
        eventually(lambda: traffic(own_house.alice, issued.key.id).traffic.last_address is not None)
        page = served.client.get("/metrics").text
        assert 'rejected_total{reason="connections_of_address"} 0' not in page
        assert "(connections_of_address)" in served.server.said()
        assert served.server.said().count("\n") < 5


def test_who_comes_when_all_is_taken_is_told_and_let_in_when_there_is_room(
    own_house: House, tmp_path: Path
) -> None:
    with _narrow(own_house, tmp_path) as served:
        key = served.key()
        with ExitStack() as stack:
            for number in range(_MANY):
                stack.enter_context(_from(served, f"127.0.0.{2 + number % 50}"))
            answer = served.client.get("/healthz", headers={"Connection": "close"})
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        eventually(lambda: served.ask("/verify", key).status_code == 200)


def test_a_proxy_that_was_named_is_no_stranger(own_house: House, tmp_path: Path) -> None:
    with _narrow(own_house, tmp_path, proxies=("127.0.0.2",)) as served:
        stranger = _answered(served, "127.0.0.3")
        eventually(lambda: served.client.get("/healthz").status_code == 200)
        assert _answered(served, "127.0.0.2") > 1.5 * stranger


def _answered(served: Served, address: str) -> int:
    """Return how many connections from an address are answered before one is turned away."""
    with ExitStack() as stack:
        for number in range(_FILES):
            wire = stack.enter_context(_from(served, address))
            wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            if received(wire).status_code != 200:
                return number
    raise AssertionError("there was room for all")


@pytest.mark.parametrize("room", [-5, FEWEST, 100, 1000, 10**6])
def test_there_is_room_for_many_and_for_telling_the_rest(room: int) -> None:
    connections = OpenConnections(Clients(), room)
    aside = connections.backlog
    assert connections.most + 2 * aside <= max(room, FEWEST)
    given = [connections.add(f"2001:db8:0:{number:x}::1") for number in range(connections.most)]
    assert set(given) == {None}
    told = [(connections.add("2001:db8::"), connections.crowded) for _ in range(aside + 1)]
    assert told == [(Turned.ALL, False)] * aside + [(Turned.ALL, True)]
    # Whoever is turned away takes nobody's place, however many they are.
    connections.remove("2001:db8:0:1::1")
    assert connections.add("2001:db8::") is None
    for _ in told:
        connections.remove("2001:db8::", Turned.ALL)
    assert connections.add("2001:db8::") is Turned.ALL
    assert not connections.crowded


def test_a_network_of_ipv6_is_one_stranger_and_a_proxy_is_none() -> None:
    connections = OpenConnections(Clients(["10.0.0.0/8"]), 1000)
    given = [connections.add(f"2001:db8::{number:x}") for number in range(connections.by_address)]
    assert set(given) == {None}
    assert connections.add("2001:db8::ffff:ffff") is Turned.ADDRESS
    connections.remove("2001:db8::ffff:ffff", Turned.ADDRESS)
    rest = connections.most - connections.by_address
    assert {connections.add("10.0.0.1") for _ in range(rest)} == {None}
    assert connections.add("10.0.0.1") is Turned.ALL
