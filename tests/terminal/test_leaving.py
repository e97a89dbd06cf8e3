"""Leaving: quickly, with the screen as it was, and with nothing of a demonstration left."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.terminal.screen import PATIENCE, Terminal, sitting, surroundings

RESTORED = b"\x1b[?1049l"


def running_below(folder: Path) -> list[str]:
    """Return the command lines of processes that were started with a folder as their home."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("HOME") == str(folder):
                found.append(" ".join(process.cmdline()))
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_restores_the_screen(tmp_path: Path, number: signal.Signals) -> None:
    with sitting(tmp_path) as terminal:
        terminal.sees("Set up a new store")
        terminal.process.kill(number)
        terminal.ended()
        assert RESTORED in terminal.raw
        # This terminal has no other screen to go back to.
        assert not terminal.text.strip()


def test_ctrl_c_leaves_from_the_first_screen(tmp_path: Path) -> None:
    with sitting(tmp_path) as terminal:
        terminal.sees("Set up a new store")
        terminal.send("\x03")
        assert terminal.ended() == 0
        assert RESTORED in terminal.raw


def test_a_console_whose_line_is_cut_does_not_stay(tmp_path: Path) -> None:
    with sitting(tmp_path) as terminal:
        terminal.sees("Set up a new store")
        terminal.cut()
    assert running_below(tmp_path) == []


@pytest.mark.skipif(shutil.which("setsid") is None, reason="util-linux is not here")
def test_a_terminal_of_another_session_is_no_cut_line_until_it_is_cut(tmp_path: Path) -> None:
    # As `su - keydeck -c keydeck` leaves it: no signal comes from there either.
    with sitting(tmp_path, before=("setsid", "--wait")) as terminal:
        terminal.sees("Set up a new store")
        [console] = psutil.Process(terminal.process.pid).children()
        end = time.monotonic() + 2.5
        while time.monotonic() < end:
            terminal.read()
        assert console.is_running()
        terminal.sees("Set up a new store")
        terminal.cut()
        console.wait(PATIENCE)
    with sitting(tmp_path, before=("setsid", "--wait")) as terminal:
        terminal.sees("Set up a new store")
        terminal.send("\x11")
        assert terminal.ended() == 0


@pytest.mark.parametrize("term", ["dumb", "unknown"])
def test_a_terminal_that_cannot_draw_is_refused_in_one_sentence(tmp_path: Path, term: str) -> None:
    with sitting(tmp_path, TERM=term) as terminal:
        assert terminal.ended() == 1
        assert "Use the commands instead" in " ".join(terminal.text.split())


def test_without_a_terminal_it_points_to_the_commands(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "console"],
        env=surroundings(tmp_path),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        cwd=tmp_path,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "keydeck keys list" in done.stderr


def _interrupt(terminal: Terminal) -> None:
    terminal.send("\x03")


def _cut(terminal: Terminal) -> None:
    terminal.cut()


def _kill(terminal: Terminal) -> None:
    terminal.process.kill(signal.SIGKILL)


def test_a_demonstration_takes_the_consoles_options(tmp_path: Path) -> None:
    with sitting(tmp_path, "--theme", "light", "demo", "--read-only", columns=100) as terminal:
        terminal.sees("READ ONLY")
        terminal.sees("Door scanner")
        assert "make a key" not in terminal.text
        assert int(terminal.cells_of("Door scanner")[0].bg[:2], 16) > 0xC0
        terminal.send("q")
        assert terminal.ended() == 0


def test_a_demonstration_says_what_to_try_and_how_to_have_one_s_own(tmp_path: Path) -> None:
    with sitting(tmp_path, "demo") as terminal:
        terminal.sees("n make a key → enter look → r rotate it → w why refused → X end it")
        terminal.sees("Door scanner")
        terminal.send("nKiosk 7\r")
        terminal.sees("2 of 3")
        terminal.send(" \r")
        terminal.sees("3 of 3")
        terminal.send("\r")
        terminal.sees("Shown once")
        terminal.send("ii")
        terminal.loses("Shown once")
        terminal.sees("Kiosk 7")
        terminal.send("\r")
        terminal.sees("esc Close")
        terminal.send("\x1br")
        terminal.sees("A new key takes over")
        terminal.send("\x1b")
        terminal.loses("A new key takes over")
        terminal.send("X")
        terminal.sees("cannot be undone")
        terminal.send("\x1b")
        terminal.loses("cannot be undone")
        terminal.send("q")
        assert terminal.ended() == 0
        terminal.read()
        assert "keydeck opens a console of your own" in " ".join(terminal.text.split())


@pytest.mark.parametrize("leave", [_interrupt, _cut, _kill])
def test_a_demonstration_leaves_no_process_and_no_file(
    tmp_path: Path, leave: Callable[[Terminal], None]
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with sitting(tmp_path, "demo", TMPDIR=str(scratch)) as terminal:
        terminal.sees("Acme Events")
        terminal.sees("Door scanner")
        terminal.sees("ago")
        assert os.listdir(scratch)
        leave(terminal)
        end = time.monotonic() + PATIENCE
        while (running_below(tmp_path) or os.listdir(scratch)) and time.monotonic() < end:
            terminal.read()
    assert running_below(tmp_path) == []
    assert os.listdir(scratch) == []
    assert not (tmp_path / "data").exists(), "a demonstration touches nobody's own store"
