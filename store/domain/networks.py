"""Where strangers come from, as they are counted: by network, and by the block it lies in.

An IPv6 host picks its addresses freely in its /64, so that is one network; an IPv4 address is one.
Whoever runs machines has more than one of them: a /24 of IPv4, a /48 of IPv6 (RFC 6177 2), which is
one block here. What is rationed is rationed by network, what is full makes room by block.
"""

from collections import Counter
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

# RFC 6052 2.1: whom a translator brings over from IPv4, all of them in one /64.
_NAT64 = IPv6Network("64:ff9b::/96")
UNKNOWN = "unknown"


def address_of(text: str) -> IPv4Address | IPv6Address | None:
    """Return an address, None for a text that is none.

    On a socket of both families IPv4 peers are written as IPv6 (RFC 4291 2.5.5.2): they are IPv4.
    """
    try:
        found = ip_address(text)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        # What stands behind a % is another machine's name for a network card, and any text at all.
        return found.ipv4_mapped or (IPv6Address(int(found)) if found.scope_id else found)
    return found


def network_of(address: str | None) -> str:
    """Return the network an address is counted under; all that have none share one."""
    found = address_of(address or "")
    if found is None:
        return UNKNOWN
    if isinstance(found, IPv6Address):
        if found in _NAT64:
            return str(IPv4Address(int(found) & 0xFFFFFFFF))
        return str(ip_network((int(found), 64), strict=False))
    return str(found)


def block_of(network: str) -> str:
    """Return the block a network lies in: a /24 of IPv4, a /48 of IPv6."""
    try:
        found = ip_network(network)
    except ValueError:
        return network
    return str(found.supernet(new_prefix=24 if found.version == 4 else 48))


def first_to_go(held: Sequence[tuple[str, str]], excess: int) -> list[str]:
    """Return whose turn it is where there are too many: ids, of pairs of an id and its network.

    Each is the oldest of the block that holds most just then, so that whoever comes in numbers
    crowds out nobody but themselves. `held` is in order, oldest first.
    """
    blocks = [(held_id, block_of(network)) for held_id, network in held]
    holding = Counter(block for _, block in blocks)
    gone: list[str] = []
    for _ in range(min(excess, len(blocks))):
        most = max(holding.values())
        at = next(at for at, (_, block) in enumerate(blocks) if holding[block] == most)
        dropped, block = blocks.pop(at)
        holding[block] -= 1
        gone.append(dropped)
    return gone
