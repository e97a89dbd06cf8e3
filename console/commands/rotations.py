"""`keydeck rotations`: how far replacing a key has come, and its end."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from console.commands import completing
from console.commands.ending import ask, asks, ends
from console.commands.foreseeing import end_evidence
from console.commands.in_force import report
from console.commands.lazily import Group
from console.commands.line import Line
from console.commands.listing import Listing, Row, Shown, latest
from console.commands.options import common
from console.commands.output import document
from console.commands.tables import Cell, Column, table

if TYPE_CHECKING:
    from store.domain.rotation import RotationProgress
    from store.operations.store import Store
    from store.service.commits import Commit
    from store.service.rotation_progress import WatchedRotation


@click.group(cls=Group)
def rotations() -> None:
    """Follow, extend, finish and abandon rotations. `keydeck keys rotate` begins one.

    ID is a rotation's id, or either of its keys: its id, the start of it as shown, or the name.
    """


_LIST = Listing(
    Column("ID", whole=True),
    "NAME",
    "STATUS",
    Column("OLD KEY", whole=True),
    "OLD USED",
    "OLD ENDS",
    Column("NEW KEY", whole=True),
    "NEW USED",
    Column("STARTED", extra=True),
    Column("BY", extra=True),
)


@rotations.command("list")
@_LIST.options
@common
def list_(line: Line, shown: Shown) -> None:
    """List the workspace's rotations, the newest first.

    keydeck rotations list --filter status:quiet --columns name,old-key
    """
    store, actor = line.signed_in()
    now = store.clock.now()
    shown.print(
        line,
        store.rotation_progress.each(actor),
        row=lambda progress: _row(progress, store.prefix, now),
        content=lambda progress: _object(progress, now),
        nothing="No rotations.",
    )


@rotations.command()
@click.argument("reference", metavar="ID", shell_complete=completing.keys)
@common
def show(line: Line, reference: str) -> None:
    """Show one, who still calls with the old key, and whether it is safe to revoke it."""
    store, actor = line.signed_in()
    watched, now = store.rotation_progress.watch(actor, reference), store.clock.now()
    if line.json:
        document(_in_full(watched, now))
    else:
        _print(store, watched, now)


@rotations.command()
@click.argument("reference", metavar="ID", shell_complete=completing.keys)
@click.option(
    "--overlap", required=True, metavar="LENGTH", help="From now on, such as 7d; or open."
)
@click.option("--dry-run", is_flag=True, help="Only say who would be cut off by then.")
@ends
@common
def extend(line: Line, reference: str, overlap: str, dry_run: bool) -> None:
    """Let both keys work that long from now, or from when they begin to work.

    Never longer than the old one would have lived.

    keydeck rotations extend Zapier --overlap 7d

    keydeck rotations extend Zapier --overlap 1h --dry-run
    """
    from console.text import ending_words
    from console.text.rotation_words import works_until
    from console.text.sentences import shortened
    from store.domain import times

    length = None if overlap == "open" else times.duration(overlap, "overlap")
    store, actor = line.signed_in()
    watched, now = store.rotation_progress.watch(actor, reference), store.clock.now()
    before = watched.progress.predecessor.expires_at
    shorter = watched.progress.ends(length, now)
    if dry_run:
        with store.transactions.rehearsing():
            store.rotation_progress.extend(actor, reference, length).unwaited()
        end_evidence(store, actor, watched.progress.predecessor, shorter).show(line)
        return
    if asks(line) and length and times.sooner(shorter, before):
        cut = end_evidence(store, actor, watched.progress.predecessor, shorter)
        sentences = (*ending_words.rotation(watched, now), shortened(before, shorter).strip())
        sentences += (*cut.sentences,)
        ask(line, "Let the old key end sooner?", *sentences)
    done = store.rotation_progress.extend(actor, str(watched.progress.rotation.id), length)
    progress, commits = done.unpack()
    sentence = f"“{progress.predecessor.name}”: {works_until(progress, store.clock.now())}."
    sentence += shortened(before, progress.predecessor.expires_at)
    _changed(line, store, progress, sentence, commits)


@rotations.command()
@click.argument("reference", metavar="ID", shell_complete=completing.keys)
@click.option("--confirm", metavar="NAME", help="Its name, to do it although it is not safe yet.")
@ends
@common
def finish(line: Line, reference: str, confirm: str | None) -> None:
    """Revoke the old key for good, and wait until no verifier lets it in."""
    from store.domain.rotation import RotationStatus

    store, actor = line.signed_in()
    if confirm is None and asks(line):
        watched, now = store.rotation_progress.watch(actor, reference), store.clock.now()
        safe = watched.progress.status(now) is RotationStatus.QUIET
        confirm = _asked(line, watched, now, "Revoke the old key for good?", typed=not safe)
        reference = str(watched.progress.rotation.id)
    progress, commits = store.rotation_progress.finish(actor, reference, confirm).unpack()
    old = f"{store.prefix}_{progress.predecessor.id}"
    sentence = (
        f"The rotation of “{progress.predecessor.name}” is done: the old key ({old}) is revoked."
    )
    _changed(line, store, progress, sentence, commits)


@rotations.command()
@click.argument("reference", metavar="ID", shell_complete=completing.keys)
@click.option("--confirm", metavar="NAME", help="Its name, to do it although it is in use.")
@ends
@common
def abandon(line: Line, reference: str, confirm: str | None) -> None:
    """Revoke the new key; the old one expires as it would have without the rotation."""
    from console.text.sentences import expires

    store, actor = line.signed_in()
    if confirm is None and asks(line):
        watched, now = store.rotation_progress.watch(actor, reference), store.clock.now()
        used = watched.progress.successor.last_used_at is not None
        confirm = _asked(line, watched, now, "Revoke the new key for good?", typed=used)
        reference = str(watched.progress.rotation.id)
    progress, commits = store.rotation_progress.abandon(actor, reference, confirm).unpack()
    old, new = progress.predecessor, f"{store.prefix}_{progress.successor.id}"
    sentence = f"The rotation of “{old.name}” is abandoned: the new key ({new}) is revoked."
    sentence += f" The old one works on. {expires(old.expires_at, store.clock.now())}"
    _changed(line, store, progress, sentence, commits)


def _asked(
    line: Line, watched: "WatchedRotation", now: int, question: str, *, typed: bool
) -> str | None:
    """Ask, and return the name where it was typed. Raises NotAgreed, or RotationEnded."""
    from console.text import ending_words
    from store.errors import RotationEnded

    progress, name = watched.progress, watched.progress.predecessor.name
    if progress.status(now).ended:
        raise RotationEnded(name, progress.status(now).value)
    sentences = ending_words.rotation(watched, now)
    ask(line, question, *sentences, name=name if typed else None)
    return name if typed else None


def _changed(
    line: Line,
    store: "Store",
    progress: "RotationProgress",
    sentence: str,
    commits: "Sequence[Commit]",
) -> None:
    report(line, store, commits, sentence, _object(progress, store.clock.now()))


def _object(progress: "RotationProgress", now: int) -> dict[str, Any]:
    from store.domain.rotation import RotationStatus
    from store.domain.times import SECOND, rfc3339, rfc3339_or_none

    status = progress.status(now)
    return {
        "id": progress.rotation.id,
        "name": progress.predecessor.name,
        "status": status.value,
        "safe": status is RotationStatus.QUIET,
        "predecessor": progress.predecessor.id,
        "successor": progress.successor.id,
        "started_at": rfc3339(progress.rotation.started_at),
        "started_by": progress.rotation.started_by,
        "overlap_ends_at": rfc3339_or_none(progress.rotation.overlap_ends_at),
        "predecessor_expires_at": rfc3339_or_none(progress.predecessor.expires_at),
        "predecessor_last_used_at": rfc3339_or_none(progress.predecessor.last_used_at),
        "successor_last_used_at": rfc3339_or_none(progress.successor.last_used_at),
        "quiet_window_s": progress.quiet_window // SECOND,
        "quiet_at": None if status.ended else rfc3339_or_none(progress.quiet_at),
    }


def _in_full(watched: "WatchedRotation", now: int) -> dict[str, Any]:
    from console.commands.caller_json import caller_object
    from console.text.rotation_words import decide

    return {
        **_object(watched.progress, now),
        "sentence": decide(watched, now).sentence,
        "predecessor_requests_today": watched.old.today,
        "successor_requests_today": watched.new.today,
        "still_calling": [caller_object(caller) for caller in watched.still_calling(now)],
    }


def _row(progress: "RotationProgress", prefix: str, now: int) -> Row:
    from console.text.times import ago, day, expiry
    from store.domain.key_string import shown

    rotation, old, new = progress.rotation, progress.predecessor, progress.successor
    ends = "revoked" if old.revoked_at is not None else expiry(old.expires_at, now)
    return (
        Cell(str(rotation.id), rotation.id),
        old.name,
        progress.status(now).value,
        shown(prefix, old.id).removesuffix("…"),
        latest(ago(old.last_used_at, now), old.last_used_at),
        Cell(ends, old.expires_at if old.revoked_at is None else old.revoked_at),
        shown(prefix, new.id).removesuffix("…"),
        latest(ago(new.last_used_at, now), new.last_used_at),
        Cell(day(rotation.started_at), rotation.started_at),
        rotation.started_by,
    )


def _print(store: "Store", watched: "WatchedRotation", now: int) -> None:
    from console.text.rotation_words import decide, works_until
    from console.text.safe import safe
    from console.text.times import ago

    progress, decision = watched.progress, decide(watched, now)
    fields = [
        ("Rotation", f"{progress.rotation.id}, of “{progress.predecessor.name}”"),
        ("Status", progress.status(now).value),
        ("Overlap", works_until(progress, now)),
    ]
    for label, side in (("Old key", watched.old), ("New key", watched.new)):
        used = f"{side.today:,} today, last used {ago(side.key.last_used_at, now)}"
        fields.append((label, f"{store.prefix}_{side.key.id}  {used}"))
    for label, value in fields:
        if value:
            print(f"{label:<9} {safe(value)}")
    calling = watched.still_calling(now)
    if calling:
        print()
        table(
            ("STILL ON THE OLD KEY", "USER AGENT", "REQUESTS", "FIRST", "LAST"),
            [
                (
                    caller.address,
                    caller.user_agent,
                    f"{caller.requests:,}",
                    ago(caller.first_at, now),
                    ago(caller.last_at, now),
                )
                for caller in calling
            ],
        )
    print()
    print(safe(f"{decision.sentence} {decision.then}".rstrip()))
