"""`keydeck connections clients`: which assistants may ask whose id is an address."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console.commands import standard_input
from console.commands.ending import ask, ends
from console.commands.lazily import Group
from console.commands.line import Line
from console.commands.listing import Listing, Shown
from console.commands.options import common
from console.commands.output import document, say
from console.commands.tables import Column
from store.errors import Invalid
from store.errors.quoting import quoted

if TYPE_CHECKING:
    from store.service.client_documents import KnownClient


@click.group(cls=Group)
def clients() -> None:
    """Say which assistants may ask to be connected whose id is an address (CIMD).

    Those of many makers come with keydeck. Asking is not yet being connected: an admin approves it.
    """


_LIST = Listing(Column("ADDRESS", whole=True), "CALLS ITSELF", "ANSWERS GO TO", "WHOSE")


@clients.command("list")
@_LIST.options
@common
def list_(line: Line, shown: Shown) -> None:
    """List those that come with keydeck and those that were added."""
    store, actor = line.signed_in()
    shown.print(
        line,
        store.client_documents.all(actor),
        row=lambda one: (
            one.client.id,
            one.client.name,
            " ".join(one.client.redirect_uris),
            one.added_by or "keydeck's",
        ),
        content=client_object,
    )


@clients.command()
@click.argument("address", metavar="URL")
@click.option("--file", metavar="FILE", help="The document itself; - is standard input.")
@common
def add(line: Line, address: str, file: str | None) -> None:
    """Fetch what the assistant at URL says of itself, and let it ask.

    The address is its id, as its page shows it. It is fetched from this machine: over https, from
    public addresses, without redirects. Added again, it is fetched anew; connections stay as they
    were approved.
    """
    from store.domain.client_addresses import checked_address

    store, actor = line.signed_in()
    content = _fetched(checked_address(address)) if file is None else _read(file)
    added = store.client_documents.add(actor, content, address)
    if line.json:
        document(client_object(added))
        return
    client = added.client
    say(f"{client.id} may ask. It calls itself {quoted(client.name)}.")
    say(f"Its answers go to {', '.join(client.redirect_uris)}.")


@clients.command()
@click.argument("address", metavar="URL")
@ends
@common
def remove(line: Line, address: str) -> None:
    """Let an assistant that was added no longer ask; its connections go on."""
    store, actor = line.signed_in()
    if any(one.client.id == address and one.added_by for one in store.client_documents.all(actor)):
        ask(line, f"Let {address} no longer ask? Its connections go on.")
    store.client_documents.remove(actor, address)
    if line.json:
        document({"client_id": address})
    else:
        say(f"{address} may no longer ask. Its connections go on until they are revoked.")


def client_object(known: "KnownClient") -> dict[str, Any]:
    """Return an assistant as JSON has it; `added_by` is null for one that comes with keydeck."""
    from store.domain.client_addresses import host_of
    from store.domain.times import rfc3339

    client, added = known.client, known.added_by is not None
    return {
        "client_id": client.id,
        "host": host_of(client.id),
        "name": client.name,
        "redirect_uris": list(client.redirect_uris),
        "added_by": known.added_by,
        "added_at": rfc3339(client.created_at) if added else None,
    }


def _fetched(address: str) -> bytes:
    import asyncio

    from console.client_documents import fetch

    return asyncio.run(fetch.PUBLIC.fetch(address))


def _read(file: str) -> bytes:
    from store.domain.client_documents.document import LONGEST

    if file == "-":
        return standard_input.stream().read(LONGEST + 1)
    try:
        with Path(file).open("rb") as opened:
            return opened.read(LONGEST + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Invalid("file", f"{file} could not be read: {reason}.") from None
