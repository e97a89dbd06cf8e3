"""Usage: counted in memory, written in one batch a second. Never delays a verification.

Counted are the verdicts given to somebody who held the secret: valid, expired, revoked, plan,
scope. Everything else belongs to no key and is only in /metrics. A key was used when it was valid:
`last_used_at` and `first_used_at` are instants of valid verdicts alone. A write decides its
verdict twice, and a revocation in between leaves one count of each. What was counted in the last
second before a crash is lost.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import NamedTuple

from sqlalchemy import Connection, case, func
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import IntegrityError

from store.database import Database
from store.errors import StoreUnusable
from store.schema import key_minutes, key_usage
from store.times import MINUTE
from store.verdicts import Verdict
from store.verifier.counters import Counters
from store.verifier.verify import KeyRow

FLUSH_EVERY_S = 1.0
MOST_KEPT = 100_000
"""How many numbers are kept while the store cannot be written; beyond that the oldest go."""

_log = logging.getLogger("keydeck.verifier")

_Minutes = dict[tuple[int, str, int, Verdict], int]


class _Used(NamedTuple):
    first: int
    last: int
    address: str | None


_UsedBy = dict[tuple[int, str], _Used]


class Usage:
    """What one worker counted and has not written yet. Used from the worker's loop alone."""

    def __init__(self, database: Callable[[], Database], counters: Counters) -> None:
        """`database` gives the engine on the file that stands at the store's path now."""
        self._database = database
        self._counters = counters
        self._minutes: _Minutes = {}
        self._used: _UsedBy = {}
        self._failing = False
        self._stopping = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="keydeck-usage")

    def record(self, key: KeyRow, verdict: Verdict, now: int, address: str | None) -> None:
        """Count one verdict about a key at an instant; two dictionary entries, no I/O."""
        slot = (key.workspace_id, key.id, now // MINUTE, verdict)
        self._minutes[slot] = self._minutes.get(slot, 0) + 1
        if verdict is Verdict.VALID:
            whose = (key.workspace_id, key.id)
            before = self._used.get(whose)
            if before is None:
                self._used[whose] = _Used(now, now, address)
            else:
                self._used[whose] = _Used(before.first, max(before.last, now), address)

    async def run(self) -> None:
        """Write what was counted once a second, and the rest once `stop` was called."""
        stopping = False
        while not stopping:
            with suppress(TimeoutError):
                stopping = await asyncio.wait_for(self._stopping.wait(), FLUSH_EVERY_S)
            await self.flush()
        self._thread.shutdown()

    def stop(self) -> None:
        """Let `run` write the rest and end. It is not cancelled: a batch may be on its way."""
        self._stopping.set()

    async def flush(self) -> None:
        """Write what was counted so far. A failure keeps it for the next time."""
        if not self._minutes:
            return
        minutes, self._minutes = self._minutes, {}
        used, self._used = self._used, {}
        try:
            database = self._database()
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._thread, _write, database, minutes, used)
        except IntegrityError:
            # The store was replaced by one that never had these keys: the counts have no home.
            self._counters.dropped(sum(minutes.values()))
        except StoreUnusable as error:
            self._keep(minutes, used)
            self._say_failing(error)
        except Exception:
            self._keep(minutes, used)
            self._counters.flushed(ok=False)
            _log.exception("Usage could not be written.")
        else:
            self._counters.flushed(ok=True)
            if self._failing:
                self._failing = False
                _log.warning("Usage is written again.")

    def _say_failing(self, error: StoreUnusable) -> None:
        self._counters.flushed(ok=False)
        if not self._failing:
            self._failing = True
            _log.warning("Usage cannot be written and is kept in memory. %s", error)

    def _keep(self, minutes: _Minutes, used: _UsedBy) -> None:
        for slot, count in self._minutes.items():
            minutes[slot] = minutes.get(slot, 0) + count
        for whose, later in self._used.items():
            before = used.get(whose)
            used[whose] = later._replace(first=before.first) if before else later
        self._minutes, self._used = minutes, used
        for slot in sorted(minutes, key=lambda slot: slot[2])[:-MOST_KEPT]:
            self._counters.dropped(minutes.pop(slot))
        for whose in sorted(used, key=lambda whose: used[whose].last)[:-MOST_KEPT]:
            del used[whose]


def _write(database: Database, minutes: _Minutes, used: _UsedBy) -> None:
    with database.writing() as connection:
        _add_minutes(connection, minutes)
        if used:
            _move_forward(connection, used)


def _add_minutes(connection: Connection, minutes: _Minutes) -> None:
    adding = insert(key_minutes)
    adding = adding.on_conflict_do_update(
        index_elements=["key_id", "minute", "verdict"],
        set_={"count": key_minutes.c.count + adding.excluded.count},
        where=key_minutes.c.workspace_id == adding.excluded.workspace_id,
    )
    connection.execute(
        adding,
        [
            {
                "workspace_id": workspace_id,
                "key_id": key_id,
                "minute": minute,
                "verdict": verdict.value,
                "count": count,
            }
            for (workspace_id, key_id, minute, verdict), count in minutes.items()
        ],
    )


def _move_forward(connection: Connection, used: _UsedBy) -> None:
    adding = insert(key_usage)
    later = adding.excluded.last_used_at >= key_usage.c.last_used_at
    adding = adding.on_conflict_do_update(
        index_elements=["key_id"],
        set_={
            "first_used_at": func.min(key_usage.c.first_used_at, adding.excluded.first_used_at),
            "last_used_at": func.max(key_usage.c.last_used_at, adding.excluded.last_used_at),
            "last_address": case(
                (later, adding.excluded.last_address), else_=key_usage.c.last_address
            ),
        },
        where=key_usage.c.workspace_id == adding.excluded.workspace_id,
    )
    connection.execute(
        adding,
        [
            {
                "workspace_id": workspace_id,
                "key_id": key_id,
                "first_used_at": first,
                "last_used_at": last,
                "last_address": address,
            }
            for (workspace_id, key_id), (first, last, address) in used.items()
        ],
    )
