"""How many rows each transaction writes, those of triggers too, by the engine's own count."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from sqlalchemy import Connection, Engine, event

_STORE = str(Path(__file__).parents[2] / "store")
_WRITTEN = """
SELECT coalesce(sum(pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
                    + pg_stat_get_xact_tuples_deleted(oid)), 0)::bigint
FROM pg_class WHERE relnamespace = 'public'::regnamespace
"""
_FROM_NOUGHT = "SELECT pg_stat_force_next_flush()"
"""PostgreSQL's numbers go on over transactions until it has told them: let it, after this one."""


@contextmanager
def writing_counted() -> Iterator[dict[str, int]]:
    """Give what is filled with the most rows that one transaction wrote, by whose it was.

    It is that of the use case: of the outermost function of `store` that was being executed.
    """
    most: dict[str, int] = {}
    before: dict[int, int] = {}

    def begun(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        if driver is not None and not hasattr(driver, "pgconn"):
            before[id(driver)] = driver.total_changes

    def ends(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        if driver is None:
            return
        if hasattr(driver, "pgconn"):
            with driver.cursor() as cursor:
                (written,) = cursor.execute(_WRITTEN).fetchone()
                cursor.execute(_FROM_NOUGHT)
        else:
            written = driver.total_changes - before.get(id(driver), 0)
        whose = _use_case()
        most[whose] = max(most.get(whose, 0), int(written))

    event.listen(Engine, "begin", begun)
    event.listen(Engine, "commit", ends)
    try:
        yield most
    finally:
        event.remove(Engine, "begin", begun)
        event.remove(Engine, "commit", ends)


@contextmanager
def executions_counted() -> Iterator[list[str]]:
    """Give a list of the statements that are executed meanwhile."""
    executed: list[str] = []

    def before(_: Connection, __: object, statement: str, *___: object) -> None:
        executed.append(statement)

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield executed
    finally:
        event.remove(Engine, "before_cursor_execute", before)


def _use_case() -> str:
    outermost = "a test"
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename.startswith(_STORE):
            outermost = frame.f_code.co_qualname
        frame = frame.f_back
    return outermost
