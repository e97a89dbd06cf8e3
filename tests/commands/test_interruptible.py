"""Whoever presses Ctrl+C at a question is heard, though it comes at the worst of times."""

import sys
from pathlib import Path

import pytest

from tests.terminal.screen import Terminal, surroundings

# A signal that another thread takes breaks off no read, like one that comes right before it.
DEAF = """
import signal, threading
threading.Thread(target=threading.Event().wait, daemon=True).start()
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
from console.commands import passwords, standard_input
"""
ANSWER = "print('It is', standard_input.answer('Name: '))"
PASSWORD = "print('It has', len(passwords.from_terminal('Password').reveal()))"


def asked(folder: Path, program: str) -> Terminal:
    """Sit down at a program that asks."""
    return Terminal([sys.executable, "-c", DEAF + program], surroundings(folder), cwd=folder)


@pytest.mark.parametrize("program", [ANSWER, PASSWORD])
def test_an_interrupt_between_the_look_for_signals_and_the_read_is_heard(
    tmp_path: Path, program: str
) -> None:
    terminal = asked(tmp_path, program)
    terminal.wait(lambda _: terminal.raw.endswith(b": "), "the question")
    terminal.send("\x03")
    terminal.sees("KeyboardInterrupt")
    terminal.ended()


def test_a_signal_that_ends_nothing_leaves_the_question_waiting(tmp_path: Path) -> None:
    heard = "signal.signal(signal.SIGUSR1, lambda *_: print('heard', flush=True))\n"
    terminal = asked(tmp_path, heard + ANSWER)
    for times in (1, 2):
        terminal.sees("Name:")
        terminal.process.kill(10)
        terminal.sees("\n".join(["Name: heard", "heard"][:times]))
    terminal.line("Website")
    terminal.sees("It is Website")
    assert terminal.ended() == 0


def test_a_password_is_not_shown_and_what_is_typed_afterwards_is(tmp_path: Path) -> None:
    terminal = asked(tmp_path, f"{PASSWORD}\n{ANSWER}")
    terminal.sees("Password:")
    terminal.line("in the dark")
    terminal.sees("It has 11")
    terminal.sees("Name:")
    terminal.line("by day")
    terminal.sees("It is by day")
    assert "dark" not in terminal.text
    assert terminal.ended() == 0


def test_the_end_of_input_is_no_password(tmp_path: Path) -> None:
    terminal = asked(tmp_path, PASSWORD)
    terminal.sees("Password:")
    terminal.send("\x04")
    terminal.sees("No password was given.")
    terminal.ended()
