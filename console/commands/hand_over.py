"""Where a new key goes: to standard output, or into a file or a command, and then nowhere else."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console.commands.line import Line
from console.commands.output import OutputLost, document, say, secret
from store.errors import Invalid, KeydeckError

if TYPE_CHECKING:
    from store.domain.key_string import Secret
    from store.domain.keys import Key
    from store.domain.people import Actor, KnownBy
    from store.operations.store import Store


class NotHandedOver(KeydeckError):
    """The key exists and nobody has it; the sentence says why, and the way out."""


def sink_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that makes a key the two options."""
    file = click.option(
        "--to-file", metavar="FILE", help="Write the key to a new file of mode 0600, not to stdout."
    )
    pipe = click.option(
        "--to-command",
        metavar="CMD",
        help="Give the key to a command's standard input, such as 'pass insert -m NAME'.",
    )
    return pipe(file(command))


@dataclass(frozen=True, slots=True)
class Sink:
    """Where a key goes instead of standard output."""

    how: "KnownBy"
    store: "Callable[[Secret], str]"
    """Stores it there, and says so in a sentence."""


def sink(to_command: str | None, to_file: str | None) -> Sink | None:
    """Return what stores a key; None for standard output.

    Raises Invalid for what cannot work, before there is a key that could get lost.
    """
    from store.domain.people import KnownBy

    if to_command is not None and to_file is not None:
        raise Invalid("to_file", "Name --to-command or --to-file, not both.")
    if to_command is not None:
        from console.clipboard.pipe_sink import pipe
        from console.clipboard.programs import words

        command = words(to_command)
        return Sink(KnownBy.PIPED, lambda value: pipe(value, command))
    if to_file is not None:
        path = Path(to_file)
        _check_new(path)
        from console.clipboard.file_sink import work_tree_of, write_file

        tree = work_tree_of(path)
        caution = "" if tree is None else f" {tree} is a git work tree: do not commit it."
        return Sink(
            KnownBy.FILED,
            lambda value: f"Written to {write_file(value, path)}, for you alone.{caution}",
        )
    return None


def _check_new(path: Path) -> None:
    folder, what = path.parent, f"--to-file {path}:"
    if path.is_dir():
        raise Invalid("to_file", f"{what} that is a folder. Name a new file in it.")
    if path.is_symlink() or path.exists():
        raise Invalid("to_file", f"{what} that exists, and is never overwritten. Name a new file.")
    if not folder.is_dir():
        trouble = "is no folder" if folder.exists() else "does not exist"
        raise Invalid("to_file", f"{what} {folder} {trouble}. Make it first, or name another.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Invalid("to_file", f"{what} you may not write to {folder}. Name another folder.")


def hand_over(
    line: Line,
    store: "Store",
    actor: "Actor",
    key: "Key",
    value: "Secret",
    into: Sink | None,
    way_out: str,
) -> None:
    """Bring a new key to whoever asked, and write down how they took it.

    Raises NotHandedOver, with `way_out`, when a sink fails.
    """
    from store.domain.people import KnownBy

    _bring(line, store, key, value, into, way_out)
    try:
        store.holders.taken(actor, key.id, KnownBy.SHOWN if into is None else into.how)
    except KeydeckError as error:
        # They have it, and whoever made it is known to have it.
        say(f"How you took the key was not written down: {error}")


def hand_over_code(
    line: Line, code: "Secret", email: str, anew: str, content: dict[str, Any], *sentences: str
) -> None:
    """Print a one-time code, with what is said before it, or as JSON beside `content`.

    Raises NotHandedOver, with the command that makes another `anew`, where it cannot be printed.
    """
    try:
        if line.json:
            document({**content, "enrolment_code": code.reveal()})
            return
        for sentence in sentences:
            say(sentence)
        secret(code)
    except OutputLost as lost:
        exists = f"A code for {email} exists, and nobody has it."
        raise NotHandedOver(f"{lost} {exists} Make another: {anew} {email}") from None


def _bring(
    line: Line, store: "Store", key: "Key", value: "Secret", into: Sink | None, way_out: str
) -> None:
    from console.text.key_fields import key_object
    from console.text.restriction_words import carried
    from console.text.sentences import review

    now = store.clock.now()
    made = key_object(key, now)
    sentences: tuple[str, ...] = ()
    if not line.json:
        sentences = (*review(key.scopes, key.expires_at, now), *carried(key, now))
    try:
        if into is not None:
            sentences = (*sentences, into.store(value))
        else:
            for sentence in (*sentences, "The key is shown once; keep it in a secret manager."):
                if not line.json:
                    say(sentence)
            if line.json:
                document({**made, "key": value.reveal()})
            else:
                secret(value)
            return
    except (KeydeckError, KeyboardInterrupt) as error:
        why = str(error) or "Interrupted."
        shown = f"“{key.name}” ({store.prefix}_{key.id})"
        raise NotHandedOver(f"{why} {shown} exists, and nobody has it. {way_out}") from None
    if line.json:
        document(made)
        return
    for sentence in sentences:
        say(sentence)
