"""Where the permissions grid has its boxes: columns of read and write, then what a resource has
of its own, as many to a line as fit. Pure.
"""

from collections.abc import Sequence
from typing import NamedTuple

from store.domain.scopes import USUAL, Scope

COLUMN = 9
"""Width of a column in cells: the box, the mark of a change, a gap."""
_BESIDE = 7
"""What a box with its name beside it takes beyond the name: box, blank, mark, gap."""


class GridRow(NamedTuple):
    """What can be granted on one resource."""

    name: str
    title: str
    actions: tuple[str, ...]

    @property
    def own(self) -> tuple[str, ...]:
        """The actions that have no column."""
        return tuple(action for action in self.actions if action not in USUAL)


class Box(NamedTuple):
    """The box of one scope, and where it is drawn."""

    scope: Scope
    row: int
    """Of the resource, from 0."""
    line: int
    """From 0, the first one below the head."""
    left: int
    width: int
    """Of all of it, in cells."""
    label: str
    """The action's name beside it; nothing below the head of a column."""


def laid_out(rows: Sequence[GridRow], left: int, width: int) -> list[list[Box]]:
    """Return the boxes of each row, in the order of its actions but for read and write, which lead.

    `left` is where the first column begins, `width` what there is, both in cells.
    """
    boxes: list[list[Box]] = []
    line = 0
    for number, row in enumerate(rows):
        mine = [
            Box(Scope(row.name, action), number, line, left + at * COLUMN, COLUMN, "")
            for at, action in enumerate(USUAL)
            if action in row.actions
        ]
        beside = left + len(USUAL) * COLUMN
        longest = max((len(action) for action in row.own), default=0) + _BESIDE
        # What is too wide beside the columns begins below them.
        margin = beside if beside + longest <= width else left
        at = beside if mine else margin
        for action in row.own:
            takes = min(len(action) + _BESIDE, max(_BESIDE, width - margin))
            if at + takes > width and (at > margin or margin < beside):
                line, at = line + 1, margin
            mine.append(Box(Scope(row.name, action), number, line, at, takes, action))
            at += takes
        boxes.append(mine)
        line += 1
    return boxes
