"""A list of rows under somebody's eyes: what others bring moves neither the row nor the view."""

import pytest
from textual.app import App, ComposeResult

from console.widgets.row_list import ListColumn, Row, RowList

pytestmark = pytest.mark.anyio


class Lists(App[None]):
    """A list, and nothing else."""

    CSS = "RowList { height: 10; }"

    def __init__(self, follow_top: bool) -> None:
        super().__init__()
        self.rows = RowList([ListColumn("Name")], ascii_only=False, follow_top=follow_top)

    def compose(self) -> ComposeResult:
        """Draw the list."""
        yield self.rows


def rows(ids: range) -> list[Row]:
    """Return rows of such ids."""
    return [Row(str(number), (f"Row {number}",)) for number in ids]


@pytest.mark.parametrize(
    ("top", "cursor", "then", "anew", "follow_top", "shows"),
    [
        # The first of the rows is 100; `shows` is the current row, and the first in view.
        # Begun anew, wherever it was.
        (20, 25, range(100, 140), True, False, ("100", "100")),
        (20, 25, range(50, 90), True, True, ("50", "50")),
        (0, 0, range(0), True, False, (None, None)),
        # The same rows.
        (20, 25, range(100, 140), False, False, ("125", "120")),
        # Others before, after, or fewer before: the row stays, and where it is in view.
        (20, 25, range(90, 140), False, False, ("125", "120")),
        (20, 25, range(100, 160), False, False, ("125", "120")),
        (20, 25, range(105, 140), False, False, ("125", "120")),
        # Scrolled away from: nobody is brought back to it.
        (20, 3, range(90, 140), False, False, ("103", "120")),
        # From the first row in view others above are seen, unless it is the current one.
        (0, 4, range(98, 140), False, False, ("104", "98")),
        (0, 8, range(90, 140), False, False, ("108", "100")),
        (0, 0, range(98, 140), False, False, ("100", "98")),
        # Whoever is on top stays there.
        (0, 0, range(98, 140), False, True, ("98", "98")),
        (0, 1, range(98, 140), False, True, ("101", "98")),
        (20, 25, range(98, 140), False, True, ("125", "120")),
        # The current row is gone: the one in its place.
        (20, 25, range(126, 160), False, False, ("151", "146")),
        (20, 25, range(100, 104), False, False, ("103", "100")),
        (20, 25, range(0), False, False, (None, None)),
    ],
)
async def test_other_rows_leave_somebody_where_they_are(
    top: int,
    cursor: int,
    then: range,
    anew: bool,
    follow_top: bool,
    shows: tuple[str | None, str | None],
) -> None:
    app = Lists(follow_top)
    async with app.run_test(size=(40, 12)) as pilot:
        app.rows.show(rows(range(100, 140)), anew=True)
        await pilot.pause()
        app.rows.action_move(cursor)
        app.rows.scroll_to(y=top, animate=False, immediate=True)
        await pilot.pause()
        app.rows.show(rows(then), anew=anew)
        await pilot.pause()
        first = app.rows.scroll_offset.y
        assert (app.rows.current, str(then[first]) if then else None) == shows
