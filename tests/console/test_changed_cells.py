"""What is cut from a frame is only what the terminal shows already."""

import pyte
from hypothesis import given
from hypothesis import strategies as st

from console.changed_cells import ChangedCells

COLUMNS, LINES = 12, 4
STYLES = st.lists(
    st.sampled_from(["1", "2", "3", "4", "7", "9", "31", "39", "97", "44", "49", "100"])
    | st.builds("38;2;{};{};{}".format, *[st.integers(0, 2)] * 3)
    | st.builds("48;5;{}".format, st.integers(0, 255)),
    max_size=3,
).map(";".join)
PIECES = st.tuples(
    st.integers(1, LINES),
    st.integers(1, COLUMNS),
    st.lists(st.tuples(STYLES, st.text("ab ●", min_size=1, max_size=6)), max_size=3),
)


def frame(pieces: list[tuple[int, int, list[tuple[str, str]]]]) -> str:
    """Return a frame as Textual writes one: a place, pieces each in a style of its own, a line."""
    told = []
    for line, column, parts in pieces:
        told.append(f"\x1b[{line};{column}H")
        for style, text in parts:
            shown = text[: max(0, COLUMNS + 1 - column)]
            column += len(shown)
            told.append(f"\x1b[{style}m{shown}\x1b[0m" if style else shown)
        told.append("\n" if line < LINES else "")
    return "".join(told) + "\x1b[1;1H"


def seen(screen: pyte.Screen) -> list[object]:
    """Return what a person sees: blanks have no ink, unless there are lines through them."""
    found: list[object] = [(screen.cursor.y, screen.cursor.x)]
    for line in range(LINES):
        for cell in (screen.buffer[line][column] for column in range(COLUMNS)):
            lined = cell.underscore or cell.strikethrough or cell.reverse
            ink = cell.fg if cell.data != " " or lined else None
            heavy = (cell.bold, cell.italics) if cell.data != " " or lined else None
            found.append((cell.data, cell.bg, ink, heavy, lined))
    return found


@given(st.lists(st.lists(PIECES, min_size=1, max_size=6), min_size=1, max_size=5))
def test_a_terminal_shows_the_same_as_if_all_had_been_sent(
    frames: list[list[tuple[int, int, list[tuple[str, str]]]]],
) -> None:
    whole, least = pyte.Screen(COLUMNS, LINES), pyte.Screen(COLUMNS, LINES)
    streams = [pyte.Stream(screen) for screen in (whole, least)]
    cells = ChangedCells()
    for pieces in frames:
        streams[0].feed(frame(pieces))
        streams[1].feed(cells.cut(frame(pieces)))
        assert seen(least) == seen(whole)


def test_what_is_shown_already_is_not_sent_again() -> None:
    cells = ChangedCells()
    line = "\x1b[1;1H\x1b[1;38;2;9;9;9;48;2;1;1;1mActive   \x1b[0mWebsite 1\x1b[4;1H"
    assert len(cells.cut(line)) > 30
    assert cells.cut(line) == ""
    assert cells.cut(line.replace("1\x1b[4", "2\x1b[4")) == "\x1b[1;18H2\x1b[4;1H"


def test_what_is_not_understood_passes_whole_and_nothing_counts_as_shown_after_it() -> None:
    for strange in ("\x1b[2J", "\x1b[?1049h", "\x1b]8;;https://a.example\x1b\\a", "\x1b[1;1H漢"):
        cells = ChangedCells()
        first = cells.cut("\x1b[1;1HWebsite\x1b[1;1H")
        assert cells.cut(strange) == strange
        assert cells.cut("\x1b[1;1HWebsite\x1b[1;1H") == first


def test_the_clipboard_and_the_modes_of_the_mouse_leave_the_cells_alone() -> None:
    cells = ChangedCells()
    cells.cut("\x1b[1;1HWebsite\x1b[1;1H")
    for beside in ("\x1b[?2026h", "\x1b]52;c;aGFsbG8=\x07", "\x1b[?1000l\x1b[?25h"):
        assert cells.cut(beside) == beside
    assert cells.cut("\x1b[1;1HWebsite\x1b[1;1H") == ""
