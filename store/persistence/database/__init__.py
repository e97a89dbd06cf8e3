"""Engines and transactions: SQLite in a file by default, PostgreSQL for several machines."""

from store.persistence.database.address import parse_url
from store.persistence.database.database import Database
from store.persistence.database.sqlite import identity, prepare_sqlite, sqlite_library, unusable

__all__ = [
    "Database",
    "identity",
    "parse_url",
    "prepare_sqlite",
    "sqlite_library",
    "unusable",
]
