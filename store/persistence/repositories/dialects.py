"""The few statements that are not the same words on every engine."""

from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import BigInteger, Boolean, ColumnElement, Connection, Select, Table, cast, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

Upsert: TypeAlias = "sqlite.Insert | postgresql.Insert"
"""An INSERT that says what to do about rows that are there."""


def inserting(connection: Connection, table: Table) -> Upsert:
    """Return an INSERT with `on_conflict_do_update`, in the words of the connection's engine."""
    # Each as it is needed: PostgreSQL's is a twentieth of the console's start.
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def beside_indexes(column: ColumnElement[int]) -> ColumnElement[int]:
    """Return a column's value as no index has it.

    For what sorts nothing out, such as the workspace where one has nearly all there is: without
    statistics SQLite takes an index by its shape, and would walk through all of the workspace.
    """
    return column + 0


def of_few(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    """Return a condition as one that few rows fit, whatever an engine has gathered of them."""
    return _OfFew(condition)


def among_found(column: ColumnElement[Any], found: Select[Any]) -> ColumnElement[Any]:
    """Return the condition that a statement finds a column's value; it is executed once.

    With IN, PostgreSQL executes it again for each row where it expects to have but a few.
    """
    return _AmongFound(column, found.correlate(None).scalar_subquery())


def total(counts: ColumnElement[int]) -> ColumnElement[int]:
    """Return the sum of counts as an integer: PostgreSQL makes a decimal of it."""
    return cast(func.sum(counts), BigInteger)


def has_part(column: ColumnElement[Any], part: str) -> ColumnElement[bool]:
    """Return the condition that a text holds a part, the case of ASCII letters ignored."""
    escaped = part.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return _Like(column, f"%{escaped}%")


# These two are without a type: SQLAlchemy would compare what is boolean with 1, which no index has.
class _OfFew(FunctionElement[Any]):
    name = "of_few"
    inherit_cache = True


class _AmongFound(FunctionElement[Any]):
    name = "among_found"
    inherit_cache = True


@compiles(_OfFew)
def _few_on_any(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    (condition,) = element.clauses
    return compiler.process(condition, **options)


@compiles(_OfFew, "sqlite")
def _few_on_sqlite(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    return f"unlikely({_few_on_any(element, compiler, **options)})"


@compiles(_AmongFound)
def _among_on_any(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    column, found = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN {found}"


@compiles(_AmongFound, "postgresql")
def _among_on_postgres(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    column, found = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY (ARRAY{found})"


# SQLAlchemy's own icontains would fold every row anew on SQLite, whose LIKE ignores case by itself.
class _Like(FunctionElement[bool]):
    type = Boolean()
    name = "like"
    inherit_cache = True


@compiles(_Like)
def _on_any(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    return _like("LIKE", element, compiler, options)


@compiles(_Like, "postgresql")
def _on_postgres(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    return _like("ILIKE", element, compiler, options)


def _like(word: str, element: Any, compiler: SQLCompiler, options: dict[str, Any]) -> str:
    column, pattern = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} {word} {pattern} ESCAPE '/')"
