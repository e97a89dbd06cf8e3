"""Reads in the words of each driver: for whoever asks the same over and over and prepares it once.

The verifier's lookup runs them on a connection of its own. To put one of SQLAlchemy's statements
together takes far longer than to run it, and so does to make objects of what it found.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from sqlalchemy import Select

Row = tuple[Any, ...]
Parameters = Sequence[object] | Mapping[str, object]
"""In the order in which they stand, or by name."""


class Statement(NamedTuple):
    """A read in the words of each driver."""

    sqlite: str
    postgres: str


def statement(text: str) -> Statement:
    """Return a read; `{}` stands for a parameter. The text never comes from outside."""
    return Statement(text.replace("{}", "?"), text.replace("{}", "%s"))


class PreparedSelect:
    """A select of SQLAlchemy's, put together once. Its rows are what the driver makes of them."""

    def __init__(self, select: "Select[Any]") -> None:
        """What varies in it is a `bindparam` without a value; each of them has to be given."""
        from sqlalchemy.dialects.postgresql.psycopg import dialect as postgres
        from sqlalchemy.dialects.sqlite import dialect as sqlite

        on_sqlite = select.compile(dialect=sqlite(paramstyle="named"))
        on_postgres = select.compile(dialect=postgres())  # type: ignore[no-untyped-call]
        self.statement = Statement(str(on_sqlite), str(on_postgres))
        self._constants = {
            name: value
            for name, value in {**on_sqlite.params, **on_postgres.params}.items()
            if value is not None
        }

    def with_values(self, given: Mapping[str, object]) -> dict[str, object]:
        """Return every parameter by its name."""
        return {**self._constants, **given}
