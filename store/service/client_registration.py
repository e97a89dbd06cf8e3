"""Dynamic client registration (RFC 7591): programs that introduce themselves before they ask."""

from collections.abc import Sequence
from dataclasses import replace

from store.domain.client_addresses import is_address
from store.domain.connections import Client
from store.domain.key_string import random_base62
from store.domain.names import checked_name
from store.domain.redirects import MOST, checked_redirect, may_lead
from store.domain.times import HOUR
from store.errors import Invalid, TooManyAuthorizationRequests
from store.service.client_documents import of_address
from store.service.transactions import Transactions

MOST_REGISTERED = 30
"""Programs that one network may register in an hour."""
CLIENT_ID_LENGTH = 22


class ClientRegistrationService:
    """Register a program, and find it again."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def register(self, name: str, redirect_uris: Sequence[str], network: str) -> Client:
        """Register a program by the name it calls itself.

        Raises Invalid or TooManyAuthorizationRequests.
        """
        name = checked_name(name, "client_name")
        if not 1 <= len(redirect_uris) <= MOST:
            raise Invalid("redirect_uris", f"Give 1 to {MOST} redirect addresses.")
        checked = [checked_redirect(uri) for uri in redirect_uris]
        with self._transactions.keeping() as unit:
            if unit.oauth_clients.registered_from(network, unit.now - HOUR) >= MOST_REGISTERED:
                raise TooManyAuthorizationRequests
            client_id = random_base62(CLIENT_ID_LENGTH)
            unit.oauth_clients.add(client_id, name, checked, network)
            unit.oauth_clients.drop_unused()
        return Client(client_id, name, tuple(checked), unit.now)

    def get(self, client_id: str) -> Client | None:
        """Return the program with an id, registered or known by its address, or None.

        Of its addresses only those are there that could be registered today. Raises Invalid for an
        id that is meant as an address and is none.
        """
        with self._transactions.reading() as unit:
            if is_address(client_id):
                return of_address(unit, client_id)
            client = unit.oauth_clients.get(client_id)
        if client is None:
            return None
        return replace(client, redirect_uris=tuple(filter(may_lead, client.redirect_uris)))
