"""SSH keys that stand in the store: the operator's commands."""

from typing import Any

import click

from console.commands import forced_command
from console.commands.authorize import text_of
from console.commands.ending import ask, ends
from console.commands.lazily import Group
from console.commands.line import Line
from console.commands.listing import Listing, Row, Shown
from console.commands.options import for_operator
from console.commands.output import document, say
from console.commands.tables import Cell, Column
from console.text.ssh_words import may
from store.domain.ssh_keys import SshKey, public_key


@click.group("ssh-keys", cls=Group)
def ssh_keys() -> None:
    """The SSH keys that let people in where sshd asks keydeck: keydeck help ssh."""


_LIST = Listing(
    "E-MAIL", Column("SSH KEY", whole=True), "MAY", "ADDED", "COMMENT", Column("KIND", extra=True)
)


@ssh_keys.command("list")
@click.argument("email", required=False)
@_LIST.options
@for_operator
def list_(line: Line, email: str | None, shown: Shown) -> None:
    """List everybody's, or somebody's; over SSH, those of one's own workspace."""
    shown.print(line, _listed(line, email), row=_row, content=_object)


def _row(key: SshKey) -> Row:
    from console.text.times import day

    return (
        key.email,
        key.fingerprint,
        may(key),
        Cell(day(key.added_at), key.added_at),
        key.public.comment,
        key.public.kind,
    )


def _listed(line: Line, email: str | None) -> list[SshKey]:
    store = line.store()
    if line.guest is None:
        return store.ssh_keys.all(email, line.slug)
    _, actor = line.signed_in()
    every = [key for keys in store.ssh_keys.seen(actor).values() for key in keys]
    return [key for key in every if email is None or key.email.casefold() == email.casefold()]


@ssh_keys.command()
@click.argument("email")
@click.option(
    "--ssh-key",
    "--key",
    "key_file",
    metavar="FILE",
    help="Their public SSH key; else standard input.",
)
@forced_command.access_options
@for_operator
def add(line: Line, email: str, key_file: str | None, no_console: bool, looks_only: bool) -> None:
    """Let an SSH key in as somebody, from now on and until they leave.

    keydeck people ssh-keys add bob@example.com --ssh-key bob.pub

    sshd has to ask keydeck for it: keydeck help ssh.
    """
    store = line.store()
    key = store.ssh_keys.add(
        email,
        public_key(text_of(key_file)),
        line.slug,
        console=not no_console,
        looks_only=looks_only,
    )
    if line.json:
        document(_object(key))
    else:
        say(f"{key.fingerprint} lets in {key.email}: {may(key)}.")


@ssh_keys.command()
@click.argument("fingerprint", metavar="SHA256:…")
@ends
@for_operator
def remove(line: Line, fingerprint: str) -> None:
    """Let an SSH key in no more. A console that it has open ends."""
    store = line.store()
    ask(line, f"Let {fingerprint} in no more?")
    key = store.ssh_keys.remove(fingerprint)
    if line.json:
        document(_object(key))
    else:
        say(f"{key.fingerprint} lets {key.email} in no more.")


def _object(key: SshKey) -> dict[str, Any]:
    from store.domain.times import rfc3339

    return {
        "fingerprint": key.fingerprint,
        "kind": key.public.kind,
        "comment": key.public.comment,
        "email": key.email,
        "console": key.console,
        "read_only": key.looks_only,
        "added_at": rfc3339(key.added_at),
    }
