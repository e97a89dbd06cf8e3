"""Requests for approval. They are nobody's until they are approved, and gone soon after."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from store.domain.connections import AuthorizationRequest
from store.domain.networks import first_to_go
from store.domain.redirects import redirect_host
from store.domain.scopes import Scopes, canonical, from_canonical
from store.domain.times import HOUR
from store.persistence.schema import asks, oauth_clients

KEPT = HOUR
"""How long one that is over can still be told about."""
MOST = 1000


class RequestDigests(NamedTuple):
    """Digests of what a request's browser was given, and the pepper they were made with."""

    pepper: str
    browser: bytes
    session: bytes | None


class AuthorizationRequests:
    """One transaction's view of the requests for approval."""

    def __init__(self, connection: Connection, now: int) -> None:
        self._connection = connection
        self._now = now

    def add(
        self,
        ask_id: str,
        *,
        client_id: str,
        redirect_uri: str,
        state: str | None,
        code_challenge: str,
        scopes: Scopes,
        resource: str,
        browser_digest: bytes,
        short_code_digest: bytes,
        pepper: str,
        network: str,
        expires_at: int,
    ) -> None:
        """Add a request, brought now by a browser in a network."""
        self._connection.execute(
            insert(asks).values(
                id=ask_id,
                client_id=client_id,
                redirect_uri=redirect_uri,
                state=state,
                code_challenge=code_challenge,
                scopes=canonical(scopes),
                resource=resource,
                browser_digest=browser_digest,
                short_code_digest=short_code_digest,
                pepper=pepper,
                network=network,
                created_at=self._now,
                expires_at=expires_at,
            )
        )

    def get(self, ask_id: str) -> AuthorizationRequest | None:
        """Return the request with an id, or None."""
        return self._one(asks.c.id == ask_id)

    def kept_of(self, ask_id: str) -> RequestDigests | None:
        """Return what is kept of the secrets that open a request's page, None where there is none.

        The second is None while nobody has signed in there.
        """
        row = self._connection.execute(
            select(asks.c.pepper, asks.c.browser_digest, asks.c.session_digest).where(
                asks.c.id == ask_id
            )
        ).first()
        return None if row is None else RequestDigests(*row)

    def with_short_code(self, digest: bytes) -> AuthorizationRequest | None:
        """Return the request whose short code has a digest, or None."""
        return self._one(asks.c.short_code_digest == digest)

    def brought_from(self, network: str, since: int) -> int:
        """Return how many requests came from a network since an instant."""
        return self._connection.execute(
            select(func.count()).where(asks.c.network == network, asks.c.created_at >= since)
        ).scalar_one()

    def set_person(self, ask_id: str, person_id: int | None, session_digest: bytes | None) -> None:
        """Remember who signed in on a request's page, and in which session."""
        self._set(ask_id, person_id=person_id, session_digest=session_digest)

    def set_session(self, ask_id: str, session_digest: bytes) -> None:
        """Remember that a request's page goes on in another session."""
        self._set(ask_id, session_digest=session_digest)

    def set_denied(self, ask_id: str) -> None:
        """Remember that somebody said no."""
        self._set(ask_id, decided_at=self._now)

    def set_approved(
        self, ask_id: str, workspace_id: int, connection_id: str, expires_at: int
    ) -> None:
        """Remember the connection a request became, and until when it can be picked up."""
        self._set(
            ask_id,
            decided_at=self._now,
            approved_in=workspace_id,
            connection_id=connection_id,
            expires_at=expires_at,
        )

    def set_picked_up(self, ask_id: str) -> None:
        """Remember that the browser went on with its code."""
        self._set(ask_id, picked_up_at=self._now)

    def drop_old(self) -> None:
        """Forget requests that are long over, and make room where there are too many.

        First go those that are over, then those of the block of networks that has most. One on
        which somebody has signed in, or which was approved, stays until it is over.
        """
        self._connection.execute(delete(asks).where(asks.c.expires_at < self._now - KEPT))
        excess = (
            self._connection.execute(select(func.count()).select_from(asks)).scalar_one() - MOST
        )
        if excess <= 0:
            return
        over = (asks.c.expires_at <= self._now) | asks.c.picked_up_at.is_not(None)
        nobodys = asks.c.person_id.is_(None) & asks.c.connection_id.is_(None)
        for which in (over, ~over & nobodys):
            query = select(asks.c.id, asks.c.network).where(which).order_by(asks.c.created_at)
            held = [(row.id, row.network) for row in self._connection.execute(query)]
            gone = first_to_go(held, excess)
            self._connection.execute(delete(asks).where(asks.c.id.in_(gone)))
            excess -= len(gone)

    def _set(self, ask_id: str, **values: object) -> None:
        self._connection.execute(update(asks).where(asks.c.id == ask_id).values(**values))

    def _one(self, which: ColumnElement[bool]) -> AuthorizationRequest | None:
        row = self._connection.execute(
            select(asks, oauth_clients.c.name)
            .join(oauth_clients, oauth_clients.c.id == asks.c.client_id)
            .where(which)
        ).first()
        if row is None:
            return None
        return AuthorizationRequest(
            id=row.id,
            client_id=row.client_id,
            client_name=row.name,
            redirect_uri=row.redirect_uri,
            redirect_host=redirect_host(row.redirect_uri),
            state=row.state,
            code_challenge=row.code_challenge,
            scopes=from_canonical(row.scopes),
            resource=row.resource,
            created_at=row.created_at,
            expires_at=row.expires_at,
            person_id=row.person_id,
            decided_at=row.decided_at,
            approved_in=row.approved_in,
            connection_id=row.connection_id,
            picked_up_at=row.picked_up_at,
        )
