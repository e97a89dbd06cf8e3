"""The pages: keydeck.1 of the command tree, keydeck-TOPIC.7 of each topic."""

import inspect
from collections.abc import Iterator

import click

from console import topics
from console.commands.groups import keydeck
from console.manual import roff

_EXAMPLE = "keydeck "


def pages(version: str) -> dict[str, str]:
    """Return every page by its file's name, `keydeck.1`; `version` is keydeck's own."""
    made = {"keydeck.1": _commands(version)}
    for name in topics.names():
        made[f"keydeck-{name}.7"] = _topic(topics.topic(name), version)
    return made


def _page(lines: Iterator[str]) -> str:
    return "\n".join(lines) + "\n"


def _title(name: str, section: int, version: str) -> str:
    # No date: the same source makes the same page.
    return f'.TH "{roff.escaped(name.upper())}" "{section}" "" "keydeck {version}" "keydeck"'


def _named(name: str, summary: str) -> Iterator[str]:
    yield roff.heading("NAME")
    yield rf"{roff.escaped(name)} \- {roff.escaped(summary)}"


def _topic(topic: topics.Topic, version: str) -> str:
    def lines() -> Iterator[str]:
        yield _title(f"keydeck-{topic.name}", 7, version)
        yield from _named(f"keydeck-{topic.name}", topic.summary.rstrip("."))
        yield roff.heading("DESCRIPTION")
        yield from roff.markdown(topic.text)
        yield from _see_also(but=topic.name)

    return _page(lines())


def _see_also(*, but: str = "") -> Iterator[str]:
    others = [f"keydeck-{name}(7)" for name in topics.names() if name != but]
    yield roff.heading("SEE ALSO")
    yield roff.escaped(", ".join((["keydeck(1)"] if but else []) + others))


def _commands(version: str) -> str:
    top = click.Context(keydeck, info_name="keydeck", **keydeck.context_settings)
    shared = {}

    def lines() -> Iterator[str]:
        yield _title("keydeck", 1, version)
        yield from _named("keydeck", keydeck.get_short_help_str(1000).rstrip("."))
        yield roff.heading("SYNOPSIS")
        yield roff.line(roff.escaped(_usage(top)))
        yield roff.heading("DESCRIPTION")
        yield from _said(keydeck.help or "")
        yield roff.heading("OPTIONS")
        for names, said in _options(top):
            shared[names] = said
            yield from roff.entry(roff.escaped(names), [roff.line(roff.escaped(said))])
        yield roff.heading("COMMANDS")
        for context in _below(top):
            yield roff.heading(_usage(context), below=True)
            yield from _said(context.command.help or "")
            for names, said in _options(context):
                if shared.get(names) != said:
                    yield from roff.entry(roff.escaped(names), [roff.line(roff.escaped(said))])
        yield from _see_also()

    return _page(lines())


def _below(context: click.Context) -> Iterator[click.Context]:
    """Yield every command that does something, in the order that help has."""
    group = context.command
    if not isinstance(group, click.Group):
        return
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        below = click.Context(command, parent=context, info_name=name, **command.context_settings)
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield below
        yield from _below(below)


def _usage(context: click.Context) -> str:
    return " ".join([context.command_path, *context.command.collect_usage_pieces(context)])


def _options(context: click.Context) -> Iterator[tuple[str, str]]:
    for one in context.command.get_params(context):
        if isinstance(one, click.Option) and (told := one.get_help_record(context)) is not None:
            yield told


def _said(text: str) -> Iterator[str]:
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.startswith(_EXAMPLE):
            yield from roff.example(paragraph)
        else:
            yield ".PP"
            yield from (roff.line(roff.escaped(one)) for one in paragraph.split("\n"))
