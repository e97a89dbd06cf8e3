"""What every list takes: which columns, in which order, which rows; a table, or JSON."""

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any, TypeVar

import click

from console.commands.line import Line
from console.commands.output import begun, documents, json_lines, say
from console.commands.tables import Cell, Column, Content, table
from console.text.badges import Badge
from store.domain.names import fold
from store.errors import Invalid

MOST_SORTED = 10_000
"""Rows of a list that are held to be sorted, where no index has them in order."""
_NEAR = 0.75
"""From where on a word before a colon is taken for a column's name (difflib's ratio)."""
_TERM = re.compile(r'-?(?:[^\s":]+:)?"[^"]*"?|\S+')

T = TypeVar("T")
Row = Sequence[Content]


class Listing:
    """A list as a command has it: its columns, and what of it can be asked for."""

    def __init__(
        self,
        *columns: str | Column,
        orders: Sequence[str] = (),
        own_filter: bool = False,
    ) -> None:
        """Take the columns.

        `orders` are those that the store itself can sort by, and then the only ones. One with its
        `own_filter` has an option for that itself.
        """
        self.columns = [Column(one) if isinstance(one, str) else one for one in columns]
        self.names = [column.name for column in self.columns]
        self.orders = [*orders]
        self._own_filter = own_filter

    def options(self, command: Callable[..., Any]) -> Callable[..., Any]:
        """Give a command the options of a list, and `shown`, which prints it. Above `common`."""
        offered = [
            click.option(
                "--columns",
                metavar="NAME,...",
                help=f"Which, in this order: {', '.join(self.names)}.",
            ),
            click.option(
                "--sort",
                metavar="[-]COLUMN",
                help="By a column; with - the other way round."
                + (f" One of {', '.join(self.orders)}." if self.orders else ""),
            ),
        ]
        if not self._own_filter:
            told = f"Rows that have all words; '{self.names[0]}:x' in that column, -x not."
            offered.append(click.option("--filter", "words", metavar="TEXT", help=told))
        told = "One JSON document a line, while it is read."
        offered.append(click.option("--jsonl", is_flag=True, help=told))

        @functools.wraps(command)
        def with_shown(*given: Any, columns: str | None, sort: str | None, **more: Any) -> Any:
            words, lines = more.pop("words", None), more.pop("jsonl")
            asked = Shown(
                columns=self._chosen(columns) if columns is not None else self._usual(),
                named=columns is not None,
                order=self._order(sort) if sort is not None else None,
                listing=self,
                terms=self._terms(words or ""),
                jsonl=lines,
            )
            return command(*given, shown=asked, **more)

        made: Callable[..., Any] = with_shown
        for option in reversed(offered):
            made = option(made)
        return made

    def _usual(self) -> list[int]:
        return [at for at, column in enumerate(self.columns) if not column.extra]

    def _chosen(self, text: str) -> list[int]:
        found = [self._at(name, "columns", self.names) for name in text.split(",")]
        return list(dict.fromkeys(found))

    def _order(self, text: str) -> tuple[str, bool]:
        descending = text.startswith("-")
        at = self._at(text.removeprefix("-"), "sort", self.orders or self.names)
        return self.names[at], descending

    def _at(self, given: str, option: str, known: Sequence[str]) -> int:
        name = re.sub(r"[ _]+", "-", given.strip().lower())
        if name in known:
            return self.names.index(name)
        if name in self.names:
            reason = "it is printed while it is read"
            raise Invalid(option, f"This list has no order by {name}: {reason}. {_known(known)}")
        near = get_close_matches(name, known, 1)
        meant = f"Did you mean {near[0]}? " if near else ""
        raise Invalid(option, f"There is no column “{given.strip()}”. {meant}{_known(known)}")

    def _terms(self, text: str) -> list[tuple[bool, int | None, str]]:
        """Return what a filter says: whether it must not hold, in which column, and the word."""
        terms: list[tuple[bool, int | None, str]] = []
        for token in _TERM.findall(text):
            negated = token.startswith("-") and len(token) > 1
            name, colon, value = token[negated:].partition(":")
            # What is near to a column's name is meant for it; a scope, an address are words.
            if colon and get_close_matches(name.lower(), self.names, 1, _NEAR):
                at = self._at(name, "filter", self.names)
                terms.append((negated, at, fold(value.strip('"'))))
            else:
                terms.append((negated, None, fold(token[negated:].strip('"'))))
        return terms


@dataclass(frozen=True)
class Shown:
    """A list as somebody asked to see it."""

    listing: Listing
    columns: Sequence[int]
    named: bool
    """Whether somebody named the columns."""
    order: tuple[str, bool] | None
    """What it is sorted by, and whether the other way round; None for its usual order."""
    terms: Sequence[tuple[bool, int | None, str]]
    jsonl: bool

    def print(
        self,
        line: Line,
        items: Iterable[T],
        *,
        row: Callable[[T], Row],
        content: Callable[[T], Any],
        nothing: str = "",
    ) -> bool:
        """Print a list while it is read, as a table or as JSON; return whether there was any.

        `row` gives an item's cells, one for each column there is; `content` what JSON has of it;
        `nothing` is said where there is none. Raises Invalid.
        """
        if line.json and self.jsonl:
            raise Invalid("jsonl", "Say --json or --jsonl, not both.")
        if self.named and (line.json or self.jsonl):
            raise Invalid("columns", "--columns is for the table. JSON has everything.")
        found = begun(self._sorted((one for one in items if self._fits(one, row)), row))
        if self.jsonl:
            json_lines(content(one) for one in found or ())
        elif line.json:
            documents(content(one) for one in found or ())
        elif found is None and (nothing or self.terms):
            say("Nothing matches." if self.terms else nothing)
        else:
            head = [self.listing.columns[at] for at in self.columns]
            table(head, (self._picked(row(one)) for one in found or ()))
        return found is not None

    def _picked(self, cells: Row) -> Row:
        return [cells[at] for at in self.columns]

    def _fits(self, item: T, row: Callable[[T], Row]) -> bool:
        if not self.terms:
            return True
        texts = [fold(_text(cell)) for cell in row(item)]
        return all(
            negated is not any(word in text for text in (texts if at is None else [texts[at]]))
            for negated, at, word in self.terms
        )

    def _sorted(self, items: Iterator[T], row: Callable[[T], Row]) -> Iterable[T]:
        if self.order is None or self.listing.orders:
            return items
        at = self.listing.names.index(self.order[0])
        held = list(islice(items, MOST_SORTED + 1))
        if len(held) > MOST_SORTED:
            raise too_many()
        down = self.order[1]
        return sorted(held, key=lambda one: _rank(row(one)[at], down=down), reverse=down)


def latest(text: str, instant: int | None) -> Cell:
    """Return a cell that says how long ago something was: sorted, the latest comes first."""
    return Cell(text, None if instant is None else -instant)


def too_many() -> Invalid:
    """Return that a list is longer than what is held to be sorted."""
    return Invalid(
        "sort",
        f"These are more than {MOST_SORTED:,}, too many to be held and sorted. Narrow them with "
        "--filter, or sort what is printed.",
    )


def _known(names: Sequence[str]) -> str:
    return f"There are {', '.join(names)}."


def _text(cell: Content) -> str:
    if isinstance(cell, Badge):
        return cell.word
    return cell.text if isinstance(cell, Cell) else cell


def _rank(cell: Content, *, down: bool) -> tuple[bool, Any]:
    """Return what a cell is sorted by; where there is nothing comes last both ways."""
    if isinstance(cell, Cell):
        return (cell.by is None) is not down, cell.by or 0
    return down, fold(_text(cell))
