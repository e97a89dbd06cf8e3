"""What goes to standard output and what to standard error."""

import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from typing import Any, TextIO, TypeVar

from console.text.safe import safe, safe_json
from store.domain.key_string import Secret
from store.errors import KeydeckError
from store.operations.progress import Progress, unseen

T = TypeVar("T")


@dataclass(eq=False)
class OutputLost(KeydeckError):
    """Standard output did not take what was to be printed."""

    reason: str
    closed: bool
    """Whether whoever read it has gone: they may have seen enough."""

    def __str__(self) -> str:
        return f"Standard output could not be written: {self.reason}."


class Output:
    """Standard output, whose failures are told from all others. Everything else is its own."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text. Raises OutputLost."""
        if self._stream is None:
            raise OutputLost("it is closed", closed=False)
        with _losing():
            return self._stream.write(text)

    def flush(self) -> None:
        """Write what is still kept. Raises OutputLost."""
        if self._stream is not None:
            with _losing():
                self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def _losing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputLost(reason, closed=isinstance(error, BrokenPipeError)) from None


def document(content: Any) -> None:
    """Print one JSON document."""
    print(safe_json(content, indent=2), flush=True)


def documents(contents: Iterable[Any]) -> None:
    """Print one JSON document, an array, item by item: as `document` would print all of it."""
    opening = "[\n  "
    for content in contents:
        text = safe_json(content, indent=2).replace("\n", "\n  ")
        sys.stdout.write(f"{opening}{text}")
        opening = ",\n  "
    sys.stdout.write("[]\n" if opening.startswith("[") else "\n]\n")
    sys.stdout.flush()


def json_lines(contents: Iterable[Any]) -> None:
    """Print JSON documents, each on a line of its own (JSON Lines)."""
    for content in contents:
        sys.stdout.write(safe_json(content) + "\n")
    sys.stdout.flush()


def at_terminal() -> bool:
    """Return whether standard output is somebody's terminal."""
    ask = getattr(sys.stdout, "isatty", None)
    return ask is not None and bool(ask())


def begun(items: Iterable[T]) -> Iterator[T] | None:
    """Return what is read while it is printed, its first item read; None where there is none."""
    rest = iter(items)
    return next((chain([first], rest) for first in rest), None)


def secret(value: Secret) -> None:
    """Print a secret and a line break, and nothing else."""
    sys.stdout.write(f"{value.reveal()}\n")
    sys.stdout.flush()


def say(sentence: str) -> None:
    """Tell the person, on standard error: standard output is for what was asked for.

    Where that cannot be written, what is being done goes on all the same.
    """
    if sys.stderr is not None:
        with suppress(OSError):
            print(safe(sentence), file=sys.stderr, flush=True)


def progress(title: str) -> Progress:
    """Return what draws how far something is on standard error, where that is a terminal.

    One line, taken away at the end; Ctrl+C stops between two things.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        return unseen

    def draw(done: int, total: int, name: str) -> None:
        room = shutil.get_terminal_size().columns - 1
        text = "" if done == total else safe(f"{title}: {done:,} of {total:,}  {name}")[:room]
        # No escape sequence: a blank line takes the last one away on every terminal.
        print(f"\r{text:<{room}}\r", end="" if done == total else text, file=sys.stderr, flush=True)

    return draw
