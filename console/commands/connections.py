"""`keydeck connections`: the assistants that are connected, and the one that asks to be."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from console.commands.clients import clients
from console.commands.connection_usage import tool_object, usage
from console.commands.connections_check import check
from console.commands.ending import ask, asks, ends
from console.commands.in_force import report
from console.commands.key_network import connection_network
from console.commands.lazily import Group
from console.commands.line import Line
from console.commands.listing import Listing, Row, Shown, latest
from console.commands.options import common
from console.commands.output import document, say
from console.commands.refusals import connection_refusals
from console.commands.tables import Cell, Column
from store.errors import Invalid
from store.errors.quoting import quoted

if TYPE_CHECKING:
    from store.domain.connections import AuthorizationRequest, Connection
    from store.operations.store import Store
    from store.service.commits import Commit

LIFETIMES = ("1d", "30d", "90d", "365d")


@click.group(cls=Group)
def connections() -> None:
    """List, show, approve, narrow, revoke the connections of assistants, and see what they do.

    ID is a connection's id or its assistant's name.
    """


connections.add_command(check)
connections.add_command(clients)
connections.add_command(usage)
connections.add_command(connection_refusals)
connections.add_command(connection_network)


_LIST = Listing(
    "STATE",
    "ASSISTANT",
    Column("ID", whole=True),
    "APPROVED BY",
    "SCOPES",
    "ENDS",
    "LAST USED",
    Column("HOST", extra=True),
    Column("CREATED", extra=True),
)


@connections.command("list")
@_LIST.options
@common
def list_(line: Line, shown: Shown) -> None:
    """List the workspace's connections, those that work first.

    keydeck connections list --filter 'state:active -host:claude.ai' --sort last-used
    """
    from console.text.connection_words import connection_object

    store, actor = line.signed_in()
    now = store.clock.now()
    shown.print(
        line,
        store.connections.each(actor),
        row=lambda connection: _row(connection, now),
        content=lambda connection: connection_object(connection, now),
        nothing="No assistant is connected. An assistant begins it: give it the address of /mcp.",
    )


def _row(connection: "Connection", now: int) -> Row:
    from console.text.connection_words import badge, ends
    from console.text.times import ago, day
    from store.domain.scopes import short

    return (
        badge(connection, now),
        connection.name,
        connection.id,
        connection.approved_by,
        " ".join(short(connection.scopes)),
        Cell(ends(connection, now), connection.expires_at),
        latest(ago(connection.last_used_at, now), connection.last_used_at),
        connection.goes_by,
        Cell(day(connection.created_at), connection.created_at),
    )


@connections.command()
@click.argument("reference", metavar="ID")
@common
def show(line: Line, reference: str) -> None:
    """Show one connection."""
    from console.text.connection_words import connection_object, in_full
    from console.text.safe import safe

    store, actor = line.signed_in()
    details = store.connections.details(actor, reference)
    now = store.clock.now()
    if line.json:
        tools = [tool_object(use) for use in details.tools]
        document({**connection_object(details.connection, now), "tools": tools})
        return
    for label, value in in_full(details, now):
        print(f"{label:<11} {safe(value)}")


@connections.command()
@click.argument("code")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    metavar="R:A",
    help="Of what it asks for; without any it is only shown.",
)
@click.option(
    "--for",
    "lifetime",
    type=click.Choice(LIFETIMES),
    default="30d",
    show_default=True,
    help="How long.",
)
@click.option("--end-earlier", is_flag=True, help="End what it was connected as by you before.")
@common
def approve(line: Line, code: str, scopes: Sequence[str], lifetime: str, end_earlier: bool) -> None:
    """Look at the assistant whose page shows CODE, and approve it.

    keydeck connections approve BCDF-GHJK --scope invoices:read

    Type no code that somebody sent you.
    """
    from store.domain import scopes as scope_rules

    store, actor = line.signed_in()
    ask = store.authorization_requests.by_short_code(actor, code)
    if not scopes:
        if end_earlier:
            raise Invalid(
                "end_earlier", "--end-earlier goes with --scope. See first what is asked."
            )
        _show_ask(line, ask)
        return
    wanted = scope_rules.scopes(scopes, store.keys.catalogue())
    ending = [one.id for one in store.connections.earlier(actor, ask)] if end_earlier else []
    made, commits = store.authorization_requests.approve(
        actor, ask.id, wanted, lifetime, ending
    ).unpack()
    ended = sum(len(commit.taken) for commit in commits)
    if ended:
        say(f"{'One' if ended == 1 else ended} of its earlier connections ended.")
    _changed(line, store, made, "approved. Go on in the browser.", commits)


@connections.command()
@click.argument("reference", metavar="ID")
@click.option(
    "--scope", "scopes", required=True, multiple=True, metavar="R:A", help="What it may still do."
)
@ends
@common
def scope(line: Line, reference: str, scopes: Sequence[str]) -> None:
    """Take permissions away, from the next call on. For more, connect it anew."""
    from console.text import ending_words
    from store.domain import scopes as scope_rules
    from store.domain.keys import State
    from store.domain.scopes import canonical

    store, actor = line.signed_in()
    wanted = scope_rules.scopes(scopes, store.keys.catalogue())
    seen = None
    if asks(line):
        details, now = store.connections.details(actor, reference), store.clock.now()
        connection = details.connection
        reference, seen = connection.id, connection.revision
        if wanted < connection.scopes and connection.state(now) is State.ACTIVE:
            less = f"Takes away {canonical(connection.scopes - wanted)}."
            ask(line, f"Narrow “{connection.name}”?", *ending_words.connection(details, now), less)
    narrowed, commits = store.connections.narrow(actor, reference, wanted, seen=seen).unpack()
    _changed(line, store, narrowed, "scoped.", commits)


@connections.command()
@click.argument("reference", metavar="ID")
@click.option("--reason", metavar="TEXT", help="For the audit.")
@ends
@common
def revoke(line: Line, reference: str, reason: str | None) -> None:
    """Revoke a connection for good, and wait until no verifier lets it in."""
    store, actor = line.signed_in()
    if asks(line):
        from console.text import ending_words
        from store.domain.keys import State

        details, now = store.connections.details(actor, reference), store.clock.now()
        connection, reference = details.connection, details.connection.id
        if connection.revoked_at is None:
            works = connection.state(now) is State.ACTIVE
            sentences, start = ending_words.connection(details, now), connection.id[:5]
            asked = f"Revoke the connection of “{connection.name}” for good?"
            ask(line, asked, *sentences, name=connection.name if works else None, start=start)
    revoked, commits = store.connections.revoke(actor, reference, reason).unpack()
    _changed(line, store, revoked, "revoked.", commits)


def _show_ask(line: Line, ask: "AuthorizationRequest") -> None:
    scopes = [str(scope) for scope in sorted(ask.scopes)]
    if line.json:
        document(
            {
                "name": ask.client_name,
                "host": ask.goes_by,
                "client_id": ask.client_id,
                "redirect_host": ask.redirect_host,
                "scopes": scopes,
            }
        )
        return
    if ask.goes_by != ask.redirect_host:
        say(f"It says that it is {ask.client_id}.")
    say(f"Its answer goes to {ask.redirect_host}; it calls itself {quoted(ask.client_name)}.")
    say(f"It asks for {', '.join(scopes)}. Say with --scope what it gets.")


def _changed(
    line: Line, store: "Store", connection: "Connection", what: str, commits: "Sequence[Commit]"
) -> None:
    from console.text.connection_words import connection_object

    sentence = f"The connection of {quoted(connection.name)} ({connection.id}) is {what}"
    report(line, store, commits, sentence, connection_object(connection, store.clock.now()))
