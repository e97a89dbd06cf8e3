"""Engines and transactions: SQLite in a file by default, PostgreSQL for several machines.

What stands on SQLAlchemy is loaded when it is first asked for: the console's first frame is read by
the driver alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from store.persistence.database.sqlite_driver import identity, prepare_sqlite, sqlite_library

if TYPE_CHECKING:
    from store.persistence.database.address import parse_url
    from store.persistence.database.database import Database
    from store.persistence.database.sqlite import unusable

__all__ = [
    "Database",
    "identity",
    "parse_url",
    "prepare_sqlite",
    "sqlite_library",
    "unusable",
]
_LATER = {"Database": "database", "parse_url": "address", "unusable": "sqlite"}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    return found
