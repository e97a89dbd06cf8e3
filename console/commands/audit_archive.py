"""`keydeck audit archive`: moving the first entries of an audit to a file. The operator's."""

from dataclasses import asdict
from pathlib import Path

import click

from console.commands.ending import ask, asks, ends
from console.commands.line import Line
from console.commands.options import common
from console.commands.output import document, progress, say


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--until",
    required=True,
    metavar="ANCHOR|DATE",
    help="A line that `audit anchor` printed, or a day such as 2026-01-31.",
)
@ends
@common
def archive(line: Line, file: Path, until: str) -> None:
    """The operator's: move the audit up to an anchor, or a day, to a new FILE.

    keydeck audit archive audit-2025.jsonl --until 2025-12-31

    It is verified on the way, the audit says what was archived, and its chain goes on. Interrupted,
    by whatever, the same command goes on from there. `audit verify --archive FILE` verifies both
    together; keep FILE where you keep backups.
    """
    from store.domain.audit.archive import until_of
    from store.domain.audit.chain import Anchor
    from store.operations.audit_archive import archive as archive_to

    meant = until_of(until)
    store = line.store()
    named = meant.workspace if isinstance(meant, Anchor) else None
    workspace = store.operator.workspace(line.slug or named)
    if asks(line):
        ask(
            line,
            f"Archive the audit of {workspace.slug} up to {until}?",
            f"Those entries are in {file} afterwards, and not in the store any more.",
        )
    try:
        done = archive_to(store, workspace, file, meant, progress("Archiving"))
    except KeyboardInterrupt:
        say("")
        say("Stopped. The store is whole, and nothing is lost; the same command goes on from here.")
        raise
    if line.json:
        document({"workspace": workspace.slug, **asdict(done)})
        return
    # As sha256sum writes and reads it.
    print(f"{done.sha256}  {file}", flush=True)
    say(f"Entries {done.first:,} to {done.last:,} are in {file}, and not in the store any more.")
    say("Keep it: what is in it, nobody can look at without it.")
