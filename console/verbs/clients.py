"""What an admin does with assistants that may ask by an address. Run by `Verbs`, one at a time."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.verbs.asking import ask_until
from store.domain.client_addresses import checked_address
from store.domain.connections import Client
from store.errors.quoting import quoted

if TYPE_CHECKING:
    from console.host import Host


@dataclass(frozen=True, slots=True)
class _Found:
    content: bytes
    client: Client


class ClientVerbs:
    """The flow behind m on the Connections tab."""

    def __init__(self, app: "Host") -> None:
        self._app = app
        self._actor = app.actor
        """Who began; another may be signed in when a dialog is answered."""

    async def let_ask(self) -> None:
        """Show who may ask, fetch what another says of itself, and let it ask after a yes."""
        from console.dialogs.clients import ClientsDialog
        from console.dialogs.confirm import ConfirmDialog

        app = self._app
        known = await app.in_store(lambda store: store.client_documents.all(self._actor))
        done = await ask_until(
            app,
            lambda typed, error: ClientsDialog(
                known, typed or "", error, ascii_only=app.options.ascii_only
            ),
            self._fetched,
        )
        if done is None:
            return
        found = done[1]
        client = found.client
        sure = await app.push_screen_wait(
            ConfirmDialog(
                f"Let {client.id} ask?",
                f"It calls itself {quoted(client.name)}.",
                f"Its answers go to {', '.join(client.redirect_uris)}.",
                "Whoever is asked sees its host. It is connected once an admin approves it.",
                verb="Let it ask",
                ascii_only=app.options.ascii_only,
            )
        )
        if not sure:
            return
        await app.in_store(
            lambda store: store.client_documents.add(self._actor, found.content, client.id)
        )
        app.look_again()
        app.say(f"{client.id} may ask. Begin again in the assistant.")

    async def _fetched(self, typed: str) -> _Found:
        from console.client_documents import fetch
        from store.domain.client_documents.document import read_document

        address = checked_address(typed)
        # It may take ten seconds, in which nothing else shows that something is done.
        self._app.say(f"Fetching {address}…")
        content = await fetch.PUBLIC.fetch(address)
        return _Found(content, read_document(content, address, self._app.store.clock.now()))
