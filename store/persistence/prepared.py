"""Reads in the words of each driver: for whoever asks the same over and over and prepares it once.

The verifier's lookup runs them on a connection of its own. To put one of SQLAlchemy's statements
together takes far longer than to run it, and so does to make objects of what it found.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from sqlalchemy import Dialect, Select

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


class Words(NamedTuple):
    """A select as one driver has it, and the parameters that are always the same."""

    text: str
    constants: dict[str, object]

    def with_values(self, given: Mapping[str, object]) -> dict[str, object]:
        """Return every parameter by its name."""
        return {**self.constants, **given}


class PreparedSelect:
    """A select of SQLAlchemy's, put together once. Its rows are what the driver makes of them.

    For the engine that is asked: PostgreSQL's words alone are a twelfth of what a verifier loads.
    """

    def __init__(self, select: "Select[Any]") -> None:
        """What varies in it is a `bindparam` without a value; each of them has to be given."""
        self._select = select

    @cached_property
    def sqlite(self) -> Words:
        """What SQLite is asked."""
        from sqlalchemy.dialects.sqlite import dialect

        return self._words(dialect(paramstyle="named"))

    @cached_property
    def postgres(self) -> Words:
        """What PostgreSQL is asked."""
        from sqlalchemy.dialects.postgresql.psycopg import dialect

        return self._words(dialect())  # type: ignore[no-untyped-call]

    def _words(self, dialect: "Dialect") -> Words:
        compiled = self._select.compile(dialect=dialect)
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        return Words(str(compiled), constants)
