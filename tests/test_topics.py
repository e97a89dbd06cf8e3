"""Topics: what they tell of the code is so."""

import inspect
import re
import shlex
from collections.abc import Iterator

import click
import pytest

from console import topics
from console.commands import exits
from console.commands.groups import keydeck
from console.topics import topic
from store.operations.restore import PG_RESTORE
from tests.commands.examples import commands
from tests.test_walls import modules

ALL = [topic(name) for name in topics.names()]
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPOKEN = re.compile(r"`(keydeck [^`]*)`")
MEANT = re.compile(r"`keydeck help ([a-z]+)`")
PLACEHOLDER = re.compile(r"^[A-Z_]+…?$|…")


def named(pattern: str, heading: str) -> list[str]:
    """Return what the tables of `environment` name first in each row under a heading."""
    text = topic("environment").text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(rf"^\| `?({pattern})`? \|", text, re.MULTILINE)


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_a_topic_begins_with_its_title_and_a_sentence_that_fits_a_line_of_the_list(
    one: topics.Topic,
) -> None:
    assert one.text.startswith("# ")
    assert one.summary.endswith(".")
    assert "\n" not in one.summary
    assert len(one.summary) <= 80 - 2 - max(map(len, topics.names())) - 2


def test_the_variables_that_are_told_of_are_those_that_are_read() -> None:
    read = {
        name
        for tree in ("console", "store")
        for path in modules(tree)
        for name in re.findall(r"(?<!_)KEYDECK_[A-Z_]*[A-Z]", path.read_text())
    }
    assert len(read) > 5
    assert set(named("KEYDECK_[A-Z_]+", "Variables")) == read


def test_the_exit_codes_that_are_told_of_are_those_there_are() -> None:
    there = {value for name, value in vars(exits).items() if name.isupper() and name[0] != "_"}
    assert {int(code) for code in named("[0-9]+", "Exit codes")} == there


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_a_topic_leads_to_topics_and_files_that_are_there(one: topics.Topic) -> None:
    for there in re.findall(r"\]\((?!https?:)([^)#]+)\)", one.text):
        assert re.fullmatch(r"[a-z]+\.md", there), there
        assert there.removesuffix(".md") in topics.names(), there


def lines_of_commands(text: str) -> Iterator[str]:
    """Yield every command line of keydeck that a text tells somebody to type."""
    for block in BLOCK.findall(text):
        joined = block.replace("\\\n", " ")
        yield from re.findall(r"(?:^|[|;$(]\s*|/bin/)(keydeck(?: .*)?)$", joined, re.MULTILINE)
    yield from SPOKEN.findall(text)


def words_of(line: str) -> list[str]:
    """Return a command line's words, without what another program or the shell is to do."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|<>;&()")
    lexer.whitespace_split = True
    words = []
    for word in lexer:
        if word[0] in "|<>;&()":
            break
        words.append(word)
    return words[1:]


def refused(words: list[str]) -> str:
    """Return why keydeck does not take a command line, nothing where it does."""
    context = click.Context(keydeck, info_name="keydeck")
    command: click.Command = keydeck
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        below = command.get_command(context, rest[0])
        if below is None:
            return f"no command {rest[0]}"
        command, rest = below, rest[1:]
    known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    known |= {"--help", "--json", "-h"} if command is not keydeck else {"--help", "-h"}
    strange = [one for one in rest if one.startswith("-") and one != "-" and one not in known]
    return f"no option {strange[0]}" if strange else ""


SAID = [(one.name, line) for one in ALL for line in lines_of_commands(one.text)]


@pytest.mark.parametrize(("name", "line"), SAID)
def test_every_command_line_of_a_topic_is_one_that_keydeck_takes(name: str, line: str) -> None:
    assert not refused(words_of(line))


def test_it_is_said_of_which_commands_1_is_a_finding() -> None:
    [row] = re.findall(r"^\| 1 \|(.*)\|$", topics.topic("environment").text, re.MULTILINE)
    said = set(re.findall(r"`([a-z ]+)`", row))
    looking = {
        name
        for name, one in commands().items()
        if one.callback and "@looks" in inspect.getsource(inspect.unwrap(one.callback))
    }
    # It looks in files first, and opens a store late.
    assert said == looking | {"scan"}


def test_how_a_dump_is_put_back_is_told_as_where_it_is_refused_to_restore() -> None:
    told = [words for one in ALL for words in re.findall(r"`(pg_restore\b[^`]*)`", one.text)]
    assert told == [PG_RESTORE]


def test_enough_is_found_and_what_is_wrong_is_refused() -> None:
    assert len(SAID) > 60
    assert refused(["keys", "creat"])
    assert refused(["keys", "create", "--nmae", "x"])


def test_help_of_commands_is_shown_by_their_words(capsys: pytest.CaptureFixture[str]) -> None:
    from console.commands.entry import run

    for name in commands():
        if name in topics.names():
            continue
        assert run(["help", *name.split()]) == 0
        said = capsys.readouterr().out
        assert said.startswith(f"Usage: keydeck {name} [OPTIONS]"), name
