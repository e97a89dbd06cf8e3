"""The hot read: one prepared SELECT by primary key on a connection held open.

No verdict is cached, so a revocation is in force at its commit. With this and the check inside a
write's transaction, raw driver calls are allowed, and nowhere else.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from store.database import identity, prepare_sqlite, sqlite_library, unusable
from store.errors import StoreMissing, StoreUnconfirmed
from store.migrations import run
from store.verifier.verify import Find, FindToken, KeyRow, TokenRow

WATCH_EVERY_S = 1.0
_BUSY_TIMEOUT_MS = 250  # readers hardly ever wait in WAL mode, and one that does stops the loop

# The second parameter is the id of some key: an id that is not there does the work of one that is,
# or the clock would tell them apart.
_KEY = """
SELECT k.id, k.workspace_id, w.slug, w.plan, k.name, k.digest, k.pepper, k.scopes, k.expires_at,
       k.revoked_at, k.created_at
FROM keys k JOIN workspaces w ON w.id = k.workspace_id
WHERE k.id = coalesce((SELECT id FROM keys WHERE id = ?), ?)
"""

_ROTATED = """
SELECT r.started_at FROM rotations r JOIN keys s ON s.id = r.successor_id
WHERE r.workspace_id = ? AND r.predecessor_id = ? AND s.revoked_at IS NULL
"""

# The same for an access token: the columns from c.id on are those of a key's row, in its order.
_CONNECTION = """
SELECT t.id, t.expires_at, c.resource,
       c.id, c.workspace_id, w.slug, w.plan, c.name, t.digest, t.pepper, c.scopes, c.expires_at,
       c.revoked_at, c.created_at
FROM access_tokens t
JOIN connections c ON c.id = t.connection_id
JOIN workspaces w ON w.id = c.workspace_id
WHERE t.id = coalesce((SELECT id FROM access_tokens WHERE id = ?), ?)
"""

_Driver: Any = sqlite_library()
_make = KeyRow._make


class Lookup:
    """One worker's own read-only connection, opened in the worker's process and thread.

    A store file that was replaced or moved away is noticed within a second; SQLite alone would
    serve the old file for ever.
    """

    def __init__(self, path: Path, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Open the store. Raises StoreUnusable."""
        self.path = path
        self.prefix = ""
        self._monotonic = monotonic
        self._connection: Any = None
        self._cursor: Any = None
        self._decoy: str | None = None
        self._token_decoy: str | None = None
        self._identity: tuple[int, int] | None = None
        self._watch_at = 0.0
        self._open()

    def key(self, key_id: str) -> KeyRow | None:
        """Return a key's row, another's for an id that is not there, or None without any keys.

        Raises StoreUnusable when the store cannot be read.
        """
        if self._monotonic() >= self._watch_at:
            self.watch()
        try:
            row = self._cursor.execute(_KEY, (key_id, self._decoy)).fetchone()
            if row is None:
                # A cursor that is not exhausted would pin its snapshot; fetchone of none is.
                self._decoy = self._one("SELECT id FROM keys LIMIT 1")
                return None
        except _Driver.Error as error:
            raise unusable(error, self.path) from None
        return _make(row)

    def rotated_at(self, key: KeyRow) -> int | None:
        """Return when a key was given the successor that stands, or None. Raises StoreUnusable."""
        try:
            found: int | None = self._one(_ROTATED, key.workspace_id, key.id)
        except _Driver.Error as error:
            raise unusable(error, self.path) from None
        return found

    def token(self, token_id: str) -> TokenRow | None:
        """Return an access token's row, another's for an id that is not there, or None without any.

        Raises StoreUnusable when the store cannot be read.
        """
        if self._monotonic() >= self._watch_at:
            self.watch()
        try:
            row = self._cursor.execute(_CONNECTION, (token_id, self._token_decoy)).fetchone()
            if row is None:
                self._token_decoy = self._one("SELECT id FROM access_tokens LIMIT 1")
                return None
        except _Driver.Error as error:
            raise unusable(error, self.path) from None
        return _token_of(row)

    def resource_known(self, name: str) -> bool:
        """Return whether the catalogue has a resource. Raises StoreUnusable."""
        try:
            return self._one("SELECT 1 FROM resources WHERE name = ?", name) is not None
        except _Driver.Error as error:
            raise unusable(error, self.path) from None

    def leak_policy(self) -> str:
        """Return what a report of a leaked key does. Raises StoreUnusable."""
        self.watch()
        try:
            return str(self._one("SELECT leak_policy FROM settings"))
        except _Driver.Error as error:
            raise unusable(error, self.path) from None

    def fingerprints(self) -> list[str]:
        """Return the fingerprint of every pepper the store was made with. Raises StoreUnusable."""
        self.watch()
        try:
            rows = self._cursor.execute("SELECT fingerprint FROM peppers").fetchall()
        except _Driver.Error as error:
            raise unusable(error, self.path) from None
        return [fingerprint for (fingerprint,) in rows]

    def watch(self) -> None:
        """Open the store anew when another file stands at its path. Raises StoreUnusable."""
        if self._connection is None or self._identity != identity(self.path):
            self.close()
            self._open()
        self._watch_at = self._monotonic() + WATCH_EVERY_S

    def close(self) -> None:
        """Close the connection; the next read opens it again."""
        if self._connection is not None:
            self._cursor.close()
            self._connection.close()
        self._connection = self._cursor = None
        self._watch_at = 0.0

    def _open(self) -> None:
        found = identity(self.path)
        if found is None:
            raise StoreMissing(str(self.path))
        try:
            # mode=rw: SQLite would otherwise make an empty file where the store was moved away.
            self._connection = _Driver.connect(
                f"{self.path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None
            )
            self._cursor = self._connection.cursor()
            prepare_sqlite(self._connection.execute)
            self._connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
            self._connection.execute("PRAGMA query_only = ON")
            run.check(self._one("SELECT version_num FROM alembic_version"))
            if self._one("SELECT restored_at FROM settings") is not None:
                raise StoreUnconfirmed
            self.prefix = self._one("SELECT prefix FROM settings")
            self._decoy = self._one("SELECT id FROM keys LIMIT 1")
        except _Driver.Error as error:
            self.close()
            raise unusable(error, self.path) from None
        except BaseException:
            self.close()
            raise
        self._identity = found
        self._watch_at = self._monotonic() + WATCH_EVERY_S

    def _one(self, statement: str, *parameters: object) -> Any:
        row = self._cursor.execute(statement, parameters).fetchone()
        return None if row is None else row[0]


def find_inside(execute: Callable[[str, tuple[object, ...]], Any]) -> Find:
    """Return the same read inside a transaction, for a verdict that holds at its commit.

    `execute` runs a statement on the transaction's connection.
    """

    def find(key_id: str) -> KeyRow | None:
        row = execute(_KEY, (key_id, key_id)).fetchone()
        return None if row is None else _make(row)

    return find


def token_inside(execute: Callable[[str, tuple[object, ...]], Any]) -> FindToken:
    """Return the read of an access token inside a transaction, as `find_inside` does for keys."""

    def find(token_id: str) -> TokenRow | None:
        row = execute(_CONNECTION, (token_id, token_id)).fetchone()
        return None if row is None else _token_of(row)

    return find


def _token_of(row: tuple[Any, ...]) -> TokenRow:
    return TokenRow(row[0], row[1], row[2], _make(row[3:]))
