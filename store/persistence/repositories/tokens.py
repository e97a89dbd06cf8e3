"""What opens a connection: a code once, an access token for an hour, a refresh token once.

Only digests are kept. All three have the form of a key; its id finds the row, its digest proves it.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from store.domain.times import DAY
from store.persistence.schema import access_tokens, authorization_codes, refresh_tokens

MOST_ACCESS = 64
"""Of one connection, the newest: as many windows of one assistant may renew at once."""
USED_KEPT = 30 * DAY
"""How long a used refresh token is remembered, so that its second use is noticed."""


@dataclass(frozen=True, slots=True)
class TokenDigest:
    """What is kept of one secret."""

    id: str
    workspace_id: int
    connection_id: str
    digest: bytes
    pepper: str
    expires_at: int
    used_at: int | None


@dataclass(frozen=True, slots=True)
class KeptCode(TokenDigest):
    """What is kept of a code."""

    client_id: str
    redirect_uri: str
    code_challenge: str


@dataclass(frozen=True, slots=True)
class KeptRefresh(TokenDigest):
    """What is kept of a refresh token."""

    used_from: tuple[str, ...]
    """Networks, in their order; one is there twice from the second use on."""


class StoredTokens:
    """One transaction's view of codes and tokens."""

    def __init__(self, connection: Connection, now: int) -> None:
        self._connection = connection
        self._now = now

    def add_code(self, kept: KeptCode) -> None:
        """Add a code; those that are long over go."""
        self._connection.execute(
            delete(authorization_codes).where(
                authorization_codes.c.workspace_id == kept.workspace_id,
                authorization_codes.c.expires_at < self._now - DAY,
            )
        )
        self._connection.execute(
            insert(authorization_codes).values(
                **_columns(kept),
                used_at=kept.used_at,
                client_id=kept.client_id,
                redirect_uri=kept.redirect_uri,
                code_challenge=kept.code_challenge,
            )
        )

    def code(self, code_id: str) -> KeptCode | None:
        """Return what is kept of the code with an id, or None."""
        row = self._one(authorization_codes, code_id)
        if row is None:
            return None
        return KeptCode(
            **_kept(row),
            client_id=row.client_id,
            redirect_uri=row.redirect_uri,
            code_challenge=row.code_challenge,
        )

    def set_code_used(self, kept: TokenDigest) -> None:
        """Remember that a code was used."""
        self._set_used(authorization_codes, kept)

    def add_pair(self, access: TokenDigest, refresh: TokenDigest) -> None:
        """Add an access and a refresh token of one connection; what is too old or too much goes."""
        for table, kept in ((access_tokens, access), (refresh_tokens, refresh)):
            self._connection.execute(insert(table).values(**_columns(kept), created_at=self._now))
        mine = (
            access_tokens.c.workspace_id == access.workspace_id,
            access_tokens.c.connection_id == access.connection_id,
        )
        newest = (
            select(access_tokens.c.id)
            .where(*mine)
            .order_by(access_tokens.c.created_at.desc(), access_tokens.c.id)
            .limit(MOST_ACCESS)
        )
        self._connection.execute(
            delete(access_tokens).where(
                *mine,
                access_tokens.c.id != access.id,
                (access_tokens.c.expires_at <= self._now) | access_tokens.c.id.not_in(newest),
            )
        )
        self._connection.execute(
            delete(refresh_tokens).where(
                refresh_tokens.c.workspace_id == refresh.workspace_id,
                refresh_tokens.c.connection_id == refresh.connection_id,
                refresh_tokens.c.used_at < self._now - USED_KEPT,
            )
        )

    def refresh(self, token_id: str) -> KeptRefresh | None:
        """Return what is kept of the refresh token with an id, or None."""
        row = self._one(refresh_tokens, token_id)
        if row is None:
            return None
        return KeptRefresh(**_kept(row), used_from=tuple((row.used_from or "").split()))

    def access(self, token_id: str) -> TokenDigest | None:
        """Return what is kept of the access token with an id, or None."""
        row = self._one(access_tokens, token_id)
        return None if row is None else TokenDigest(**_kept(row))

    def set_refresh_used(self, kept: KeptRefresh, network: str) -> None:
        """Remember that a refresh token was used, and from which network."""
        self._set_used(refresh_tokens, kept, used_from=network)

    def add_network(self, kept: KeptRefresh, network: str) -> None:
        """Remember that a refresh token was used once more; its first use stays the first."""
        self._connection.execute(
            update(refresh_tokens)
            .where(
                refresh_tokens.c.workspace_id == kept.workspace_id,
                refresh_tokens.c.id == kept.id,
            )
            .values(used_from=" ".join((*kept.used_from, network)))
        )

    def has_used_after(self, kept: TokenDigest) -> bool:
        """Return whether a refresh token of the same connection, given since one was used, was."""
        found = self._connection.execute(
            select(refresh_tokens.c.id)
            .where(
                refresh_tokens.c.workspace_id == kept.workspace_id,
                refresh_tokens.c.connection_id == kept.connection_id,
                refresh_tokens.c.created_at >= kept.used_at,
                refresh_tokens.c.used_at.is_not(None),
                refresh_tokens.c.id != kept.id,
            )
            .limit(1)
        )
        return found.first() is not None

    def _one(self, table: Table, secret_id: str) -> Any:
        return self._connection.execute(select(table).where(table.c.id == secret_id)).first()

    def _set_used(self, table: Table, kept: TokenDigest, **more: str) -> None:
        self._connection.execute(
            update(table)
            .where(table.c.workspace_id == kept.workspace_id, table.c.id == kept.id)
            .values(used_at=self._now, **more)
        )


def _columns(kept: TokenDigest) -> dict[str, object]:
    return {
        "id": kept.id,
        "workspace_id": kept.workspace_id,
        "connection_id": kept.connection_id,
        "digest": kept.digest,
        "pepper": kept.pepper,
        "expires_at": kept.expires_at,
    }


def _kept(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "workspace_id": row.workspace_id,
        "connection_id": row.connection_id,
        "digest": row.digest,
        "pepper": row.pepper,
        "expires_at": row.expires_at,
        "used_at": getattr(row, "used_at", None),
    }
