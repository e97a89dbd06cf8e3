"""Which addresses are of the public internet: whoever fetches for strangers connects to no other.

RFC 6890 and the registries it made; by what is public and not by what is not, so that what is
assigned one day is refused until somebody has looked.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

_UNICAST = IPv6Network("2000::/3")
# Python calls these global: relays, translators and documentation of later registries.
_OTHERWISE = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.175.48.0/24",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)


def is_public(text: str) -> bool:
    """Return whether an address, written as a resolver answers, is one of the public internet.

    One of IPv6 that carries one of IPv4 (mapped, compatible, 6to4, Teredo, NAT64) is none: where it
    leads a relay decides, and not who looked at it. Neither is one with a zone.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if any(address.version == other.version and address in other for other in _OTHERWISE):
        return False
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, IPv4Address):
        return True
    return _is_unicast(address)


def _is_unicast(address: IPv6Address) -> bool:
    return address in _UNICAST and address.scope_id is None
