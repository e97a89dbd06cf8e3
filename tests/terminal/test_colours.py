"""What terminals with sixteen colours or none are sent, byte for byte."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from store.domain.key_string import Secret
from store.operations.open import create_store
from store.sample import EMAIL, furnish
from tests.terminal.screen import Terminal, sitting

PASSWORD = "correct horse battery"
STATES = {
    "Expiring": "brown",
    "Active": "green",
    "Rotating old": "brightblue",
    "Still tried": "brown",
    "Revoked": "red",
}
TOLD = "import os; print(*map(os.environ.get, ('TEXTUAL_COLOR_SYSTEM', 'NO_COLOR')))"
PLAIN = {0, 1, 4, 7, 22, 24, 27, 39, 49}
"""SGR parameters for bold, underline, reverse, and back to the terminal's own; not faint (2)."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample's store."""
    made = tmp_path_factory.mktemp("sample")
    store = create_store(f"sqlite:///{made / 'store.db'}", pepper_path=made / "pepper")
    furnish(store, Secret(PASSWORD))
    store.close()
    return made


@contextmanager
def console(folder: Path, **environment: str) -> Iterator[Terminal]:
    """Sit before the sample's keys, on the third row."""
    with sitting(
        folder,
        KEYDECK_STORE=f"sqlite:///{folder / 'store.db'}",
        KEYDECK_PEPPER_FILE=str(folder / "pepper"),
        KEYDECK_AS=EMAIL,
        KEYDECK_PASSWORD=PASSWORD,
        **environment,  # type: ignore[arg-type]
    ) as terminal:
        terminal.sees("Website")
        terminal.send("gjj")
        yield terminal


def reversed_soon(terminal: Terminal, text: str, how: str = "reverse") -> None:
    """Wait until a text is drawn in reverse, all of it, or marked in another way."""
    terminal.wait(
        lambda screen: text in screen and all(getattr(one, how) for one in terminal.cells_of(text)),
        f"{text} in {how}",
    )


def walk(terminal: Terminal) -> None:
    """Open what has a current row, field, choice or button, and see that it is seen."""
    reversed_soon(terminal, "Calendar sync")
    terminal.send("X\t\t")
    reversed_soon(terminal, "Cancel")
    terminal.send("\x1b")
    terminal.loses("cannot be undone")
    terminal.send("n")
    terminal.sees("1 of 3")
    terminal.send("Kiosk 2\t")
    reversed_soon(terminal, "[90 d]")
    terminal.send("\r")
    terminal.sees("2 of 3")
    reversed_soon(terminal, "[ ]")
    terminal.send("\x1b\x1b")
    terminal.loses("of 3")
    terminal.send("\x10")
    reversed_soon(terminal, "see it in full", "underscore")


def test_no_color_sends_no_colour_and_still_shows_where_one_is(folder: Path) -> None:
    with console(folder, NO_COLOR="1", COLORTERM="truecolor") as terminal:
        walk(terminal)
        sent = {
            int(one or 0)
            for codes in re.findall(rb"\x1b\[([0-9;]*)m", terminal.raw)
            for one in codes.split(b";")
        }
    assert sent <= PLAIN


@pytest.mark.parametrize("term", ["linux", "screen", "xterm"])
def test_sixteen_colours_tell_the_states_apart_and_hide_nothing(folder: Path, term: str) -> None:
    with console(folder, TERM=term) as terminal:
        reversed_soon(terminal, "Calendar sync")
        # The current row has one ground, whatever state it tells of.
        assert {one.fg for one in terminal.cells_of("Calendar sync   ")} == {"default"}
        terminal.send("k")
        reversed_soon(terminal, "BI export")
        # The fonts of Linux' own console have hardly a sign of ours.
        signs = "!*=ox" if term == "linux" else "◔●⇄○✕"
        for sign, (word, colour) in zip(signs, STATES.items(), strict=True):
            state = f"{sign} {word}"
            assert {one.fg for one in terminal.cells_of(state) if one.data != " "} == {colour}
        terminal.send("j")
        walk(terminal)
        # On a ground that is not ours, only the terminal's own two are safe beside the states'.
        assert {one.bg for line in terminal.cells for one in line} == {"default"}
        assert {one.fg for line in terminal.cells for one in line} <= {"default", *STATES.values()}


@pytest.mark.parametrize(
    ("environment", "asked"),
    [
        ({"TERM": "alacritty"}, "256"),
        ({"TERM": "xterm-ghostty"}, "256"),
        ({"TERM": "foot-extra"}, "256"),
        ({"TERM": "xterm"}, None),
        ({"TERM": "nothing-of-that-name"}, None),
        ({"TERM": "xterm-256color"}, None),
        ({"TERM": "alacritty", "COLORTERM": "truecolor"}, None),
    ],
)
def test_a_terminal_has_the_colours_that_are_known_of_it(
    environment: dict[str, str], asked: str | None
) -> None:
    told = f"from console.colours import settle; settle(); {TOLD}"
    done = subprocess.run(
        [sys.executable, "-c", told],
        env={"PATH": os.environ["PATH"], "NO_COLOR": "", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(asked), "None"]


def test_fewer_colours_take_no_more_bytes(folder: Path) -> None:
    sent = []
    for environment in ({"TERM": "xterm-256color"}, {"TERM": "linux"}, {"NO_COLOR": "1"}):
        with console(folder, **environment) as terminal:
            terminal.send("n")
            terminal.sees("1 of 3")
            terminal.send("Kiosk 2")
            terminal.sees("Kiosk 2")
            terminal.send("\x1b")
            terminal.loses("of 3")
            sent.append(len(terminal.raw))
    assert max(sent) == sent[0]


def test_what_something_else_wrote_over_the_screen_goes_when_it_is_drawn_anew(folder: Path) -> None:
    with console(folder) as terminal:
        terminal.write_over("Broadcast message from root")
        assert "Broadcast" in terminal.text
        terminal.send("\x0c")
        terminal.loses("Broadcast")
        terminal.sees("Website")
