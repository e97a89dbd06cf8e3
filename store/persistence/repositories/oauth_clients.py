"""Programs that registered themselves. Anybody can, so their number is bounded."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, delete, exists, func, insert, select

from store.domain.connections import Client
from store.domain.networks import first_to_go
from store.domain.redirects import CHECK_CALLBACK
from store.domain.times import DAY, HOUR
from store.persistence.schema import asks, connections, oauth_clients

MOST_UNUSED = 1000
UNUSED_KEPT = 90 * DAY
"""A program keeps its id, and asks with it again whenever somebody opens it: some for ever."""
CHECK_KEPT = HOUR
"""One that only looked whether it could."""
_OF_A_CHECK = json.dumps([CHECK_CALLBACK])


class OAuthClients:
    """One transaction's view of the registered programs."""

    def __init__(self, connection: Connection, now: int) -> None:
        self._connection = connection
        self._now = now

    def get(self, client_id: str) -> Client | None:
        """Return the program with an id, or None."""
        row = self._connection.execute(
            select(oauth_clients).where(oauth_clients.c.id == client_id)
        ).first()
        if row is None:
            return None
        return Client(row.id, row.name, tuple(json.loads(row.redirect_uris)), row.created_at)

    def add(self, client_id: str, name: str, redirect_uris: Sequence[str], network: str) -> None:
        """Add a program, registered now from a network."""
        self._connection.execute(
            insert(oauth_clients).values(
                id=client_id,
                name=name,
                redirect_uris=json.dumps(list(redirect_uris)),
                network=network,
                created_at=self._now,
            )
        )

    def hold(self, client: Client) -> None:
        """Have a row of a program that is known by its address, for what refers to it."""
        if self.get(client.id) is None:
            self.add(client.id, client.name, client.redirect_uris, network="")

    def registered_from(self, network: str, since: int) -> int:
        """Return how many programs registered from a network since an instant."""
        return self._connection.execute(
            select(func.count()).where(
                oauth_clients.c.network == network, oauth_clients.c.created_at >= since
            )
        ).scalar_one()

    def drop_unused(self) -> None:
        """Forget programs that nobody approved: those long registered, and of too many some.

        Of the block of networks that has most the oldest goes.
        """
        used = exists().where(connections.c.client_id == oauth_clients.c.id)
        asking = exists().where(asks.c.client_id == oauth_clients.c.id)
        unused = select(oauth_clients.c.id, oauth_clients.c.network).where(~used, ~asking)
        created_at, checks = oauth_clients.c.created_at, oauth_clients.c.redirect_uris
        old = unused.where(
            (created_at < self._now - UNUSED_KEPT)
            | (checks == _OF_A_CHECK) & (created_at < self._now - CHECK_KEPT)
        )
        self._drop([row.id for row in self._connection.execute(old)])
        rows = self._connection.execute(unused.order_by(oauth_clients.c.created_at)).all()
        held = [(row.id, row.network) for row in rows]
        self._drop(first_to_go(held, len(held) - MOST_UNUSED))

    def _drop(self, gone: Sequence[str]) -> None:
        if gone:
            self._connection.execute(delete(oauth_clients).where(oauth_clients.c.id.in_(gone)))
