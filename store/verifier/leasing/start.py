"""How a worker is told of: by the keeper of its lease, else by its heartbeat."""

from typing import TYPE_CHECKING

from store.verifier.context import WorkerContext
from store.verifier.leasing.heartbeat import Heartbeat
from store.verifier.leasing.worker_identity import WorkerIdentity

if TYPE_CHECKING:
    from store.verifier.leasing.keeper import Keeper


def told_of(context: WorkerContext, address: str) -> "Heartbeat | Keeper":
    """Return what tells of a worker that answers at an address."""
    presence = WorkerIdentity(context.counters, address, proxied=context.clients.behind_proxies)
    if context.holding is None:
        return Heartbeat(context.database, presence, context.clock)
    from store.verifier.leasing.keeper import Keeper
    from store.verifier.lookup.postgres import PostgresLookup

    assert isinstance(context.lookup, PostgresLookup)  # noqa: S101
    return Keeper(context.engine, context.lookup, context.holding, presence, context.counters)
