"""`keydeck rotations`: how far replacing a key has come, and its end."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from console.commands.ending import ask, asks, ends
from console.commands.in_force import report
from console.commands.line import Line
from console.commands.options import common
from console.commands.output import document, say, table

if TYPE_CHECKING:
    from store.domain.rotation import Course
    from store.operations.open import Store
    from store.service.commits import Commit
    from store.service.rotation_progress import Watched


@click.group()
def rotations() -> None:
    """Follow, extend, finish and abandon rotations. `keydeck keys rotate` begins one.

    ID is a rotation's id, or either of its keys: its id, the start of it as shown, or the name.
    """


@rotations.command("list")
@common
def list_(line: Line) -> None:
    """List the workspace's rotations, the newest first."""
    store, actor = line.signed_in()
    found, now = store.course.all(actor), store.clock.now()
    if line.json:
        document([_object(course, now) for course in found])
    elif found:
        _print_table(store, found, now)
    else:
        say("No rotations.")


@rotations.command()
@click.argument("reference", metavar="ID")
@common
def show(line: Line, reference: str) -> None:
    """Show one, who still calls with the old key, and whether it is safe to revoke it."""
    store, actor = line.signed_in()
    watched, now = store.course.watch(actor, reference), store.clock.now()
    if line.json:
        document(_in_full(watched, now))
    else:
        _print(store, watched, now)


@rotations.command()
@click.argument("reference", metavar="ID")
@click.option(
    "--overlap", required=True, metavar="LENGTH", help="From now on, such as 7d; or open."
)
@ends
@common
def extend(line: Line, reference: str, overlap: str) -> None:
    """Let both keys work that long from now, but never longer than the old one would have lived.

    keydeck rotations extend Zapier --overlap 7d
    """
    from console.text import ending_words
    from console.text.rotation_words import works_until
    from console.text.sentences import shortened
    from store.domain import times
    from store.domain.rotation import overlap_end

    length = None if overlap == "open" else times.duration(overlap, "overlap")
    store, actor = line.signed_in()
    watched, now = store.course.watch(actor, reference), store.clock.now()
    before = watched.course.predecessor.expires_at
    shorter = overlap_end(watched.course.rotation.expires_before, length, now)
    if asks(line) and length and times.sooner(shorter, before):
        told = (*ending_words.rotation(watched, now), shortened(before, shorter).strip())
        ask(line, "Let the old key end sooner?", *told)
    with store.in_force.noting() as commits:
        course = store.course.extend(actor, str(watched.course.rotation.id), length)
    said = f"“{course.predecessor.name}”: {works_until(course, store.clock.now())}."
    said += shortened(before, course.predecessor.expires_at)
    _changed(line, store, course, said, commits)


@rotations.command()
@click.argument("reference", metavar="ID")
@click.option("--confirm", metavar="NAME", help="Its name, to do it although it is not safe yet.")
@ends
@common
def finish(line: Line, reference: str, confirm: str | None) -> None:
    """Revoke the old key for good, and wait until no verifier lets it in."""
    from store.domain.rotation import Status

    store, actor = line.signed_in()
    if confirm is None and asks(line):
        watched, now = store.course.watch(actor, reference), store.clock.now()
        safe = watched.course.status(now) is Status.QUIET
        confirm = _asked(line, watched, now, "Revoke the old key for good?", typed=not safe)
        reference = str(watched.course.rotation.id)
    with store.in_force.noting() as commits:
        course = store.course.finish(actor, reference, confirm)
    old = f"{store.prefix}_{course.predecessor.id}"
    said = f"The rotation of “{course.predecessor.name}” is done: the old key ({old}) is revoked."
    _changed(line, store, course, said, commits)


@rotations.command()
@click.argument("reference", metavar="ID")
@click.option("--confirm", metavar="NAME", help="Its name, to do it although it is in use.")
@ends
@common
def abandon(line: Line, reference: str, confirm: str | None) -> None:
    """Revoke the new key; the old one expires as it would have without the rotation."""
    from console.text.sentences import expires

    store, actor = line.signed_in()
    if confirm is None and asks(line):
        watched, now = store.course.watch(actor, reference), store.clock.now()
        used = watched.course.successor.last_used_at is not None
        confirm = _asked(line, watched, now, "Revoke the new key for good?", typed=used)
        reference = str(watched.course.rotation.id)
    with store.in_force.noting() as commits:
        course = store.course.abandon(actor, reference, confirm)
    old, new = course.predecessor, f"{store.prefix}_{course.successor.id}"
    said = f"The rotation of “{old.name}” is abandoned: the new key ({new}) is revoked."
    said += f" The old one works on. {expires(old.expires_at, store.clock.now())}"
    _changed(line, store, course, said, commits)


def _asked(line: Line, watched: "Watched", now: int, question: str, *, typed: bool) -> str | None:
    """Ask, and return the name where it was typed. Raises NotAgreed, or RotationEnded."""
    from console.text import ending_words
    from store.errors import RotationEnded

    course, name = watched.course, watched.course.predecessor.name
    if course.status(now).ended:
        raise RotationEnded(name, course.status(now).value)
    told = ending_words.rotation(watched, now)
    ask(line, question, *told, name=name if typed else None)
    return name if typed else None


def _changed(
    line: Line, store: "Store", course: "Course", sentence: str, commits: "Sequence[Commit]"
) -> None:
    report(line, store, commits, sentence, _object(course, store.clock.now()))


def _object(course: "Course", now: int) -> dict[str, Any]:
    from store.domain.rotation import Status
    from store.domain.times import SECOND, rfc3339, rfc3339_or_none

    status = course.status(now)
    return {
        "id": course.rotation.id,
        "name": course.predecessor.name,
        "status": status.value,
        "safe": status is Status.QUIET,
        "predecessor": course.predecessor.id,
        "successor": course.successor.id,
        "started_at": rfc3339(course.rotation.started_at),
        "started_by": course.rotation.started_by,
        "overlap_ends_at": rfc3339_or_none(course.rotation.overlap_ends_at),
        "predecessor_expires_at": rfc3339_or_none(course.predecessor.expires_at),
        "predecessor_last_used_at": rfc3339_or_none(course.predecessor.last_used_at),
        "successor_last_used_at": rfc3339_or_none(course.successor.last_used_at),
        "quiet_window_s": course.quiet_window // SECOND,
        "quiet_at": None if status.ended else rfc3339_or_none(course.quiet_at),
    }


def _in_full(watched: "Watched", now: int) -> dict[str, Any]:
    from console.commands.key_json import caller_object
    from console.text.rotation_words import decide

    return {
        **_object(watched.course, now),
        "sentence": decide(watched, now).sentence,
        "predecessor_requests_today": watched.old.today,
        "successor_requests_today": watched.new.today,
        "still_calling": [caller_object(one) for one in watched.still_calling(now)],
    }


def _print_table(store: "Store", found: "list[Course]", now: int) -> None:
    from console.text.times import ago, expiry
    from store.domain.key_string import shown

    table(
        ("ID", "NAME", "STATUS", "OLD KEY", "LAST USED", "EXPIRES", "NEW KEY", "LAST USED"),
        [
            (
                str(course.rotation.id),
                course.predecessor.name,
                course.status(now).value,
                shown(store.prefix, course.predecessor.id).removesuffix("…"),
                ago(course.predecessor.last_used_at, now),
                "revoked"
                if course.predecessor.revoked_at is not None
                else expiry(course.predecessor.expires_at, now),
                shown(store.prefix, course.successor.id).removesuffix("…"),
                ago(course.successor.last_used_at, now),
            )
            for course in found
        ],
    )


def _print(store: "Store", watched: "Watched", now: int) -> None:
    from console.text.rotation_words import decide, works_until
    from console.text.safe import safe
    from console.text.times import ago

    course, decision = watched.course, decide(watched, now)
    told = [
        ("Rotation", f"{course.rotation.id}, of “{course.predecessor.name}”"),
        ("Status", course.status(now).value),
        ("Overlap", works_until(course, now)),
    ]
    for label, side in (("Old key", watched.old), ("New key", watched.new)):
        used = f"{side.today:,} today, last used {ago(side.key.last_used_at, now)}"
        told.append((label, f"{store.prefix}_{side.key.id}  {used}"))
    for label, said in told:
        if said:
            print(f"{label:<9} {safe(said)}")
    calling = watched.still_calling(now)
    if calling:
        print()
        table(
            ("STILL ON THE OLD KEY", "USER AGENT", "REQUESTS", "FIRST", "LAST"),
            [
                (
                    one.address,
                    one.user_agent,
                    f"{one.requests:,}",
                    ago(one.first_at, now),
                    ago(one.last_at, now),
                )
                for one in calling
            ],
        )
    print()
    print(safe(f"{decision.sentence} {decision.then}".rstrip()))
