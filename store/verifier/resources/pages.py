"""Pages of a list by keyset: a cursor says where the last page ended, so none is read twice."""

import base64
import re
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Column, Select, tuple_
from starlette.types import Scope

from store.verifier.problems import Problem, invalid_request
from store.verifier.query import parameters, single
from store.verifier.reference.operation import Parameter

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
    given = parameters(scope)
    limit = single(given, "limit")
    if limit is not None and not (_LIMIT.fullmatch(limit) and 1 <= int(limit) <= MAX_LIMIT):
        raise invalid_request(f"limit is a number from 1 to {MAX_LIMIT}.")
    cursor = single(given, "cursor")
    return Window(
        DEFAULT_LIMIT if limit is None else int(limit),
        None if cursor is None else _position(cursor, columns),
    )


def ordered(select: Select[Any], columns: tuple[Column[Any], ...], wanted: Window) -> Select[Any]:
    """Return a select of one page and one row more, which tells whether another page follows."""
    if wanted.after is not None:
        select = select.where(tuple_(*columns) > tuple_(*wanted.after))
    return select.order_by(*columns).limit(wanted.limit + 1)


def cursor(columns: tuple[Column[Any], ...], row: Any) -> str:
    """Return the opaque text that continues a list after a row."""
    # str: SQLAlchemy's names are of a type of its own, which the encoder does not know.
    position = [str(columns[0].table.name), *(row[column.name] for column in columns)]
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode("ascii").rstrip("=")


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
