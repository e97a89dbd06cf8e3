"""Standard input has one reader: what stands behind a password is not lost with it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from console.commands import standard_input
from store.errors import Invalid
from tests.commands.conftest import Keydeck
from tests.house import PASSWORD, House

CONSOLE = Path(__file__).parents[2] / "console"
OF_THEIR_OWN = {"clipboard/desktop_child.py", "demo/keeper.py"}
"""Programs that are started with a pipe and speak to nobody else."""
READERS = {
    *("sys.stdin", "sys.__stdin__.buffer", "click.prompt", "click.confirm", "click.File"),
    *("click.get_text_stream", "click.get_binary_stream", "click.open_file"),
    *("fileinput.input", "input", "breakpoint", "getpass.getpass"),
}


def readers(path: Path) -> list[str]:
    """Return what a module names that reads standard input."""
    nodes = ast.walk(ast.parse(path.read_text()))
    named = [ast.unparse(one) for one in nodes if isinstance(one, ast.Attribute | ast.Name)]
    return sorted(set(named) & READERS)


def test_nobody_reads_standard_input_but_its_reader() -> None:
    found = {
        name: named
        for path in CONSOLE.rglob("*.py")
        if (name := str(path.relative_to(CONSOLE))) not in OF_THEIR_OWN and (named := readers(path))
    }
    assert set(found) == {"commands/standard_input.py"}, found


@pytest.mark.parametrize("before", [1, 3_000, 8_100, 8_192, 100_000])
def test_what_follows_the_password_is_looked_at_from_its_first_byte(
    keydeck: Keydeck, house: House, before: int
) -> None:
    key = house.create("Website").secret.reveal()
    log = f"{PASSWORD}\n{key}\n{'x' * before}\n{key}\n"
    done = keydeck("scan", "-", "--password-stdin", "--json", given=log, password="")
    assert (done.status, done.json[0]["places"]) == (1, ["stdin:1", "stdin:3"])


def test_a_code_and_a_password_come_on_two_lines(keydeck: Keydeck, house: House) -> None:
    added = house.store.people.add(house.alice, "mia@acme.example", "Mia")
    assert added.code is not None
    done = keydeck(
        *("people", "enrol", "mia@acme.example", "--code-stdin", "--password-stdin"),
        given=f"{added.code.reveal()}\r\n{PASSWORD}\r\n",
        password="",
    )
    assert (done.status, done.err) == (0, "mia@acme.example is enrolled.\n")


@pytest.mark.parametrize(
    ("given", "said"),
    [(b"", "has no password"), (b"\n", "has no password"), (b"pass\xff\n", "is not UTF-8")],
)
def test_a_password_that_is_none_is_one_sentence(keydeck: Keydeck, given: bytes, said: str) -> None:
    done = keydeck("keys", "list", "--password-stdin", given=given, password="")
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert said in done.err


def test_standard_input_that_is_closed_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert not standard_input.is_terminal()
    with pytest.raises(Invalid, match="is closed"):
        standard_input.line("password")
    command = 'exec "$0" -m console --as a@b.c keys list --password-stdin <&-'
    closed = subprocess.run(
        ["sh", "-c", command, sys.executable],
        cwd=CONSOLE.parent,
        capture_output=True,
        text=True,
    )
    assert (closed.returncode, closed.stderr.count("\n")) == (1, 1), closed.stderr
