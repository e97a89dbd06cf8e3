"""ClientDocumentService: which assistants may ask whose id is an address, and what they are.

A workspace knows those that are shipped and those that its admins added. Nothing is fetched here:
what an admin's machine fetched is handed in. It is looked at once more when somebody approves; what
was approved stands, whatever a document says afterwards.
"""

from dataclasses import dataclass, replace

from store.domain.audit.actions import Action
from store.domain.client_addresses import checked_address, host_of, is_address
from store.domain.client_documents.document import read_document
from store.domain.client_documents.known import KNOWN
from store.domain.connections import AuthorizationRequest, Client
from store.domain.people import Actor
from store.domain.redirects import may_lead
from store.errors import ClientIsShipped, ClientNotKnown, NoSuchClient, TooManyClients
from store.persistence.unit import Unit
from store.service.transactions import Needs, Transactions, check_standing

MOST_ADDED = 100
"""Assistants that a workspace may add."""


@dataclass(frozen=True, slots=True)
class KnownClient:
    """An assistant that may ask in a workspace."""

    client: Client
    added_by: str | None
    """E-mail of whoever added it; None for one that is shipped."""


class ClientDocumentService:
    """List, add, remove."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def all(self, actor: Actor) -> list[KnownClient]:
        """Return every assistant that may ask, by address. Raises NotAllowed."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see which assistants may ask")
            added = list(unit.client_documents.each(actor.workspace_id))
        known = {address: KnownClient(client, None) for address, client in KNOWN.items()}
        known |= {one.client.id: KnownClient(one.client, one.added_by) for one in added}
        return [known[address] for address in sorted(known)]

    def add(self, actor: Actor, content: bytes, client_id: str) -> KnownClient:
        """Let the assistant ask whose document was found at an address; again, it is renewed.

        Raises NotAllowed, PlanRequired, Invalid or TooManyClients.
        """
        client = read_document(content, client_id, self._transactions.clock.now())
        with self._transactions.writing(raise_revision=False) as mutation:
            unit = mutation.unit
            check_standing(unit, actor, Needs.PRO_ADMIN, "let assistants ask")
            before = unit.client_documents.get(actor.workspace_id, client.id)
            if before is not None:
                unit.client_documents.replace(actor.workspace_id, client, actor.person_id)
            elif unit.client_documents.number(actor.workspace_id) >= MOST_ADDED:
                raise TooManyClients(MOST_ADDED)
            else:
                unit.client_documents.add(actor.workspace_id, client, actor.person_id)
            mutation.audit(
                actor.workspace_id,
                actor,
                Action.CLIENT_CHANGED if before else Action.CLIENT_ADDED,
                client.id,
                client.id,
                calls_itself=client.name,
                redirect_uris=list(client.redirect_uris),
            )
        return KnownClient(client, actor.email)

    def remove(self, actor: Actor, client_id: str) -> None:
        """Let an assistant no longer ask; what was approved goes on.

        On any plan. Raises NotAllowed, NoSuchClient or ClientIsShipped.
        """
        with self._transactions.writing(raise_revision=False) as mutation:
            unit = mutation.unit
            check_standing(unit, actor, Needs.ADMIN, "let assistants no longer ask")
            if unit.client_documents.get(actor.workspace_id, client_id) is None:
                raise ClientIsShipped(client_id) if client_id in KNOWN else NoSuchClient(client_id)
            unit.client_documents.remove(actor.workspace_id, client_id)
            mutation.audit(actor.workspace_id, actor, Action.CLIENT_REMOVED, client_id, client_id)


def of_address(unit: Unit, client_id: str) -> Client | None:
    """Return the assistant with an address as any workspace knows it, None where none does.

    It may be answered wherever one of them says. Its name is the shipped one, or its host: what one
    workspace calls it is nothing to another. Raises Invalid for what is no address.
    """
    address = checked_address(client_id)
    said = unit.client_documents.of_any(address)
    if address in KNOWN:
        said.append(KNOWN[address])
    if not said:
        return None
    redirects = dict.fromkeys(uri for client in said for uri in client.redirect_uris)
    name = KNOWN[address].name if address in KNOWN else host_of(address) or address
    return Client(address, name, tuple(filter(may_lead, redirects)), unit.now)


def in_workspace(unit: Unit, workspace_id: int, ask: AuthorizationRequest) -> AuthorizationRequest:
    """Return a request as a workspace knows who brought it, by the name it has there.

    Raises ClientNotKnown where the workspace knows none that may be answered there.
    """
    if not is_address(ask.client_id):
        return ask
    added = unit.client_documents.get(workspace_id, ask.client_id)
    client = added.client if added else KNOWN.get(ask.client_id)
    if client is None or not client.may_be_answered_at(ask.redirect_uri):
        raise ClientNotKnown(ask.client_id)
    return replace(ask, client_name=client.name)
