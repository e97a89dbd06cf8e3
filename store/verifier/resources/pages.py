"""Pages of a list by keyset: a cursor says where the last page ended, so none is read twice."""

import base64
import re
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    Table,
    bindparam,
    literal_column,
    select,
    tuple_,
)
from starlette.types import Scope

from store.domain.key_string import SHORTEST_KEY
from store.persistence.prepared import PreparedSelect, Row
from store.verifier.lookup.reader import Lookup
from store.verifier.operation import Parameter
from store.verifier.problems import Problem, invalid_request
from store.verifier.query import parameters, single

DEFAULT_LIMIT = 50
MAX_LIMIT = 200

_LIMIT = re.compile(r"[0-9]{1,3}", re.ASCII)
_INTEGERS = range(-(2**63), 2**63)

PARAMETERS = (
    Parameter(
        "limit",
        "How many at the most.",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        "50",
    ),
    Parameter("cursor", "Where the last page ended: its `next`.", {"type": "string"}, "…"),
)

Position = tuple[int | str, ...]


class Window(NamedTuple):
    """Which part of a list was asked for."""

    limit: int
    after: Position | None


def window(scope: Scope, columns: tuple[Column[Any], ...]) -> Window:
    """Return the page a request asks for, of a list in the order of `columns`.

    Raises Problem (400) for a limit outside 1 to 200 or a cursor that this list never gave.
    """
    query = scope["query_string"]
    # Nothing that could hold a key is remembered.
    return (_short_window if len(query) < SHORTEST_KEY else _window)(query, columns)


def _window(query: bytes, columns: tuple[Column[Any], ...]) -> Window:
    given = parameters(query)
    limit = single(given, "limit")
    if limit is not None and not (_LIMIT.fullmatch(limit) and 1 <= int(limit) <= MAX_LIMIT):
        raise invalid_request(f"limit is a number from 1 to {MAX_LIMIT}.")
    asked = DEFAULT_LIMIT if limit is None else int(limit)
    return window_at(asked, single(given, "cursor"), columns)


_short_window = lru_cache(1024)(_window)


def window_at(limit: int, cursor: str | None, columns: tuple[Column[Any], ...]) -> Window:
    """Return the page of a length after a cursor. Raises Problem (400) as `window` does."""
    return Window(limit, None if cursor is None else _position(cursor, columns))


class Pages:
    """The reads of one list. Made once: to build one takes longer than to run it."""

    def __init__(
        self, table: Table, columns: tuple[Column[Any], ...], order: tuple[Column[Any], ...]
    ) -> None:
        """`columns` are read; those of `order` are among them, and unique within a workspace."""
        # str: SQLAlchemy's names are of a type of its own, which the encoder does not know.
        self._name = str(table.name)
        self._order = order
        self._places = tuple(columns.index(column) for column in order)
        first = (
            select(*columns)
            .where(table.c.workspace_id == bindparam("workspace_id"))
            .order_by(*order)
            .limit(_rows())
        )
        after = [bindparam(f"after_{column.name}", type_=column.type) for column in order]
        self._first = PreparedSelect(first)
        self._next = PreparedSelect(first.where(tuple_(*order) > tuple_(*after)))

    def read(self, lookup: Lookup, workspace_id: int, wanted: Window) -> list[Row]:
        """Return one page and one row more, which tells whether another page follows."""
        given = {"workspace_id": workspace_id, "rows": wanted.limit + 1}
        if wanted.after is None:
            return lookup.rows(self._first, **given)
        after = {
            f"after_{column.name}": value
            for column, value in zip(self._order, wanted.after, strict=True)
        }
        return lookup.rows(self._next, **given, **after)

    def cursor(self, row: Row) -> str:
        """Return the opaque text that continues the list after a row."""
        position = [self._name, *(row[place] for place in self._places)]
        return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode("ascii").rstrip("=")


def _rows() -> ColumnElement[int]:
    """Return how many rows are read, in words after which SQLite does not look at the number.

    Where a parameter alone is the limit, SQLite plans by its value, and so prepares the statement
    anew whenever one is bound: that takes longer than to read a page.
    """
    return bindparam("rows", type_=Integer) + literal_column("0")


def _position(text: str, columns: tuple[Column[Any], ...]) -> Position:
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        found = msgspec.json.decode(
            base64.b64decode(padded, altchars=b"-_", validate=True), type=list[int | str]
        )
    except (ValueError, msgspec.DecodeError):
        raise _no_cursor() from None
    wanted = [str, *(column.type.python_type for column in columns)]
    if [type(value) for value in found] != wanted or found[0] != columns[0].table.name:
        raise _no_cursor()
    position = found[1:]
    if any(isinstance(value, int) and value not in _INTEGERS for value in position):
        raise _no_cursor()
    return tuple(position)


def _no_cursor() -> Problem:
    return invalid_request("cursor is not one that this list gave.")
