"""Standard input: every command reads it here, so that nobody reads ahead of another.

A second layer with a buffer of its own would keep what stands behind the line it was asked for: a
password's reader would swallow the log that follows it.
"""

import contextlib
import io
import os
import sys
from functools import lru_cache
from typing import BinaryIO, TextIO

from console.commands.interruptible import InterruptibleReader
from console.commands.output import say
from console.text.safe import safe
from store.errors import Invalid


def is_terminal() -> bool:
    """Return whether somebody sits there who can be asked."""
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()


def stream() -> BinaryIO:
    """Return what is left of it, in bytes. Raises Invalid where it is closed."""
    if sys.stdin is None or sys.stdin.closed:
        raise Invalid("stdin", "Standard input is closed, and something was to be read from it.")
    return _interruptible(sys.stdin)


@lru_cache(maxsize=1)
def _interruptible(stdin: TextIO) -> BinaryIO:
    # Once: what it has read ahead is nobody else's.
    try:
        return io.BufferedReader(InterruptibleReader(stdin.fileno()))
    except OSError:
        return stdin.buffer


def line(what: str) -> str | None:
    """Return the next line without its end, or None where there is none.

    `what` says what it is, for Invalid, which is raised where it is not UTF-8.
    """
    read = stream().readline()
    return _text(read, what).rstrip("\r\n") if read else None


def text(what: str) -> str:
    """Return what is left of it as text. Raises Invalid where that is not UTF-8."""
    return _text(stream().read(), what)


def answer(asked: str, *sentences: str) -> str | None:
    """Return what somebody at the terminal answers to a question; None for the end of input."""
    prompt = "".join(f"{safe(sentence)}\n" for sentence in sentences if sentence) + safe(asked)
    # Standard error may be a file, and then nobody would see what is waited for.
    output = sys.stderr.fileno() if sys.stderr and sys.stderr.isatty() else sys.stdin.fileno()
    with contextlib.suppress(OSError), os.fdopen(os.dup(output), "w", encoding="utf-8") as terminal:
        terminal.write(prompt)
    read = line("answer")
    if read is None:
        # Ctrl+D leaves the cursor behind the question.
        say("")
    return None if read is None else read.strip()


def _text(read: bytes, what: str) -> str:
    try:
        return read.decode()
    except UnicodeDecodeError:
        raise Invalid("stdin", f"The {what} on standard input is not UTF-8.") from None
