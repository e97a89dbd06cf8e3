"""The hot read: one prepared SELECT by primary key on a connection held open.

Nothing is cached here, so what is read is what was committed, on SQLite and on PostgreSQL alike;
what stands before it, where a worker can be sure of it, is `store.verifier.memory`.
With the connections below this, the check inside a write's transaction and the keeper of a lease,
raw driver calls are allowed, and nowhere else. Keys and tokens are read by the statements of
`store.persistence.repositories.credentials`.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from store.domain.credential import AccessToken, Credential
from store.domain.foreign import Hashing, Shape
from store.domain.key_string import ID_LENGTH, random_base62
from store.domain.remembered import Remembered
from store.errors import NotAStore, StoreMoved, StoreSetBack, StoreUnconfirmed, StoreUnusable
from store.persistence.high_water import HighWaterMark
from store.persistence.migrations import run
from store.persistence.prepared import Parameters, PreparedSelect, Row, Statement, Words, statement
from store.persistence.repositories.credentials import (
    ACCESS_TOKEN,
    KEY,
    access_token_of,
    credential_of,
)
from store.persistence.repositories.foreign_digests import FOREIGN_KEY, SHAPES, FoundForeign
from store.persistence.repositories.opening import PEPPERS, SETTINGS, VERSION, opened
from store.persistence.repositories.routes import READ
from store.persistence.repositories.seen_entries import traced
from store.persistence.repositories.tools import READ as TOOLS

WATCH_EVERY_S = 1.0


_SOME_KEY = statement("SELECT id FROM keys LIMIT 1")
_NEXT_KEY = statement("SELECT id FROM keys WHERE id >= {} ORDER BY id LIMIT 1")
_ROTATED = statement("""
SELECT r.started_at FROM rotations r JOIN keys s ON s.id = r.successor_id
WHERE r.workspace_id = {} AND r.predecessor_id = {} AND s.revoked_at IS NULL
""")
_ACTIONS = statement("SELECT actions FROM resources WHERE name = {}")
_LEAK_POLICY = statement("SELECT leak_policy FROM settings")
_SAMPLE = statement("SELECT 1 FROM resources WHERE builtin LIMIT 1")
_MOVED_TO = statement("SELECT moved_to FROM settings")

_SOME_TOKEN = statement("SELECT id FROM access_tokens LIMIT 1")


class Lookup(ABC):
    """One worker's own read-only connection, opened in the worker's process and thread.

    Each method raises StoreUnusable when the store cannot be read.
    """

    def __init__(
        self,
        place: str,
        high_water: HighWaterMark | None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`place` is where the store is, as a person is told."""
        self.prefix = ""
        self.place = place
        self.reads_because: str | None = "no lease is held"
        """Why each request reads, None where what is remembered may be answered with."""
        self.high_water = high_water or HighWaterMark()
        self._monotonic = monotonic
        self._shapes: tuple[Shape, ...] | None = None
        self._shapes_at = 0.0
        self._decoy: str | None = None
        self._token_decoy: str | None = None
        self._watch_at = 0.0

    def key(self, key_id: str) -> Credential | None:
        """Return a key's row, another's for an id that is not there, or None without any keys."""
        if self._monotonic() >= self._watch_at:
            self.watch()
        row = self._first(KEY, key_id, self._decoy)
        if row is None:
            self._decoy = self._one(_SOME_KEY)
            return None
        return credential_of(row)

    def foreign_shapes(self) -> tuple[Shape, ...]:
        """Return what keys look like that somebody else made, as it was a second ago at most.

        Where the store cannot be read, as it was last.
        """
        now = self._monotonic()
        if self._shapes is None or now >= self._shapes_at:
            try:
                self.watch()
                return self.shapes_now()
            except StoreUnusable:
                if self._shapes is None:
                    raise
            self._shapes_at = now + WATCH_EVERY_S
        return self._shapes

    def shapes_now(self) -> tuple[Shape, ...]:
        """Return what keys look like that somebody else made, as it is now."""
        rows = self._all(SHAPES)
        self._shapes = tuple(Shape(Hashing.of(hashed), *more) for hashed, *more in rows)
        self._shapes_at = self._monotonic() + WATCH_EVERY_S
        return self._shapes

    @property
    def has_foreign(self) -> bool:
        """Whether there were any keys that somebody else made when that was looked at last."""
        return bool(self._shapes)

    def foreign_key(self, digest: str) -> FoundForeign | None:
        """Return a key that somebody else made, by the MAC of its value."""
        if self._monotonic() >= self._watch_at:
            self.watch()
        row = self._first(FOREIGN_KEY, digest)
        return None if row is None else FoundForeign(*row)

    def check_readable(self) -> None:
        """Read a key as a verification does, at a place that is another each time.

        What is damaged is damaged by pages, and a key that can be read says little of the others.
        """
        somewhere = random_base62(ID_LENGTH)
        self.key(self._one(_NEXT_KEY, somewhere) or somewhere)

    def rotated_at(self, key: Credential) -> int | None:
        """Return when a key was given the successor that stands, or None."""
        found: int | None = self._one(_ROTATED, key.workspace_id, key.id)
        return found

    def token(self, token_id: str) -> AccessToken | None:
        """Return an access token's row, another's for an id that is not there, or None without."""
        if self._monotonic() >= self._watch_at:
            self.watch()
        row = self._first(ACCESS_TOKEN, token_id, self._token_decoy)
        if row is None:
            self._token_decoy = self._one(_SOME_TOKEN)
            return None
        return access_token_of(row)

    def actions(self, resource: str) -> tuple[str, ...]:
        """Return what can be granted on a resource; nothing where the catalogue lacks it."""
        found = self._one(_ACTIONS, resource)
        return () if found is None else tuple(str(found).split())

    def routes(self) -> list[Row]:
        """Return every route of the admin's own API, as `READ` has them."""
        return self._all(READ)

    def tools(self) -> list[Row]:
        """Return every document of tools, as `store.persistence.repositories.tools` reads them."""
        return self._all(TOOLS)

    def rows(self, read: PreparedSelect, **given: object) -> list[Row]:
        """Return what a read finds: whose rows they are, it has to ask for itself."""
        if self._monotonic() >= self._watch_at:
            self.watch()
        words = self._words(read)
        return self._found(words.text, words.with_values(given))

    def leak_policy(self) -> str:
        """Return what a report of a leaked key does. Raises StoreUnusable."""
        self.watch()
        return str(self._one(_LEAK_POLICY))

    def has_sample(self) -> bool:
        """Return whether the sample API is in the catalogue."""
        self.watch()
        return self._one(_SAMPLE) is not None

    def fingerprints(self) -> list[str]:
        """Return the fingerprint of every pepper the store was made with."""
        self.watch()
        return [fingerprint for (fingerprint,) in self._all(PEPPERS)]

    def remembered(self) -> Remembered[Any] | None:
        """Return what knows, without a lease, whether its rows may be answered with again."""
        return None

    @abstractmethod
    def state(self) -> object:
        """Return what is another after any change of what a verdict depends on.

        It is another, too, once another store may be read.
        """

    @abstractmethod
    def watch(self) -> None:
        """Make sure that what is read is still the store, and one that may be served."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection; the next read opens it again."""

    @abstractmethod
    def _all(self, statement: Statement, parameters: Parameters = ()) -> list[Row]: ...

    @abstractmethod
    def _words(self, read: PreparedSelect) -> Words: ...

    @abstractmethod
    def _found(self, text: str, parameters: Parameters = ()) -> list[Row]: ...

    @abstractmethod
    def _first(self, statement: Statement, *parameters: object) -> Row | None: ...

    def _one(self, statement: Statement, *parameters: object) -> Any:
        row = self._first(statement, *parameters)
        return None if row is None else row[0]

    def _learn(self, first: Callable[..., Row | None]) -> None:
        """Take in what a store that was just opened is, read with `first`."""
        version = first(VERSION)
        try:
            run.check(None if version is None else version[0], self.place)
        except StoreMoved as error:
            error.moved_to = (first(_MOVED_TO) or (None,))[0]
            raise
        known = self.high_water.known()
        settings = first(SETTINGS)
        if settings is None:
            raise NotAStore(self.place, "it holds no settings")
        prefix, restored_at, standing = opened(settings)
        found = traced(self.high_water.to_find(standing, known), first)
        served = self.high_water.served(standing, known, found)
        self.prefix = prefix or ""
        check_confirmed(served, restored_at)
        decoy = first(_SOME_KEY)
        self._decoy = None if decoy is None else decoy[0]
        self._watch_at = self._monotonic() + WATCH_EVERY_S
        if first(SHAPES) is None:
            # So that garbage is refused as such also when the store cannot be read any more.
            self._shapes, self._shapes_at = (), self._watch_at


def check_confirmed(served: bool, restored_at: int | None) -> None:
    """Raise StoreUnconfirmed for a store that waits, StoreSetBack for one that was set back.

    `served` is whether it is one to be served by what was known of it.
    """
    if restored_at is not None:
        raise StoreUnconfirmed
    if not served:
        raise StoreSetBack
