"""Engines and transactions: SQLite in a file by default, PostgreSQL for several machines."""

from store.database.address import parse_url
from store.database.database import Database
from store.database.sqlite import identity, prepare_sqlite, sqlite_library, unusable

__all__ = [
    "Database",
    "identity",
    "parse_url",
    "prepare_sqlite",
    "sqlite_library",
    "unusable",
]
