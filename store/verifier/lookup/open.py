"""Which lookup reads a store: one for each engine."""

from store.persistence.database import Database
from store.persistence.high_water import HighWaterMark
from store.verifier.lookup.reader import Lookup


def open_lookup(database: Database, high_water: HighWaterMark | None = None) -> Lookup:
    """Return the hot read of a store; by default what was seen of it dies with the process.

    Raises StoreUnusable.
    """
    if database.on_sqlite:
        from store.verifier.lookup.sqlite import SqliteLookup

        return SqliteLookup(database.path, high_water)
    from store.verifier.lookup.postgres import PostgresLookup

    return PostgresLookup(database, high_water)
