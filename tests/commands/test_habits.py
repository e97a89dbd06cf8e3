"""A table of the habits and the commands: whatever one command does, each does that it fits."""

import re
import shlex
from collections.abc import Callable, Mapping

import click
import pytest

from console.commands.entry import run
from console.commands.groups import keydeck as top
from console.commands.guests import MAY
from store.domain.scopes import OURS
from store.errors import KeydeckError
from tests.commands.examples import EXAMPLES, commands

COMMANDS = commands()
LISTS = (
    *(name for name in COMMANDS if name.split()[-1] == "list"),
    *("audit", "keys due", "keys unused-scopes", "verifiers"),
    *("keys refusals", "connections refusals"),
)
OF_MANY = (
    *("keys label", "keys owner", "keys limit", "keys network", "keys scope", "keys expire"),
    *("keys start", "keys revoke", "keys remark", "stop", "resume"),
)
"""What can be done to all keys that a filter finds, in the language of `keys list`."""
OF_A_KEY = (
    *(
        "can",
        "why",
        "keys show",
        "keys usage",
        "keys refusals",
        "keys scope",
        "keys extend",
        "keys rotate",
    ),
    *("keys revoke", "keys confirm", "keys expire", "keys trim", "keys holders", "leaks dismiss"),
)
NOT_JSON = {
    "demo": "opens the console",
    "help": "a text for people",
    "proxy recipe": "a file of another program",
    "serve": "runs until it is told to stop",
    "store grants": "SQL",
    "audit export": "JSON lines themselves",
}
EXAMPLE = re.compile(r"^ *(keydeck [^|]*?)(?: *\|.*| > .*)?$", re.MULTILINE)


def options(name: str) -> set[str]:
    """Return every option of a command, hidden or not."""
    return {word for one in COMMANDS[name].params for word in (*one.opts, *one.secondary_opts)}


def said(name: str) -> str:
    """Return a command's help as it is written."""
    return COMMANDS[name].help or ""


def parsed(words: list[str]) -> str | None:
    """Read a command line as click does and carry nothing out; return what is wrong with it."""
    command: click.Command = top
    context = click.Context(top, info_name="keydeck")
    try:
        while True:
            _, words, _ = command.make_parser(context).parse_args(words)
            if not isinstance(command, click.Group) or not words:
                return None
            _, below, words = command.resolve_command(context, words)
            assert below is not None
            command, context = below, click.Context(below, parent=context, info_name=below.name)
    except (click.UsageError, KeydeckError) as error:
        return str(error)


def _first(name: str) -> bool:
    first = said(name).strip().partition("\n")[0]
    return len(first) <= 80 and first[:1].isupper() and first.endswith(".")


def _apart(name: str) -> bool:
    """Examples one below the other, without a blank line, are written as one line."""
    paragraphs = re.split(r"\n\s*\n", said(name))
    return all("\b" in one or len(EXAMPLE.findall(one)) < 2 for one in paragraphs)


def _of_nobody(name: str) -> bool:
    """The sample API can be left out: an example of its scopes would be refused then."""
    told = [said(name), *(getattr(one, "help", None) or "" for one in COMMANDS[name].params)]
    return not any(f"{resource.name}:" in text for resource in OURS for text in told)


def _examples(name: str) -> bool:
    return all(
        parsed(shlex.split(line.replace("$(cat anchor)", "x"))[1:]) is None
        for line in EXAMPLE.findall(said(name))
    )


def _explained(name: str) -> bool:
    return all(
        one.help
        for one in COMMANDS[name].params
        if isinstance(one, click.Option) and not one.hidden and one.name != "help"
    )


def _fits(name: str) -> bool:
    """No line is longer than a terminal is wide, and what options do is told in sentences."""
    context = click.Context(COMMANDS[name], info_name=f"keydeck {name}", terminal_width=80)
    drawn = COMMANDS[name].get_help(context).splitlines()
    told = [one.help for one in COMMANDS[name].params if isinstance(one, click.Option) and one.help]
    return all(len(line) <= 80 for line in drawn) and all(one[-1] in ".]" for one in told)


def _named(name: str) -> bool:
    arguments = [one for one in COMMANDS[name].params if isinstance(one, click.Argument)]
    return all((one.metavar or one.name or "").strip("[]'") for one in arguments)


FREE = {
    *("--filter", "--reason", "--title", "--idempotency-token"),
    # What the values of a foreign key begin with may be anything.
    ("keys import", "--prefix"),
}
"""What takes any text."""


def _of_a_kind(name: str) -> bool:
    """What is of a kind says which, in the same word everywhere: a length is no TEXT."""
    context = click.Context(COMMANDS[name])
    return all(
        one.make_metavar(context) not in ("TEXT", "INTEGER", "INTEGER RANGE", "FLOAT", "DURATION")
        or not FREE.isdisjoint({*one.opts, *((name, said) for said in one.opts)})
        for one in COMMANDS[name].params
        if isinstance(one, click.Option) and not one.hidden and not one.is_flag
    )


def _finding(name: str) -> bool:
    """A command that can end with 1 though nothing went wrong says what that means."""
    callback = COMMANDS[name].callback
    returns = getattr(callback, "__annotations__", {}).get("return")
    finds = returns is int and name not in ("demo", "serve")
    return not finds or re.search(r"\b1\b", said(name)) is not None


HABITS: Mapping[str, tuple[Callable[[str], bool], object]] = {
    "its first line is a whole sentence, at most 80 columns long": (_first, ()),
    "its examples are command lines that there are": (_examples, ()),
    "its examples stand on a line each": (_apart, ()),
    "its examples are of no scope of the sample API": (_of_nobody, ()),
    "each of its options says what it does": (_explained, ()),
    "its help fits 80 columns, and is of whole sentences": (_fits, ()),
    "what it takes has a name": (_named, ()),
    "what it takes says of which kind it is": (_of_a_kind, ()),
    "it says what exit status 1 means where that is an answer": (_finding, ()),
    "it takes --json": (lambda name: "--json" in options(name), NOT_JSON),
    "it takes --store": (
        lambda name: "--store" in options(name),
        ("demo", "help", "proxy check", "proxy recipe", "store grants", "store copy"),
    ),
}


@pytest.mark.parametrize("habit", HABITS)
def test_every_command_has_each_habit(habit: str) -> None:
    has, but = HABITS[habit]
    assert [name for name in COMMANDS if name not in but and not has(name)] == []  # type: ignore[operator]


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        (LISTS, {"--columns", "--sort", "--filter", "--jsonl"}),
        (OF_A_KEY, {"--old", "--new"}),
    ],
    ids=["lists", "what takes a key"],
)
def test_what_is_alike_takes_the_same(names: tuple[str, ...], taken: set[str]) -> None:
    assert {name for name in names if not taken <= options(name)} == set()
    # And nothing else has an option of that name for another thing.
    others = {name for name in COMMANDS if name not in names and taken & options(name)}
    assert others <= {*LISTS, *OF_MANY}, others


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name in MAY])
def test_options_of_all_commands_stand_anywhere(name: str) -> None:
    words = name.split()
    values = {"--store": "sqlite:////x", "--workspace": "w", "--as": "a@b.example"}
    for option in ("--json", "--password-stdin", *values):
        if option not in options(name) and option != "--json":
            continue
        given = [option, values[option]] if option in values else [option]
        for at in range(len(words) + (option in options(name))):
            wrong = parsed([*words[:at], *given, *words[at:]])
            assert wrong is None or "Missing argument" in wrong, (words, at, option, wrong)


def test_an_option_before_the_command_is_taken_and_without_one_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["--json"]) == 2
    assert "--json is for a command" in capsys.readouterr().err


@pytest.mark.parametrize("flag", ["-V", "--version"])
def test_the_version_is_said(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([flag]) == 0
    assert re.fullmatch(r"keydeck \d+\.\d+\.\d+\n", capsys.readouterr().out)
