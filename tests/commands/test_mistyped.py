"""Whatever is mistyped is answered with what was meant; help says all of it in whole sentences."""

import inspect
from collections.abc import Iterator

import click
import pytest

from console.commands.entry import run
from console.commands.groups import keydeck as top
from tests.commands.examples import commands

COMMANDS = commands()
ASKS = ("line.signed_in", "line.slug", "line.who", "line.password")
"""What a command does that has use for who asks, and in which workspace."""


def groups(command: click.Command = top, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Return the words that lead to each group of commands."""
    if isinstance(command, click.Group):
        yield path
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from groups(below, (*path, name))


def found(path: tuple[str, ...]) -> click.Group:
    """Return the group that words lead to."""
    command: click.Command = top
    for word in path:
        assert isinstance(command, click.Group)
        below = command.get_command(click.Context(command), word)
        assert below is not None
        command = below
    assert isinstance(command, click.Group)
    return command


def mistyped(word: str) -> str:
    """Return a word with two letters in the wrong order, as fingers have it, or one missing."""
    swapped = word[:-2] + word[-1] + word[-2]
    return swapped if swapped != word else word[:-1]


@pytest.mark.parametrize("path", groups(), ids=" ".join)
def test_a_mistyped_command_is_answered_with_the_one_that_was_meant(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    group = found(path)
    for name in group.list_commands(click.Context(group)):
        if mistyped(name) in group.list_commands(click.Context(group)):
            continue
        assert run([*path, mistyped(name)]) == 2
        told = capsys.readouterr().err
        assert told.count("\n") == 1, told
        assert name in told.partition("Did you mean ")[2].partition("?")[0], told


@pytest.mark.parametrize("name", COMMANDS)
def test_a_mistyped_option_is_answered_with_the_one_that_was_meant(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [one for one in COMMANDS[name].params if isinstance(one, click.Option)]
    for option in options:
        word = option.opts[-1]
        if option.hidden or len(word) < len("--abcd"):
            continue
        assert run([*name.split(), mistyped(word)]) == 2
        told = capsys.readouterr().err
        assert told.count("\n") == 1, told
        assert word in told.partition("Did you mean ")[2].partition("?")[0], told


@pytest.mark.parametrize("path", groups(), ids=" ".join)
def test_summaries_are_whole_at_eighty_columns(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run([*path, "--help"]) == 0
    listed = capsys.readouterr().out.partition("Commands:")[2]
    assert "..." not in listed
    assert all(len(line) <= 80 for line in listed.splitlines())
    assert listed.rstrip().endswith(".")


@pytest.mark.parametrize("name", COMMANDS)
def test_an_option_is_offered_where_it_means_something(name: str) -> None:
    command = COMMANDS[name]
    assert command.callback is not None
    source = inspect.getsource(inspect.getmodule(inspect.unwrap(command.callback)))  # type: ignore[arg-type]
    asks = any(word in source for word in ASKS)
    offered = {one.name for one in command.params if not getattr(one, "hidden", False)}
    assert asks or not {"as_email", "workspace"} & offered, offered
