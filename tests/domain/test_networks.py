"""Networks: what strangers are counted under, and whose turn it is where there are too many."""

import ast
from pathlib import Path

import pytest

import store
from store.domain.networks import UNKNOWN, block_of, first_to_go, network_of


@pytest.mark.parametrize(
    ("address", "network", "block"),
    [
        ("203.0.113.9", "203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        pytest.param("::ffff:203.0.113.9", "203.0.113.9", "203.0.113.0/24", id="IPv4 as IPv6"),
        pytest.param("::FFFF:cb00:7109", "203.0.113.9", "203.0.113.0/24", id="in hexadecimal"),
        pytest.param("64:ff9b::cb00:7109", "203.0.113.9", "203.0.113.0/24", id="translated"),
        pytest.param("fe80::1%eth0", "fe80::/64", "fe80::/48", id="with a zone"),
        pytest.param("not one", UNKNOWN, UNKNOWN, id="none"),
        pytest.param(None, UNKNOWN, UNKNOWN, id="no peer"),
    ],
)
def test_an_address_is_counted_under_one_network_in_one_block(
    address: str | None, network: str, block: str
) -> None:
    assert (network_of(address), block_of(network_of(address))) == (network, block)


def test_nobody_else_takes_addresses_apart() -> None:
    """Written twice it was right in one place: all of IPv4 shared one limit in the other."""
    root = Path(store.__file__).parent
    found = set()
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "ipaddress":
                names = {one.name for one in node.names}
                if names & {"ip_address", "IPv4Address", "IPv6Address"} - {"IPv4Address"}:
                    found.add(path.relative_to(root).as_posix())
    # The second only says which of what the first gave are in a network that was named, the third
    # whether everybody reaches one: no limit goes by it.
    # The next two have networks that somebody wrote down, and ask the first who is in them. The
    # last writes an address as browsers do.
    assert found == {
        *("domain/networks.py", "verifier/clients.py", "domain/public_addresses.py"),
        *("domain/key_networks.py", "service/restricting.py", "domain/addresses.py"),
    }


def test_whoever_comes_in_numbers_makes_room() -> None:
    held = [("admin", "198.51.100.7")]
    held += [(f"flood{n}", f"203.0.113.{n % 18}") for n in range(40)]
    held += [("colleague", "2001:db8:1:1::/64"), ("last", "203.0.113.200")]
    gone = first_to_go(held, 38)
    assert gone == [f"flood{n}" for n in range(38)]
    assert first_to_go(held, 0) == first_to_go(held, -3) == []
    assert len(first_to_go(held, 1000)) == len(held)


def test_many_networks_of_one_block_are_one_crowd() -> None:
    held = [("admin", "2001:db8:9:1::/64")]
    held += [(f"flood{n}", f"2001:db8:1:{n:x}::/64") for n in range(100)]
    assert "admin" not in first_to_go(held, 99)
