"""`keydeck help`: the topics, one of them, or what a command's --help says."""

import difflib
import shutil
import sys
from collections.abc import Sequence

import click
from click.shell_completion import CompletionItem

from console import topics
from console.commands.lazily import LazyGroup
from console.commands.line import Line
from store.errors import Invalid

MOST_WIDTH = 100
"""Columns of a line at the most: a longer one is hard to read."""


def _offered(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Complete a topic or a command, or what is below the command that was named."""
    command: click.Command | None = context.find_root().command
    said = context.params.get("words") or ()
    for word in said:
        below = isinstance(command, click.Group)
        command = command.get_command(context, word) if below else None  # type: ignore[union-attr]
    commands = command.list_commands(context) if isinstance(command, click.Group) else []
    names = {*commands, *(() if said else topics.names())}
    return [CompletionItem(name) for name in sorted(names) if name.startswith(begun)]


@click.command()
@click.argument("words", nargs=-1, metavar="[TOPIC | COMMAND...]", shell_complete=_offered)
@click.pass_context
def help(context: click.Context, words: tuple[str, ...]) -> None:  # noqa: A001 - the command's name
    """Show a topic, or what a command takes; without either, list the topics.

    keydeck help backup

    keydeck help keys create

    At a terminal a topic is shown a page at a time; in a pipe it is the Markdown it is written in.
    """
    top = context.find_root()
    if not words:
        print(_topics())
    elif len(words) == 1 and words[0] in topics.names():
        # A pager opens files and runs programs for whoever sits at it.
        paged = top.ensure_object(Line).guest is None
        _show(topics.topic(words[0]), also=_help(top, words), paged=paged)
    elif text := _help(top, words):
        print(text)
    else:
        raise Invalid("topic", _unknown(top, words))


def _topics() -> str:
    all_topics = [topics.topic(name) for name in topics.names()]
    width = max(len(one.name) for one in all_topics)
    listed = (f"  {one.name:<{width}}  {one.summary}" for one in all_topics)
    return "\n".join(
        [
            "keydeck help TOPIC shows one of these:",
            "",
            *listed,
            "",
            "keydeck --help lists the commands; keydeck help COMMAND, or keydeck COMMAND --help,",
            "says what one takes. In the console ? helps where you are, and t there lists these.",
            "As pages: man keydeck, man keydeck-TOPIC. After uv tool install they are found by",
            'export MANPATH="$(uv tool dir)/keydeck/share/man:"',
        ]
    )


def _help(top: click.Context, words: Sequence[str]) -> str:
    """Return the help of a command, nothing where there is none of these words."""
    command, context = top.command, top
    for word in words:
        below = command.get_command(context, word) if isinstance(command, click.Group) else None
        if below is None:
            return ""
        command, context = below, click.Context(below, parent=context, info_name=word)
    return command.get_help(context)


def _unknown(top: click.Context, words: Sequence[str]) -> str:
    said = " ".join(words)
    known = [*topics.names(), *_commands(top)]
    near = difflib.get_close_matches(said, known, 1) or difflib.get_close_matches(
        words[0], known, 1
    )
    meant = f"Did you mean {near[0]}? " if near else ""
    return f"There is no topic and no command “{said}”. {meant}keydeck help lists the topics."


def _commands(top: click.Context) -> list[str]:
    found = []
    if isinstance(top.command, LazyGroup):
        for name in top.command.list_commands(top):
            found.append(name)
            below = top.command.get_command(top, name)
            if isinstance(below, click.Group):
                found += [f"{name} {one}" for one in below.list_commands(top)]
    return found


def _show(topic: topics.Topic, *, also: str, paged: bool) -> None:
    text = topic.spoken
    if also:
        text += f"\n## The command\n\n```text\n{also}\n```\n"
    if not sys.stdout.isatty():
        print(text, end="")
        return
    drawn = _drawn(text)
    if paged:
        click.echo_via_pager(drawn)
    else:
        print(drawn, end="")


def _drawn(text: str) -> str:
    """Return Markdown as it looks on this terminal."""
    from rich.console import Console
    from rich.markdown import Markdown

    width = min(shutil.get_terminal_size().columns, MOST_WIDTH)
    console = Console(width=width, highlight=False, force_terminal=True)
    with console.capture() as capture:
        console.print(Markdown(text, hyperlinks=False, code_theme="ansi_dark"))
    return capture.get()
