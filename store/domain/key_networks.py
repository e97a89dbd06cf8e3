"""The networks that a key or a connection is used from: how they are written, who is in them. Pure.

A range is an address, or a network in CIDR notation (RFC 4632 3.1, RFC 4291 2.3). IPv4 that is
written as IPv6 is IPv4 (RFC 4291 2.5.5.2), be it given or seen.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    collapse_addresses,
    ip_network,
)
from typing import NamedTuple

from store.domain.networks import address_of
from store.errors import Invalid

MOST = 50
"""Ranges that one key may have."""
ENFORCED, OBSERVED = "enforced", "observed"
_MAPPED = IPv6Network("::ffff:0:0/96")

Range = IPv4Network | IPv6Network


class KeyNetworks(NamedTuple):
    """Where requests may come from, and whether any other is refused or only counted."""

    ranges: tuple[str, ...]
    """Canonical: none lies in another, IPv4 before IPv6, each in its order."""
    enforced: bool

    def __str__(self) -> str:
        """Return it as it is stored: `enforced 203.0.113.0/24 2001:db8::/48`."""
        return " ".join((ENFORCED if self.enforced else OBSERVED, *self.ranges))

    def admit(self, address: str | None) -> bool:
        """Return whether an address is in one of them; one that cannot be told is in none."""
        return _within(self.ranges, address)


def key_networks(texts: Iterable[str], *, enforced: bool) -> KeyNetworks:
    """Return networks as they were given. Raises Invalid for one that is none, none, or too many.

    What lies in another, or beside one so that both are one, is told once.
    """
    given = [part for text in texts for part in text.replace(",", " ").split()]
    found = [_range(part) for part in given]
    if not found:
        raise Invalid("network", "Name a network, such as 203.0.113.0/24, or none.")
    ranges = tuple(str(one) for one in _collapsed(found))
    if len(ranges) > MOST:
        raise Invalid("network", f"A key may have {MOST} networks, and these are {len(ranges)}.")
    return KeyNetworks(ranges, enforced)


def takes_away(before: KeyNetworks | None, after: KeyNetworks | None) -> bool:
    """Return whether somebody whom the networks of before let in is refused by those after."""
    if after is None or not after.enforced:
        return False
    if before is None or not before.enforced:
        return True
    wide = _parsed(after.ranges)
    return not all(
        any(_common(one, other) == one for other in wide) for one in _parsed(before.ranges)
    )


@lru_cache(4096)
def from_stored(text: str) -> KeyNetworks:
    """Return networks as they are stored. Raises ValueError for what never was."""
    how, *ranges = text.split(" ")
    if how not in (ENFORCED, OBSERVED) or not ranges:
        raise ValueError("these are no networks of a key")
    return KeyNetworks(tuple(ranges), how == ENFORCED)


def strictest(one: KeyNetworks, other: KeyNetworks) -> KeyNetworks:
    """Return what both admit, enforced where either is.

    Where one is enforced and the other observed, those that are enforced; two that have nothing
    in common leave the second.
    """
    if one.enforced != other.enforced:
        return one if one.enforced else other
    both = [
        narrower
        for mine in map(ip_network, one.ranges)
        for theirs in map(ip_network, other.ranges)
        if (narrower := _common(mine, theirs)) is not None
    ]
    if not both:
        return other
    return KeyNetworks(tuple(str(found) for found in _collapsed(both)), one.enforced)


@lru_cache(8192)
def _within(ranges: tuple[str, ...], address: str | None) -> bool:
    found = address_of(address or "")
    return found is not None and any(found in one for one in _parsed(ranges))


@lru_cache(1024)
def _parsed(ranges: tuple[str, ...]) -> tuple[Range, ...]:
    return tuple(ip_network(text) for text in ranges)


def _common(one: Range, other: Range) -> Range | None:
    if isinstance(one, IPv4Network) and isinstance(other, IPv4Network):
        return one if one.subnet_of(other) else other if other.subnet_of(one) else None
    if isinstance(one, IPv6Network) and isinstance(other, IPv6Network):
        return one if one.subnet_of(other) else other if other.subnet_of(one) else None
    return None


def _collapsed(ranges: Sequence[Range]) -> list[Range]:
    old = collapse_addresses(one for one in ranges if isinstance(one, IPv4Network))
    new = collapse_addresses(one for one in ranges if isinstance(one, IPv6Network))
    return [*old, *new]


def _range(text: str) -> Range:
    try:
        # A zone (RFC 4007 11) is a matter of one machine.
        found = ip_network(text if "%" not in text else "", strict=False)
    except ValueError:
        raise Invalid(
            "network", f"“{text}” is not a network. Write 203.0.113.0/24 or 2001:db8::/48."
        ) from None
    if isinstance(found, IPv6Network) and found.subnet_of(_MAPPED):
        mapped = IPv4Address(int(found.network_address) & 0xFFFFFFFF)
        meant: Range = IPv4Network((mapped, found.prefixlen - 96))
    else:
        meant = found
    if meant.prefixlen == 0:
        raise Invalid("network", f"{meant} is every address: say none instead.")
    if _address(text) not in (None, meant.network_address, found.network_address):
        raise Invalid("network", f"“{text}” is an address inside a network. Write {meant}.")
    return meant


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address before the slash; None where it stands alone, and is meant itself."""
    before, slash, _ = text.partition("/")
    return address_of(before) if slash else None
