"""What a worker remembers: the rows of keys and of access tokens.

A row is remembered together with a MAC of what was presented when it was read, and answers for
nobody but whoever presents the same again. All others are read: a wrong secret of a key that is
remembered, a key that is not remembered and one that does not exist are one and the same to memory,
in what they get from it and in how long that takes. They take no row's place: what was presented
and proved to be unknown is remembered apart, by its MAC alone, and all of it is forgotten with
whatever is committed next. A client that was left with a wrong key asks again and again.

Whether a row may be answered with is asked in one place, `Remembered.recall`. There are two ways of
being sure: a lease on PostgreSQL (`store.domain.leases`), the header of the wal-index on SQLite
(`store.verifier.wal_index`).
"""

from hashlib import blake2b
from hmac import compare_digest
from secrets import token_bytes
from sys import intern
from typing import NamedTuple

from store.domain.connections import ACCESS
from store.domain.credential import AccessToken, Credential
from store.domain.key_string import ID_LENGTH, SHORTEST_KEY
from store.domain.remembered import Remembered

MOST_UNKNOWN = 10_000
"""Of what was presented and is unknown so many are remembered; the oldest makes room."""
_MAC_BYTES = 16
# An access token's id can be made to look like a key's.
_OF_TOKENS = "token "
# Of a key that somebody else made nothing tells its id.
_FOREIGN = "foreign "


class Kept(NamedTuple):
    """A row, and who may have it."""

    mac: bytes
    key: Credential | None
    token: AccessToken | None


class Memory:
    """Stands before the reads of one worker. Used by its loop alone."""

    def __init__(self, rows: Remembered[Kept]) -> None:
        """`rows` knows whether they may be answered with."""
        self._rows = rows
        # Not one of the peppers: a MAC costs less than their digest, and dies with the process.
        self._keyed = blake2b(key=token_bytes(), digest_size=_MAC_BYTES)
        self._nobody = Kept(token_bytes(_MAC_BYTES), None, None)
        self.ticket = rows.ticket
        self._unknown: dict[bytes, None] = {}
        self._unknown_while: object = None

    def key(self, presented: str, prefix: str) -> Credential | None:
        """Return the row of a key that was presented before and is remembered."""
        begin = len(prefix) + 1
        return self._recalled(presented, presented[begin : begin + ID_LENGTH]).key

    def token(self, presented: str) -> AccessToken | None:
        """Return the row of an access token that was presented before and is remembered."""
        begin = len(ACCESS) + 1
        row_id = _OF_TOKENS + presented[begin : begin + ID_LENGTH]
        return self._recalled(presented, row_id).token

    def foreign_key(self, presented: str) -> Credential | None:
        """Return the row of a key that somebody else made and that is remembered."""
        mac = self._mac(presented)
        kept = self._rows.recall(_FOREIGN + mac.hex()) or self._nobody
        return (kept if compare_digest(kept.mac, mac) else self._nobody).key

    def keep_foreign_key(self, ticket: int | None, presented: str, row: Credential) -> None:
        """Remember a key that somebody else made."""
        mac = self._mac(presented)
        self._rows.keep(ticket, row.id, _FOREIGN + mac.hex(), Kept(mac, _sharing(row), None))

    def keep_key(self, ticket: int | None, presented: str, row: Credential) -> None:
        """Remember a key for whoever has just proven to hold it; the ticket is from before."""
        kept = Kept(self._mac(presented), _sharing(row), None)
        self._rows.keep(ticket, row.id, row.id, kept)

    def keep_token(self, ticket: int | None, presented: str, row: AccessToken) -> None:
        """Do so with an access token."""
        kept = Kept(self._mac(presented), None, row)
        self._rows.keep(ticket, row.connection.id, _OF_TOKENS + row.id, kept)

    def unmoved(self) -> object | None:
        """Return what is another after any commit at all, None where nobody can tell."""
        return self._rows.unmoved()

    def is_unknown(self, unmoved: object | None, presented: str) -> bool:
        """Return whether a string was unknown before, and nothing was committed since."""
        return unmoved is self._unknown_while and self._mac(presented) in self._unknown

    def keep_unknown(self, unmoved: object | None, presented: str) -> None:
        """Remember that a string is unknown; `unmoved` is from before that was read."""
        if unmoved is None:
            return
        if unmoved is not self._unknown_while:
            self._unknown.clear()
            self._unknown_while = unmoved
        elif len(self._unknown) >= MOST_UNKNOWN:
            del self._unknown[next(iter(self._unknown))]
        self._unknown[self._mac(presented)] = None

    def _recalled(self, presented: str, row_id: str) -> Kept:
        if len(presented) < SHORTEST_KEY:
            return self._nobody
        kept = self._rows.recall(row_id) or self._nobody
        return kept if compare_digest(kept.mac, self._mac(presented)) else self._nobody

    def _mac(self, presented: str) -> bytes:
        mac = self._keyed.copy()
        mac.update(presented.encode())
        return mac.digest()


def _sharing(row: Credential) -> Credential:
    """Return a key's row with one text for all rows that say the same: a third of their memory."""
    return row._replace(
        workspace=intern(row.workspace),
        plan=intern(row.plan),
        pepper=intern(row.pepper),
        scopes=intern(row.scopes),
        # Most keys are the first of their chain.
        lineage=row.id if row.lineage == row.id else row.lineage,
    )
