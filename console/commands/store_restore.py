"""`keydeck store restore`: what it does, said before and after."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console.commands.ending import ask, asks, ends
from console.commands.line import Line
from console.commands.options import for_operator
from console.commands.output import document, say

if TYPE_CHECKING:
    from store.operations.restore import Restored, Touched

MOST_NAMED = 20
"""Keys, connections and people of each kind that are named; JSON names all."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@ends
@for_operator
def restore(line: Line, file: Path, dry_run: bool) -> None:
    """Make the store what FILE holds, without reviving a key.

    What was revoked, ended or narrowed since the backup stays so, and whoever has left stays out;
    other people and roles are the backup's: look through them. The store that is replaced is kept
    beside it. Where that cannot be read, or cannot know what became of the backup's keys, nothing
    is served until `keydeck store confirm`.
    """
    from store.operations.open import default_pepper_path
    from store.operations.restore import restore as restore_store

    if dry_run or asks(line):
        would = restore_store(line.address, file, pepper_path=default_pepper_path(), dry_run=True)
        if dry_run and line.json:
            document(_told(would) | {"changes": _changes(would)})
            return
        sentences = list(_sentences(would, would_be=True))
        if dry_run:
            for sentence in sentences:
                say(sentence)
            return
        ask(line, f"Make the store what {file.name} holds?", *sentences)
    done = restore_store(line.address, file, pepper_path=default_pepper_path())
    if line.json:
        document(_told(done))
        return
    say(f"The store is what {file} holds.")
    for sentence in _sentences(done, would_be=False):
        say(sentence)


def _told(done: "Restored") -> dict[str, Any]:
    return {
        "carried_over": done.carried_over,
        "gone": done.gone,
        "waiting": done.waiting,
        "moved_to": None if done.moved_to is None else str(done.moved_to),
        "kept": None if done.kept is None else str(done.kept),
    }


def _changes(done: "Restored") -> dict[str, Any]:
    return {
        what: [
            {
                "workspace": credential.workspace,
                "id": credential.id,
                "name": credential.name,
                "still": list(credential.how),
            }
            for credential in touched
        ]
        for what, touched in (
            ("carried_over", done.keys),
            ("gone", done.gone_keys),
            ("connections", done.connections),
            ("people", done.people),
        )
    }


def _sentences(done: "Restored", *, would_be: bool) -> Iterator[str]:
    if done.moved_to is not None:
        yield f"What could not be read is kept as {done.moved_to}."
    elif done.kept is not None:
        yield f"The store that was replaced is kept as {done.kept}."
    if done.waiting:
        served = "would be served" if would_be else "is served"
        yield (
            f"Nobody knows which keys were revoked since, so none {served}. "
            "Look at them with keydeck store confirm."
        )
        if done.kept is done.moved_to:
            return
    yield (
        "Revoked, ended, narrowed or limited since the backup, and still so: "
        f"{_keys(done.carried_over)}."
    )
    if would_be:
        yield from _named(done.keys)
    yield (
        f"Made since the backup, and unknown {'then' if would_be else 'now'}: {_keys(done.gone)}."
    )
    if would_be:
        yield from _named(done.gone_keys)
        yield from _named(done.connections)
        yield from _named(done.people)
    yield "Other people, their roles and names are the backup's. Look through them."


def _keys(number: int) -> str:
    return "1 key" if number == 1 else f"{number:,} keys"


def _named(touched: "Sequence[Touched]") -> Iterator[str]:
    for credential in touched[:MOST_NAMED]:
        how = f" ({', '.join(credential.how)})" if credential.how else ""
        yield f"  {credential.workspace}: {credential.name}{how}"
    if len(touched) > MOST_NAMED:
        yield f"  and {len(touched) - MOST_NAMED:,} more"
