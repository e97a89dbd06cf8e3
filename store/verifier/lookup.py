"""The hot read: one prepared SELECT by primary key on a connection held open.

Nothing is cached here, so a revocation is in force at its commit, on SQLite and on PostgreSQL
alike; what stands before it where a worker holds a lease is `store.verifier.leasing.memory`.
With the connections below this, the check inside a write's transaction and the keeper of a lease,
raw driver calls are allowed, and nowhere else.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, LiteralString, NamedTuple

from sqlalchemy import Connection

from store.database import Database
from store.errors import StoreUnconfirmed
from store.migrations import run
from store.secrets import ID_LENGTH, random_base62
from store.verifier.verify import Find, FindToken, KeyRow, TokenRow

WATCH_EVERY_S = 1.0


class Statement(NamedTuple):
    """A read in the words of each driver."""

    sqlite: LiteralString
    postgres: LiteralString


def _statement(text: LiteralString) -> Statement:
    """Return a read; `{}` stands for a parameter."""
    return Statement(text.replace("{}", "?"), text.replace("{}", "%s"))


# The second parameter is the id of some key: an id that is not there does the work of one that is,
# or the clock would tell them apart.
_KEY = _statement("""
SELECT k.id, k.workspace_id, w.slug, w.plan, k.name, k.digest, k.pepper, k.scopes, k.expires_at,
       k.revoked_at, k.created_at
FROM keys k JOIN workspaces w ON w.id = k.workspace_id
WHERE k.id = coalesce((SELECT id FROM keys WHERE id = {}), {})
""")
_SOME_KEY = _statement("SELECT id FROM keys LIMIT 1")
_NEXT_KEY = _statement("SELECT id FROM keys WHERE id >= {} ORDER BY id LIMIT 1")
_ROTATED = _statement("""
SELECT r.started_at FROM rotations r JOIN keys s ON s.id = r.successor_id
WHERE r.workspace_id = {} AND r.predecessor_id = {} AND s.revoked_at IS NULL
""")
_RESOURCE = _statement("SELECT 1 FROM resources WHERE name = {}")
_LEAK_POLICY = _statement("SELECT leak_policy FROM settings")
_PEPPERS = _statement("SELECT fingerprint FROM peppers")
_VERSION = _statement("SELECT version_num FROM alembic_version")
_SETTINGS = _statement("SELECT prefix, restored_at FROM settings")

Row = tuple[Any, ...]

# The same for an access token: the columns from c.id on are those of a key's row, in its order.
_CONNECTION = _statement("""
SELECT t.id, t.expires_at, c.resource,
       c.id, c.workspace_id, w.slug, w.plan, c.name, t.digest, t.pepper, c.scopes, c.expires_at,
       c.revoked_at, c.created_at
FROM access_tokens t
JOIN connections c ON c.id = t.connection_id
JOIN workspaces w ON w.id = c.workspace_id
WHERE t.id = coalesce((SELECT id FROM access_tokens WHERE id = {}), {})
""")
_SOME_TOKEN = _statement("SELECT id FROM access_tokens LIMIT 1")

_make = KeyRow._make


class Lookup(ABC):
    """One worker's own read-only connection, opened in the worker's process and thread.

    Each method raises StoreUnusable when the store cannot be read.
    """

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.prefix = ""
        self._monotonic = monotonic
        self._decoy: str | None = None
        self._token_decoy: str | None = None
        self._watch_at = 0.0

    def key(self, key_id: str) -> KeyRow | None:
        """Return a key's row, another's for an id that is not there, or None without any keys."""
        if self._monotonic() >= self._watch_at:
            self.watch()
        row = self._first(_KEY, key_id, self._decoy)
        if row is None:
            self._decoy = self._one(_SOME_KEY)
            return None
        return _make(row)

    def check_readable(self) -> None:
        """Read a key as a verification does, at a place that is another each time.

        What is damaged is damaged by pages, and a key that can be read says little of the others.
        """
        somewhere = random_base62(ID_LENGTH)
        self.key(self._one(_NEXT_KEY, somewhere) or somewhere)

    def rotated_at(self, key: KeyRow) -> int | None:
        """Return when a key was given the successor that stands, or None."""
        found: int | None = self._one(_ROTATED, key.workspace_id, key.id)
        return found

    def token(self, token_id: str) -> TokenRow | None:
        """Return an access token's row, another's for an id that is not there, or None without."""
        if self._monotonic() >= self._watch_at:
            self.watch()
        row = self._first(_CONNECTION, token_id, self._token_decoy)
        if row is None:
            self._token_decoy = self._one(_SOME_TOKEN)
            return None
        return _token_of(row)

    def resource_known(self, name: str) -> bool:
        """Return whether the catalogue has a resource."""
        return self._one(_RESOURCE, name) is not None

    def leak_policy(self) -> str:
        """Return what a report of a leaked key does. Raises StoreUnusable."""
        self.watch()
        return str(self._one(_LEAK_POLICY))

    def fingerprints(self) -> list[str]:
        """Return the fingerprint of every pepper the store was made with."""
        self.watch()
        return [fingerprint for (fingerprint,) in self._all(_PEPPERS)]

    @abstractmethod
    def watch(self) -> None:
        """Make sure that what is read is still the store, and one that may be served."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection; the next read opens it again."""

    @abstractmethod
    def _all(self, statement: Statement, *parameters: object) -> list[Row]: ...

    @abstractmethod
    def _first(self, statement: Statement, *parameters: object) -> Row | None: ...

    def _one(self, statement: Statement, *parameters: object) -> Any:
        row = self._first(statement, *parameters)
        return None if row is None else row[0]

    def _learn(self, first: Callable[..., Row | None]) -> None:
        """Take in what a store that was just opened is, read with `first`."""
        version = first(_VERSION)
        run.check(None if version is None else version[0])
        prefix, restored_at = first(_SETTINGS) or (None, None)
        if restored_at is not None:
            raise StoreUnconfirmed
        decoy = first(_SOME_KEY)
        self.prefix = prefix or ""
        self._decoy = None if decoy is None else decoy[0]
        self._watch_at = self._monotonic() + WATCH_EVERY_S


def open_lookup(database: Database) -> Lookup:
    """Return the hot read of a store. Raises StoreUnusable."""
    if database.on_sqlite:
        from store.verifier.sqlite_lookup import SqliteLookup

        return SqliteLookup(database.path)
    from store.verifier.postgres_lookup import PostgresLookup

    return PostgresLookup(database)


def find_inside(connection: Connection) -> Find:
    """Return the same read inside a transaction, for a verdict that holds at its commit."""

    def find(key_id: str) -> KeyRow | None:
        row = first_inside(connection, _KEY, key_id, key_id)
        return None if row is None else _make(row)

    return find


def token_inside(connection: Connection) -> FindToken:
    """Return the read of an access token inside a transaction, as `find_inside` does for keys."""

    def find(token_id: str) -> TokenRow | None:
        row = first_inside(connection, _CONNECTION, token_id, token_id)
        return None if row is None else _token_of(row)

    return find


def _token_of(row: Row) -> TokenRow:
    return TokenRow(row[0], row[1], row[2], _make(row[3:]))


def first_inside(connection: Connection, statement: Statement, *parameters: object) -> Row | None:
    """Return the first row of a read inside a transaction."""
    words = statement.sqlite if connection.dialect.name == "sqlite" else statement.postgres
    row = connection.exec_driver_sql(words, parameters).fetchone()
    return None if row is None else tuple(row)
