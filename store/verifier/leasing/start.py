"""How a worker is told of: by the keeper of its lease, else by its heartbeat."""

from typing import TYPE_CHECKING

from store.verifier.context import Door
from store.verifier.leasing.heartbeat import Heartbeat
from store.verifier.leasing.worker_identity import Presence

if TYPE_CHECKING:
    from store.verifier.leasing.keeper import Keeper


def told_of(door: Door, address: str) -> "Heartbeat | Keeper":
    """Return what tells of a worker that answers at an address."""
    presence = Presence(door.counters, address)
    if door.memory is None:
        return Heartbeat(door.database, presence, door.clock)
    from store.verifier.leasing.keeper import Keeper
    from store.verifier.lookup.postgres import PostgresLookup

    assert isinstance(door.lookup, PostgresLookup)  # noqa: S101
    return Keeper(door.database(), door.lookup, door.memory, presence, door.counters)
