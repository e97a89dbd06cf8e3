"""A database server that falls silent is waited for so long, and no longer.

The limits it keeps itself (`statement_timeout`) say nothing when it is stopped, cut off, or its
machine has vanished; a read that waits for it holds up the loop, and with it every answer that
could be given from memory.
"""

import time
from collections.abc import Generator
from typing import Any

import psycopg
from psycopg import waiting
from psycopg.abc import RV, PQGen

READ_MS = 1000
"""How long the server may take for a statement."""
_SILENT_S = 1.25 * READ_MS / 1000
_LOOK_EVERY_S = 0.1

PATIENCE: dict[str, Any] = {
    "application_name": "keydeck verifier",
    "connect_timeout": 2,
    "tcp_user_timeout": 2 * READ_MS,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
}
"""What connections are opened with, unless the store's address says otherwise."""


class NoAnswer(psycopg.OperationalError):
    """The server did not answer in time. The connection is of no use any more: close it."""


SILENCE = (NoAnswer, psycopg.errors.ConnectionTimeout)
"""What is raised where a server that is asked again at once would be waited for again."""


class TimedConnection(psycopg.Connection[Any]):
    """One that raises NoAnswer."""

    def wait(
        self, gen: PQGen[RV], interval: float = _LOOK_EVERY_S, timeout: float | None = None
    ) -> RV:
        """Wait for a statement."""
        return waiting.wait(_bounded(gen), self.pgconn.socket, interval=interval)


class TimedAsyncConnection(psycopg.AsyncConnection[Any]):
    """One that raises NoAnswer. Where a statement is cancelled, close the connection."""

    async def wait(
        self, gen: PQGen[RV], interval: float = _LOOK_EVERY_S, timeout: float | None = None
    ) -> RV:
        """Wait for a statement."""
        return await waiting.wait_async(_bounded(gen), self.pgconn.socket, interval=interval)


def _bounded(gen: PQGen[RV]) -> PQGen[RV]:
    """Return the same steps, of which none is waited for past the end."""

    def steps() -> Generator[Any, Any, RV]:
        ends = time.monotonic() + _SILENT_S
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and time.monotonic() >= ends:
                    raise NoAnswer("the database server does not answer")
                wanted = gen.send(ready)
        except StopIteration as done:
            found: RV = done.value
            return found

    return steps()
