"""Copying: one carrier after the other, each real, and never more said than known."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from console.clipboard import command, desktop, osc52, tmux
from console.clipboard.copy import NOWHERE, OFF, copy
from console.clipboard.outcome import Level
from console.clipboard.plan import MODES, ClipboardChoice, Environment
from store.domain.key_string import Secret, mint

KEY = mint("jw").key
AT_A_DESKTOP = Environment("xterm-256color", tmux=False, screen=False, ssh=False, desktop=True)
IN_TMUX = Environment("tmux-256color", tmux=True, screen=False, ssh=True, desktop=False)
NO_TERMINAL = Environment("dumb", tmux=False, screen=False, ssh=False, desktop=False)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of programs that stands before all others, and a display that is not there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":4711")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    yield folder
    assert left_behind(folder) == [], "no program of a failed attempt stays"


def program(folder: Path, name: str, script: str) -> None:
    """Put a program in a folder."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def left_behind(folder: Path) -> list[str]:
    """Return the programs of a folder that still run, after a moment to end in."""
    for _ in range(20):
        running = []
        for process in psutil.process_iter():
            try:
                if any(str(folder) in word for word in process.cmdline()):
                    running.append(process.name())
            except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
                continue
        if not running:
            break
        time.sleep(0.05)
    return running


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("sleep 60", id="hangs"),
        pytest.param("cat > /dev/null", id="takes it and has nothing afterwards"),
        pytest.param("cat > /dev/null; echo something else", id="has something else"),
        pytest.param("echo noise; echo noise >&2; exit 1", id="fails noisily"),
    ],
)
def test_a_desktop_that_does_not_hold_it_afterwards_is_passed_by(
    programs: Path, script: str, capfd: pytest.CaptureFixture[str]
) -> None:
    program(programs, "xclip", script)
    written: list[str] = []
    began = time.monotonic()
    outcome = copy(KEY, AT_A_DESKTOP, written.append)
    assert time.monotonic() - began < 30
    assert outcome.level is Level.SENT
    assert written == [osc52.sequence(KEY)]
    assert capfd.readouterr() == ("", "")


def test_a_desktop_that_holds_it_is_told_alone(programs: Path, tmp_path: Path) -> None:
    board = tmp_path / "board"
    program(programs, "xclip", f'case "$*" in *-o*) cat {board};; *) cat > {board};; esac')
    written: list[str] = []
    outcome = copy(KEY, AT_A_DESKTOP, written.append)
    assert outcome.level is Level.CONFIRMED
    assert board.read_text() == KEY.reveal()
    assert written == []


def test_the_key_is_in_no_argument_and_no_environment_of_a_helper(
    programs: Path, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    program(programs, "xclip", f'echo "$@" >> {seen}; env >> {seen}; cat > /dev/null')
    program(programs, "tmux", f'echo "$@" >> {seen}; env >> {seen}; cat > /dev/null')
    copy(KEY, AT_A_DESKTOP, lambda sequence: None)
    copy(KEY, IN_TMUX, lambda sequence: None)
    assert "load-buffer" in seen.read_text()
    assert "selection" in seen.read_text()
    assert KEY.reveal() not in seen.read_text()


@pytest.mark.parametrize("script", ["exit 1", "sleep 60"])
def test_a_tmux_that_does_not_take_it_is_no_reason_to_shout_it_into_the_pane(
    programs: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr(tmux, "WITHIN", 0.3)
    program(programs, "tmux", f"exec {script}" if script.startswith("sleep") else script)
    written: list[str] = []
    outcome = copy(KEY, IN_TMUX, written.append)
    assert outcome.level is Level.UNAVAILABLE
    assert outcome.sentence == tmux.FAILED
    assert written == []


@pytest.mark.parametrize(
    ("around", "said"),
    [("xterm-256color", tmux.SENT), ("tmux-256color", osc52.HELD_UP), ("screen", osc52.HELD_UP)],
)
def test_a_tmux_within_a_tmux_does_not_say_that_the_terminal_has_it(
    programs: Path, around: str, said: str
) -> None:
    program(programs, "tmux", f'[ "$1" != display-message ] || echo {around}')
    assert copy(KEY, IN_TMUX, lambda sequence: None).sentence == said


def test_vims_terminal_is_said_to_drop_it() -> None:
    window = Environment("xterm", tmux=False, screen=False, ssh=False, desktop=False, vim=True)
    assert copy(KEY, window, lambda sequence: None).sentence == osc52.IN_VIM


def test_no_tmux_program_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert shutil.which("tmux") is None
    assert copy(KEY, IN_TMUX, lambda sequence: None).level is Level.UNAVAILABLE


def test_nowhere_to_copy_to_names_the_way_on() -> None:
    outcome = copy(KEY, NO_TERMINAL, lambda sequence: None)
    assert outcome == NOWHERE
    assert "shift and the mouse" in outcome.sentence


@pytest.mark.parametrize(
    "sentence",
    [
        NOWHERE.sentence,
        OFF.sentence,
        desktop.CONFIRMED,
        desktop.FAILED,
        osc52.SENT,
        osc52.HELD_UP,
        tmux.SENT,
        tmux.OFF,
        tmux.FAILED,
    ],
)
def test_no_sentence_says_copied(sentence: str) -> None:
    assert "copied" not in sentence.lower()


def test_every_outcome_can_be_shown(programs: Path) -> None:
    program(programs, "xclip", "exit 1")
    program(programs, "tmux", "exit 1")
    for environment in (AT_A_DESKTOP, NO_TERMINAL):
        for mode in MODES:
            choice = ClipboardChoice(mode, ("xclip",))
            outcome = copy(Secret("jw_secret"), environment, lambda sequence: None, choice)
            assert "jw_secret" not in repr(outcome)
    assert copy(KEY, AT_A_DESKTOP, lambda sequence: None, ClipboardChoice("off")) == OFF


def test_a_command_gets_the_text_on_its_standard_input_and_its_exit_is_believed(
    programs: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    board = tmp_path / "board"
    program(
        programs, "lemonade", f'echo noise; echo noise >&2; echo "$@" > {board}; cat >> {board}'
    )
    written: list[str] = []
    choice = ClipboardChoice("command", ("lemonade", "copy", "to me"))
    outcome = copy(KEY, IN_TMUX, written.append, choice)
    assert (outcome.level, outcome.sentence) == (Level.SENT, "Sent with lemonade.")
    assert board.read_text() == f"copy to me\n{KEY.reveal()}"
    assert written == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("script", "how"),
    [
        pytest.param("exit 3", "(exit 3)", id="refuses"),
        pytest.param("sleep 60", "took too long", id="hangs"),
        pytest.param("kill -9 $$", "signal 9", id="is killed"),
    ],
)
def test_a_command_that_fails_is_said_to(
    programs: Path, monkeypatch: pytest.MonkeyPatch, script: str, how: str
) -> None:
    monkeypatch.setattr(command, "WITHIN", 0.3)
    program(programs, "lemonade", script)
    written: list[str] = []
    outcome = copy(KEY, AT_A_DESKTOP, written.append, ClipboardChoice("command", ("lemonade",)))
    assert outcome.level is Level.UNAVAILABLE
    assert how in outcome.sentence
    assert written == []


def test_an_old_tmux_is_written_through_and_keeps_nothing(programs: Path) -> None:
    program(programs, "tmux", '[ "$1" = -V ] && echo "tmux 3.1c"; [ "$1" != load-buffer ]')
    written: list[str] = []
    assert copy(KEY, IN_TMUX, written.append).level is Level.SENT
    assert written == [tmux.through_tmux(osc52.sequence(KEY))]


@pytest.mark.parametrize(
    ("version", "old"),
    [
        *(("tmux 2.9a", True), ("tmux 3.1c", True), ("tmux 3.2", False), ("tmux 3.3a", False)),
        *(("tmux 10.0", False), ("tmux next-3.6", False), ("tmux openbsd-7.8", False), ("", False)),
    ],
)
def test_only_a_tmux_known_to_be_old_is_written_through(version: str, old: bool) -> None:
    assert tmux.passes_everything_on(version) is old
