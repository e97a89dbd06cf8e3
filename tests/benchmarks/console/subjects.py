"""What is measured: the console, the bare app, and Textual's own table, and how each is driven."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyte

from store.domain.filtering import terms
from store.domain.listing import KeyQuery
from tests.benchmarks.console.seen import current, rows, says, typed
from tests.benchmarks.console.watched import Watched
from tests.house import House

HERE = Path(__file__).parent
COMMON = "tango"
"""A word of one key in fifteen."""

Pressed = tuple[str, float, int, int]
"""What was asked for, milliseconds and bytes to the finished frame, bytes until it had settled."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One program on one store, or on none."""

    name: str
    arguments: list[str]
    keys: int = 0
    house: House | None = None
    """The console's, whose store says what a filter has to show."""
    end: str = "G"
    top: str = "g"

    def drive(self, terminal: Watched, repeats: int) -> Iterator[Pressed]:
        """Press what there is to press, a number of times each."""
        if self.keys:
            yield from _moves(terminal, self, repeats)
        if self.house is not None:
            rare = f"{self.keys * 7 // 10:07}"
            for _ in range(max(1, repeats // 4)):
                yield from _filters(terminal, self.house, "filter keystroke", COMMON)
                yield from _filters(terminal, self.house, "filter keystroke, one fits", rare)
            yield from _opens(terminal, repeats)


def floor() -> Subject:
    """Return the bare app."""
    return Subject("bare Textual app", [sys.executable, str(HERE / "floor_app.py")])


def datatable(house: House, keys: int) -> Subject:
    """Return Textual's own table of every row."""
    path = str(house.store.database.path)
    arguments = [sys.executable, str(HERE / "table_app.py"), path]
    return Subject("DataTable", arguments, keys, end="\x1b[1;5F", top="\x1b[1;5H")


def console(house: House, keys: int) -> Subject:
    """Return the console, opened as sshd's forced command opens it: nobody waits for a password."""
    arguments = [
        *(sys.executable, "-m", "console", "--guest", str(house.alice.person_id)),
        *("--store", house.url, "--workspace", "acme-events"),
        *("--pepper-file", str(house.pepper_path)),
    ]
    return Subject("keydeck", arguments, keys, house)


def _moves(terminal: Watched, subject: Subject, repeats: int) -> Iterator[Pressed]:
    last = subject.keys - 1

    def down(name: str, key: str, times: int) -> Iterator[Pressed]:
        for _ in range(times):
            if current(terminal.screen) == last:
                _to_top(terminal, subject.top)
            at, top = current(terminal.screen), rows(terminal.screen)[0]

            def moved(screen: pyte.Screen, at: int | None = at) -> bool:
                now = current(screen)
                return now is not None and at is not None and now > at

            took = terminal.press(key, moved)
            scrolled = rows(terminal.screen)[0] != top
            yield name + (", scrolling" if scrolled and name == "cursor down" else ""), *took

    yield from down("cursor down", "\x1b[B", repeats)
    yield from down("page down", "\x1b[6~", repeats)
    yield from down("cursor down", "\x1b[B", repeats)
    for _ in range(repeats):
        _to_top(terminal, subject.top)
        yield "jump to end", *terminal.press(subject.end, lambda screen: current(screen) == last)
    _to_top(terminal, subject.top)


def _to_top(terminal: Watched, key: str) -> None:
    if current(terminal.screen) != 0:
        terminal.press(key, lambda screen: current(screen) == 0)


def _filters(terminal: Watched, house: House, name: str, text: str) -> Iterator[Pressed]:
    terminal.press("/", lambda screen: says(screen, "state:revoked") or typed(screen, "/"))
    for length in range(1, len(text) + 1):
        part = text[:length]
        found = house.store.keys.page(house.alice, KeyQuery(terms(part)), limit=3).keys
        wanted = [int(key.name[:7]) for key in found]

        def narrowed(screen: pyte.Screen, part: str = part, wanted: list[int] = wanted) -> bool:
            return typed(screen, part) and rows(screen)[: len(wanted)] == wanted

        yield name, *terminal.press(text[length - 1], narrowed)
    terminal.press("\x1b", lambda screen: not typed(screen, text) and len(rows(screen)) > 1)
    _to_top(terminal, "g")


def _opens(terminal: Watched, repeats: int) -> Iterator[Pressed]:
    # Where there is a pane beside the list, enter goes there and opens no dialog.
    for name, key, marks in (
        ("open detail", "\r", ("esc Close", "Back to the list")),
        ("open create", "n", ("1 of 3",)),
    ):

        def open_(screen: pyte.Screen, marks: tuple[str, ...] = marks) -> bool:
            return any(says(screen, mark) for mark in marks)

        def closed(screen: pyte.Screen, marks: tuple[str, ...] = marks) -> bool:
            return not any(says(screen, mark) for mark in marks)

        for _ in range(repeats):
            yield name, *terminal.press(key, open_)
            terminal.press("\x1b", closed)
