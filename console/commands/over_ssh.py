"""A command that somebody let in over SSH asked for: from what sshd hands on to words, no shell.

sshd gives it in SSH_ORIGINAL_COMMAND, as the client put its words together: a blank between each.
"""

import shlex
import unicodedata
from collections.abc import Iterable, Sequence

import click

from console.commands.guests import AT_HOME, EVERYWHERE, MAY, NOT, STANDARD_STREAMS, WANTED, WITHOUT
from console.commands.reading import READS, SHOWS
from store.errors import Invalid, LooksOnly, NotOverSsh

MOST_BYTES = 16 * 1024
MOST_WORDS = 256
_SHOWN_BY = EVERYWHERE - {"--filter"}
"""Options beside which a key is only shown: what a filter finds is changed."""


def words(asked: bytes) -> list[str]:
    """Return the words of a command, split as a shell quotes, of which nothing is expanded.

    A `keydeck` in front is left out.

    Raises Invalid for more than is bounded, for what is not UTF-8, holds a control character or
    leaves a quote open.
    """
    if len(asked) > MOST_BYTES:
        raise Invalid("command", f"The command is longer than {MOST_BYTES:,} bytes. Shorten it.")
    try:
        text = asked.decode()
    except UnicodeDecodeError:
        raise Invalid("command", "The command is not UTF-8. Write it in UTF-8.") from None
    if any(unicodedata.category(one) == "Cc" and one != "\t" for one in text):
        raise Invalid("command", "The command holds a line break or another control character.")
    try:
        found = shlex.split(text)
    except ValueError:
        raise Invalid(
            "command",
            "A quote in the command is not closed. Your own shell takes quotes away: quote the "
            "whole command once more.",
        ) from None
    if len(found) > MOST_WORDS:
        raise Invalid("command", f"The command has more than {MOST_WORDS} words. Shorten it.")
    # As it is written everywhere else: nobody else's command is here.
    return found[1:] if found[:1] == ["keydeck"] else found


def check(top: click.Command, asked: Sequence[str], *, looks_only: bool) -> None:
    """Raise unless a guest may run a command line, `looks_only` where their SSH key is for that.

    It is read as click reads it, and nothing is done: no value is looked at but whether it is -.
    Raises NotOverSsh, LooksOnly, or click's UsageError.
    """
    command, context, rest = top, None, list(asked)
    path: list[str] = []
    given: list[tuple[str, click.Parameter, object]] = []
    while True:
        context = click.Context(
            command, parent=context, info_name=command.name, **command.context_settings
        )
        values, rest, order = command.make_parser(context).parse_args(rest)
        name = " ".join(path)
        given += [(name, one, values.get(one.name or "")) for one in order]
        if not isinstance(command, click.Group) or not rest:
            break
        called, below, rest = command.resolve_command(context, rest)
        if called is None or below is None:
            break
        command = below
        path.append(called)
    name = " ".join(path)
    # A group by itself only says what is in it.
    does = not isinstance(command, click.Group) or command.invoke_without_command
    if does and name not in MAY:
        raise NotOverSsh(f"keydeck {name}", NOT.get(name, AT_HOME))
    looks = name in READS or (name in SHOWS and _only_shows(name, given))
    if does and name and looks_only and not looks:
        raise LooksOnly(f"keydeck {name}")
    for where, one, value in given:
        _check(where, one, value)
    named = {one.name for _, one, _ in given}
    if name in WANTED and named.isdisjoint((STANDARD_STREAMS[name], "help")):
        raise NotOverSsh(*WANTED[name])


def _only_shows(name: str, given: Sequence[tuple[str, click.Parameter, object]]) -> bool:
    """Return whether a command of `SHOWS` is told of what, and nothing else that it takes."""
    own = [(one, value) for where, one, value in given if where == name]
    arguments = [value for one, value in own if isinstance(one, click.Argument)]
    options = [one for one, _ in own if isinstance(one, click.Option)]
    # One that was left out is neither text nor a list of it.
    more = any(isinstance(value, str) or _some(value) for value in arguments[1:])
    return not more and all(not _SHOWN_BY.isdisjoint(one.opts) for one in options)


def _some(value: object) -> bool:
    return isinstance(value, tuple | list) and bool(value)


def _check(where: str, one: click.Parameter, value: object) -> None:
    if one.name == STANDARD_STREAMS.get(where):
        files = [value] if isinstance(value, str) else value
        if isinstance(files, Iterable) and any(file not in ("-", None) for file in files):
            raise NotOverSsh("file to name", "say - for standard input or output")
    if isinstance(one, click.Option) and not may(where, one):
        option = one.opts[-1]
        why = WITHOUT.get(option, AT_HOME)
        raise NotOverSsh(option, why)


def may(where: str, option: click.Option) -> bool:
    """Return whether a guest may give an option to the command called `where`."""
    return not EVERYWHERE.union(MAY.get(where, "").split()).isdisjoint(option.opts)
