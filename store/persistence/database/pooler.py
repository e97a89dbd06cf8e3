"""Whether a session of the server is a connection's own, or a pooler hands it round.

A pooler that gives each transaction whatever session is free (PgBouncer's `pool_mode` transaction
and statement, and whatever others call the same) loses what a session keeps: prepared statements,
settings, what it listens to. And what is set in one is left to whoever has it next. So nothing is
set before it is known whose it is, and that is told by what is seen, not by a name: a server says
at the beginning which process will answer (BackendKeyData, PostgreSQL's protocol 55.7), and a
pooler, which does not know it yet, says something else. Behind one that keeps sessions apart each
connection then has a process to itself.
"""

import time
from contextlib import closing
from typing import Any

import psycopg

from store.errors import SharedSession
from store.persistence.database.timed import PATIENCE, NoAnswer, TimedConnection

_ASKED = "SELECT pg_backend_pid()"
_KNOWN_FOR_S = 60.0
_kept_apart: dict[str, float] = {}
"""Until when a pooler, by its address, is known to keep them apart, of which too few were left."""


def check_session(connection: "psycopg.Connection[Any]", address: dict[str, Any]) -> None:
    """Raise SharedSession unless a new connection to an address has a session of its own.

    Raises psycopg's errors where it cannot be asked.
    """
    if _process(connection) != connection.info.backend_pid:
        check_pooler(address)


async def check_async_session(
    connection: "psycopg.AsyncConnection[Any]", address: dict[str, Any]
) -> None:
    """Raise what `check_session` does."""
    answered = await (await connection.execute(_ASKED, prepare=False)).fetchone()
    if answered != (connection.info.backend_pid,):
        # On the loop: it is milliseconds, and the lease is waiting for it.
        check_pooler(address)


def check_pooler(address: dict[str, Any]) -> None:
    """Raise SharedSession when the pooler at an address hands sessions round."""
    name = repr(sorted(address.items()))
    if time.monotonic() < _kept_apart.get(name, 0.0):
        return
    try:
        with closing(_opened(address)) as one, closing(_opened(address)) as other:
            ours = [_process(one), _process(one)]
            theirs = _process(other)
            ours.append(_process(one))
    except NoAnswer:
        # There is none left for another: each keeps its own, and this one waits for whose it was.
        # Whoever opens one more need not wait as long.
        _kept_apart[name] = time.monotonic() + _KNOWN_FOR_S
        return
    if theirs in ours or len(set(ours)) > 1:
        raise SharedSession


def _opened(address: dict[str, Any]) -> TimedConnection:
    return TimedConnection.connect(autocommit=True, **PATIENCE | address)


def _process(connection: "psycopg.Connection[Any]") -> int:
    # Prepared, it would be left behind in somebody's session.
    row = connection.execute(_ASKED, prepare=False).fetchone()
    assert row is not None  # noqa: S101
    return int(row[0])
