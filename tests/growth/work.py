"""How much an engine reads for each statement, by its own count and never by a clock.

SQLite calls back each time a statement goes round a loop: once for each row or entry it looks at,
or sorts. PostgreSQL counts the rows and pages that a transaction has read. Both count what was
executed, with the parameters it had, and what its triggers did.
"""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import SQLAlchemyError

_STORE = str(Path(__file__).parents[2] / "store")
_KEYS = f"{_STORE}/persistence/repositories/key_"
_BENEATH = (
    *(f"{_STORE}/persistence/{place}" for place in ("database/", "unit.py")),
    # What reads keys does so for whoever asks for them.
    *(f"{_KEYS}{place}" for place in ("reading.py", "rows.py")),
)
_GIVEN = r"(?:\?|'[^']*'|%\(\w+\)s(?:::\w+)?)"
_LIST = re.compile(rf"\({_GIVEN}(?:, {_GIVEN})*\)")
_READ = """
SELECT coalesce(sum(pg_stat_get_xact_tuples_returned(oid) + pg_stat_get_xact_tuples_fetched(oid)
                    + pg_stat_get_xact_blocks_fetched(oid)), 0)::bigint
FROM pg_class WHERE relnamespace = 'public'::regnamespace
"""


@dataclass(frozen=True)
class Work:
    """What one statement was, and how much was read for it."""

    amount: int
    statement: str
    parameters: Any
    plan: str = ""


Which = tuple[str, str]
"""The function of `store` that executed a statement, and the statement, lists in it cut short."""


class Tally:
    """The most that was read for each statement."""

    def __init__(self) -> None:
        self.most: dict[Which, Work] = {}
        self.total = 0
        """Of all statements together."""
        self._loops: dict[int, list[int]] = {}
        self._drivers: list[Any] = []
        self._open: dict[int, tuple[int, str, str, Any]] = {}

    def begin(self, driver: Any, label: str, statement: str, parameters: Any) -> None:
        """Count on a driver's connection, from here to the next beginning or end, for a label."""
        so_far = self.end(driver)
        if so_far is None:
            so_far = self._so_far(driver)
        self._open[id(driver)] = so_far, label, statement, parameters

    def end(self, driver: Any) -> int | None:
        """Take in what was begun; return what was counted until now, where that was asked."""
        begun = self._open.pop(id(driver), None)
        if begun is None or _is_broken(driver):
            return None
        start, label, statement, parameters = begun
        so_far = self._so_far(driver)
        work = Work(so_far - start, statement, parameters)
        self.total += work.amount
        which = label, _LIST.sub("(…)", statement)
        if which not in self.most or work.amount > self.most[which].amount:
            self.most[which] = work
        return so_far

    def amount(self, which: Which) -> int:
        """Return the most that was read for a statement, 0 where there was none."""
        work = self.most.get(which)
        return work.amount if work else 0

    def explain(self, engine: Engine, *settings: str) -> None:
        """Add what the engine says of how it executes each of them.

        `settings` are statements that come before.
        """
        word = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
        for which, work in self.most.items():
            # Some are no statements, and some were many at once.
            with suppress(SQLAlchemyError), engine.connect() as connection:
                for setting in settings:
                    connection.exec_driver_sql(setting)
                told = connection.exec_driver_sql(f"{word} {work.statement}", work.parameters)
                plan = "\n".join(str(row[-1]) for row in told)
                self.most[which] = replace(work, plan=plan)

    def _so_far(self, driver: Any) -> int:
        if hasattr(driver, "pgconn"):
            with driver.cursor() as cursor:
                (read,) = cursor.execute(_READ).fetchone()
            return int(read)
        loops = self._loops.get(id(driver))
        if loops is None:
            loops = self._loops[id(driver)] = [0]
            # As long as it is kept, no other has its id.
            self._drivers.append(driver)
            driver.set_progress_handler(_adding(loops), 1)
        return loops[0]


@contextmanager
def tallied() -> Iterator[Tally]:
    """Count for every statement that goes through SQLAlchemy."""
    tally = Tally()

    def before(
        connection: Connection, cursor: object, statement: str, parameters: Any, *_: object
    ) -> None:
        driver = connection.connection.driver_connection
        tally.begin(driver, executed_by(), statement, parameters)

    def over(connection: Connection) -> None:
        tally.end(connection.connection.driver_connection)

    listeners = (("before_cursor_execute", before), ("commit", over), ("rollback", over))
    for name, listener in listeners:
        event.listen(Engine, name, listener)
    try:
        yield tally
    finally:
        for name, listener in listeners:
            event.remove(Engine, name, listener)


def executed_by() -> str:
    """Return the innermost function of `store`, above its database, that is being executed."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        place = frame.f_code.co_filename
        if place.startswith(_STORE) and not place.startswith(_BENEATH):
            return frame.f_code.co_qualname
        frame = frame.f_back
    return "a test"


def _adding(loops: list[int]) -> Callable[[], int]:
    def again() -> int:
        loops[0] += 1
        return 0

    return again


def _is_broken(driver: Any) -> bool:
    return hasattr(driver, "pgconn") and driver.info.transaction_status in (
        TransactionStatus.INERROR,
        TransactionStatus.UNKNOWN,
    )
