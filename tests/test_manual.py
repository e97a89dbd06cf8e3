"""The man pages: of every command and topic, in the wheel, and as man draws them."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from console import topics
from console.manual import roff
from console.manual.pages import pages
from tests.commands.examples import commands

ROOT = Path(__file__).parents[1]
PAGES = pages("1.2.3")


def drawn(*files: Path) -> str:
    """Return pages as man draws them in 80 columns. Fails on what it warns of."""
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "MANWIDTH": "80", "PAGER": "cat"}
    done = subprocess.run(
        ["man", "--warnings", "-P", "cat", "-l", *map(str, files)],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that a wheel brings."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert built.returncode == 0, built.stderr
    [packed] = folder.glob("*.whl")
    with zipfile.ZipFile(packed) as content:
        content.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def files(wheel: Path) -> dict[str, Path]:
    """The pages as a wheel brings them, by their names."""
    return {one.name: one for one in wheel.glob("*.data/data/share/man/man*/*")}


def test_the_wheel_brings_the_topics(wheel: Path) -> None:
    brought = {one.stem for one in wheel.glob("console/topics/*.md")}
    assert brought >= set(topics.names())


def test_the_wheel_brings_a_page_of_the_commands_and_one_of_each_topic(
    files: dict[str, Path],
) -> None:
    assert set(files) == {"keydeck.1", *(f"keydeck-{name}.7" for name in topics.names())}
    assert {one.parent.name for one in files.values()} == {"man1", "man7"}
    assert files["keydeck.1"].read_text("ascii") == PAGES["keydeck.1"].replace("1.2.3", "0.1.0")


def test_man_draws_them_and_warns_of_nothing(files: dict[str, Path]) -> None:
    text = drawn(*files.values())
    for name, command in commands().items():
        assert command.hidden or f"keydeck {name}" in text, name
    # An example is whole, and can be copied: its hyphens are those that are typed.
    assert "keydeck keys create --name Billing --scope invoices:read" in text
    # Markdown is read, not shown.
    assert "Roles." in text
    assert [one for one in ("**Roles", ".md)", "| 0 |", "```") if one in text] == []


@pytest.mark.parametrize("text", [".so /etc/passwd", "'de x", "a\\*(b", "\\fB", "–“”◔"])
def test_no_text_is_a_request_of_roffs(tmp_path: Path, text: str) -> None:
    page = tmp_path / "x.1"
    page.write_text(f'.TH "X" "1"\n.SH NAME\n{roff.line(roff.escaped(text))}\n', "ascii")
    assert text in drawn(page)
