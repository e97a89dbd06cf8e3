"""Who a request comes from: the peer, or whom a named proxy says it stands in front of."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from starlette.types import Scope

from store.domain.networks import address_of
from store.errors import Invalid

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


UNIX = "unix"
"""Names whoever may open the unix socket that is listened on, who has no address."""


class Clients:
    """Finds the client's address. `X-Forwarded-For` counts only behind proxies that were named."""

    def __init__(self, proxies: Sequence[str] = ()) -> None:
        """`proxies` are networks such as `10.0.0.0/8`, or UNIX. Raises Invalid for what is none."""
        self._proxies = tuple(_network(text) for text in proxies if text != UNIX)
        self._unix = UNIX in proxies

    def address(self, scope: Scope) -> str | None:
        """Return a request's address, None where the transport has none.

        The list is read from its end, where the nearest proxy wrote: the first that is no proxy
        of ours is the client. What stands before it anybody could have written.
        """
        client = scope["client"]
        if client is None:
            return self._told_by(scope, None) if self._unix else None
        peer = str(client[0])
        # Parsing costs a microsecond, and few have anything to find in it.
        if not self._proxies and not peer.startswith("::"):
            return peer
        found = _parsed(peer)
        if found is None:
            return peer
        return self._told_by(scope, found) if self._proxies else str(found)

    @property
    def behind_proxies(self) -> bool:
        """Whether any proxy was named."""
        return bool(self._proxies)

    def is_proxy(self, address: str | None) -> bool:
        """Return whether an address is that of a proxy that was named; None is a unix socket's."""
        if address is None:
            return self._unix
        found = _parsed(address) if address and self._proxies else None
        return found is not None and self._trusts(found)

    def _told_by(self, scope: Scope, peer: Address | None) -> str | None:
        """Return who the list of proxies says it is; `peer` is None at the unix socket."""
        found = peer
        for hop in reversed(_forwarded_for(scope)):
            if found is not None and not self._trusts(found):
                break
            told = _parsed(hop)
            if told is None:
                break
            found = told
        return None if found is None else str(found)

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._proxies)


def _forwarded_for(scope: Scope) -> list[str]:
    # Several headers are one list (RFC 9110 5.2).
    return [
        hop
        for name, value in scope["headers"]
        if name == b"x-forwarded-for"
        for hop in value.decode("latin-1").split(",")
    ]


def _parsed(text: str) -> Address | None:
    text = text.strip(" \t")
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    return address_of(text)


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError:
        pass
    try:
        meant = ip_network(text, strict=False)
    except ValueError:
        raise Invalid(
            "trust_proxy", f"“{text}” is not a network. Write 10.0.0.0/8, 127.0.0.1, or {UNIX}."
        ) from None
    raise Invalid("trust_proxy", f"“{text}” is an address inside a network. Write {meant}.")
