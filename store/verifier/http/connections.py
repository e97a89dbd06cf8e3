"""How many connections one worker has: in all, and from one address."""

import os
from collections import Counter
from contextlib import suppress
from enum import Enum

from store.domain.networks import network_of
from store.verifier.clients import Clients

MOST = 8192
"""More would be memory: a connection may hold a head and a body of 64 KiB each."""
FEWEST = 16
RESERVED = 40 + FEWEST
"""File descriptors that are kept for the store, the usage, the logs, and whoever watches on a
socket of their own."""


class Turned(Enum):
    """Why a connection is turned away."""

    ALL = "connections"
    ADDRESS = "connections_of_address"


class OpenConnections:
    """Counts them.

    Of the descriptors that are left, an eighth is for those that are told that there are too many
    and linger, and an eighth for those that come all at once; the others are answered. One
    address, of IPv6 one /64, has half of these, so that nobody alone shuts out the rest. A proxy
    that was named has no such bound: all clients come from it.
    """

    def __init__(self, clients: Clients, room: int | None = None) -> None:
        """`room` is how many descriptors there are for connections, by default what is left."""
        room = max(FEWEST, _room() if room is None else room)
        aside = min(room, MOST) // 8
        self.most = min(room - 2 * aside, MOST)
        """Connections that are answered."""
        self.by_address = max(1, self.most // 2)
        """Of them from one address."""
        self.backlog = aside
        """Connections that the kernel accepts before it is their turn."""
        self._clients = clients
        self._answered = 0
        self._turned = 0
        self._by_network: Counter[str] = Counter()

    @property
    def crowded(self) -> bool:
        """Whether so many linger that the last is told and let go of at once."""
        return self._turned > self.backlog

    def add(self, address: str | None) -> Turned | None:
        """Count one more; return why it is to be turned away, if it is."""
        whose = network_of(address)
        turned = None
        if self._answered >= self.most:
            turned = Turned.ALL
        elif self._by_network[whose] >= self.by_address and not self._clients.is_proxy(address):
            turned = Turned.ADDRESS
        if turned is None:
            self._answered += 1
            self._by_network[whose] += 1
        else:
            self._turned += 1
        return turned

    def remove(self, address: str | None, turned: Turned | None = None) -> None:
        """Count one less: one that `add` counted, and what it said of it."""
        if turned is not None:
            self._turned -= 1
            return
        self._answered -= 1
        whose = network_of(address)
        self._by_network[whose] -= 1
        if not self._by_network[whose]:
            del self._by_network[whose]


def _room() -> int:
    try:
        import resource
    except ImportError:  # Windows
        return MOST
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if allowed == resource.RLIM_INFINITY:
        return 2 * MOST
    used = 32
    with suppress(OSError):
        used = len(os.listdir("/dev/fd"))
    return int(allowed) - used - RESERVED
