"""`keydeck audit`: who did what, newest first, and whether it is still what was written."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console.commands import exits
from console.commands.audit_archive import archive
from console.commands.lazily import Group
from console.commands.line import Line
from console.commands.listing import Listing, Row, Shown
from console.commands.options import common, looks
from console.commands.output import document, say
from console.commands.tables import Column
from console.text.safe import safe, safe_json
from store.errors import Invalid

if TYPE_CHECKING:
    from store.domain.audit.entry import AuditEntry
    from store.domain.people import Actor
    from store.operations.store import Store

PAGE = 500


_LIST = Listing(
    Column("WHEN (UTC)", whole=True),
    "WHO",
    "DID",
    "TO",
    "DETAILS",
    Column("SEQ", extra=True),
    orders=("when",),
    own_filter=True,
)


@click.group(cls=Group, invoke_without_command=True)
@click.option(
    "--limit",
    type=click.IntRange(1),
    metavar="NUMBER",
    help="The newest so many. [default: all]",
)
@click.option("--filter", "text", default="", help="As in the console: 'revoked alice'.")
@click.option("--sign-ins", is_flag=True, help="Also who signed in, which is left out else.")
@_LIST.options
@common
@click.pass_context
def audit(
    context: click.Context,
    line: Line,
    limit: int | None,
    text: str,
    sign_ins: bool,
    shown: Shown,
) -> None:
    """Print the audit, newest first; or verify, anchor, export or archive it.

    keydeck audit --filter 'revoked alice' --limit 20

    That somebody signed in is left out, unless --sign-ins or a filter asks for it; failed attempts
    are told of. With --sort when it is the oldest first.
    """
    if context.invoked_subcommand is None:
        _print(line, limit, text, shown, sign_ins=sign_ins)


def _print(line: Line, limit: int | None, text: str, shown: Shown, *, sign_ins: bool) -> None:
    from console.text.audit_words import words_alone

    _, foreign = words_alone(text)
    if foreign:
        raise Invalid("filter", f"“{foreign}” is for keys. Here any word finds: alice, revoked.")
    oldest_first = shown.order == ("when", False)
    if oldest_first and (limit or text):
        raise Invalid("sort", "--sort when begins at the first entry: leave --limit, --filter out.")
    store, actor = line.signed_in()
    if oldest_first:
        entries = _oldest(store, actor, sign_ins=sign_ins)
    else:
        entries = _pages(store, actor, limit, text, sign_ins=sign_ins)
    shown.print(line, entries, row=_row, content=_object)


def _row(entry: "AuditEntry") -> Row:
    from console.text.times import day
    from store.domain.times import moment

    return (
        f"{day(entry.at)} {moment(entry.at):%H:%M:%S}",
        entry.actor,
        entry.action,
        entry.subject_name or entry.subject,
        _told(entry.details),
        str(entry.seq),
    )


def _oldest(store: "Store", actor: "Actor", *, sign_ins: bool) -> "Iterator[AuditEntry]":
    from store.domain.audit.actions import SIGN_INS

    every = (link.entry for link in store.audit_trail.links(actor) if link.entry is not None)
    return (entry for entry in every if sign_ins or entry.action not in SIGN_INS)


def _pages(
    store: "Store", actor: "Actor", limit: int | None, text: str, *, sign_ins: bool
) -> "Iterator[AuditEntry]":
    from console.text.audit_words import sought
    from console.text.pasted import words

    left, before = limit, None
    looked_for = [sought(word) for word in words(text, store.prefix)]
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        page = store.audit_trail.newest(
            actor, limit=size, before=before, sought=looked_for, sign_ins=sign_ins
        )
        yield from page
        if len(page) < size:
            return
        before = page[-1].seq
        left = None if left is None else left - size


audit.add_command(archive)


@audit.command()
@click.option("--anchor", "kept", metavar="LINE", help="A line that `audit anchor` printed before.")
@click.option(
    "--from", "since", metavar="LINE", help="Such a line, up to which it was verified before."
)
@click.option(
    "--archive",
    "files",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path),
    help="What `audit archive` wrote.",
)
@common
@looks
def verify(line: Line, kept: str | None, since: str | None, files: Sequence[Path]) -> int:
    """Say whether the audit is as it was written. 1 it is not, 6 nobody can tell.

    Without an anchor nobody can tell whether entries were cut off at the end. What was archived is
    looked at where its files are named, each with --archive. With --from nothing up to that anchor
    is: it takes as long as what was written since.
    """
    from store.domain.audit.chain import anchor as anchor_of
    from store.operations.audit_archive import open_archive

    if since and files:
        raise click.UsageError("--from leaves out what is archived: name one of the two.")
    store, actor = line.signed_in()
    anchored, begun = (anchor_of(text) if text else None for text in (kept, since))
    archives = [open_archive(file) for file in files]
    found = store.audit_trail.verify(actor, anchored, since=begun, archives=archives)
    if line.json:
        begins = {"from": found.since + 1} if found.since else {}
        document({"intact_up_to": found.intact, "trouble": found.trouble, **begins})
    else:
        start = f"from entry {found.since + 1:,} " if found.since else ""
        print(f"Intact {start}up to entry {found.intact:,}. {found.trouble or ''}".rstrip())
        if anchored is not None and found.trouble is None:
            print(f"The anchor matches: entry {anchored.seq:,} and all before it are still there.")
        if begun is None and found.since and not files:
            _tell_archived(store, actor)
    return exits.DONE if found.trouble is None else exits.FAILED


def _tell_archived(store: "Store", actor: "Actor") -> None:
    archived = store.audit_trail.archived(actor)
    if archived is not None:
        file = safe(archived.file)
        say(f"What is before it is archived, the last of it in {file}: --archive FILE.")


@audit.command()
@common
def anchor(line: Line) -> None:
    """Print the end of the audit's chain, to be kept out of the store owner's reach.

    keydeck audit verify --anchor "$(cat anchor)"
    """
    store, actor = line.signed_in()
    end = store.audit_trail.anchor(actor)
    if line.json:
        content = (
            {"workspace": end.workspace, "seq": end.seq, "mac": end.mac.hex()} if end else None
        )
        document(content)
    elif end is not None:
        print(end)


@audit.command()
@common
def export(line: Line) -> int:
    """Print the audit as JSON lines, oldest first, with the MACs of its chain.

    1 when a row is left out: somebody made something of it that is no entry.
    """
    store, actor = line.signed_in()
    left_out = 0
    for link in store.audit_trail.links(actor):
        if link.entry is None:
            left_out += 1
            continue
        content = {
            **_object(link.entry),
            "previous_mac": link.previous.hex(),
            "mac": link.mac.hex(),
        }
        print(safe_json(content))
    _tell_archived(store, actor)
    if left_out:
        say(f"{left_out:,} left out that can no longer be read. See: keydeck audit verify.")
    return exits.FAILED if left_out else exits.DONE


def _object(entry: "AuditEntry") -> dict[str, Any]:
    from store.domain.times import rfc3339

    return {
        "seq": entry.seq,
        "at": rfc3339(entry.at),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "subject_name": entry.subject_name,
        "details": entry.details,
        "revision": entry.revision,
    }


def _told(details: dict[str, object]) -> str:
    from console.text.audit_words import value_in_words

    def as_text(value: object) -> str:
        if isinstance(value, list):
            return value_in_words(value)
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    fields = {name: value for name, value in details.items() if value not in (None, "", [])}
    return " ".join(f"{name}={as_text(value)}" for name, value in fields.items())
