"""Stores of a size: keys, five rows of usage to each, and an entry of the audit."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, insert, select, text

from store.domain.times import DAY, HOUR, MINUTE
from store.persistence.schema import audit, events, keys, quotes
from tests.benchmarks.filling import fill
from tests.benchmarks.kept import kept
from tests.growth.stores import entries as chained
from tests.house import House, moved_in
from tests.postgres import Cluster

USAGE_ROWS = 5
"""To each key."""
_VERDICTS, _SCOPES = 3, 2
_AT_ONCE = 5000
_MOST_EVENTS = 100_000


def filled(folder: Path, number: int, entries: int, server: Cluster | None = None) -> House:
    """Give a store of so many keys and entries in a folder: the one kept there, or a new one."""

    def grow(house: House) -> list[str]:
        fill(house, number)
        with house.store.database.making() as connection:
            _use(connection, house)
            _write_audit(connection, house, entries)
            _write_events(connection, house, number)
        house.store.close()
        if not house.store.database.on_sqlite:
            with house.store.database.engine.connect() as anew:
                anew.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
        return []

    return kept(folder, grow, server).house


@contextmanager
def copied(house: House, folder: Path, server: Cluster | None) -> Iterator[House]:
    """Give a copy of a store, to be changed."""
    folder.mkdir()
    house.store.close()
    with ExitStack() as at_the_end:
        url = None
        if server is not None:
            pattern = house.store.database.url.database or ""
            url = server.url(at_the_end.enter_context(server.database(pattern)))
        copy = moved_in(house, folder, url=url)
        yield copy
        copy.store.close()
        for file in folder.glob("store.db*"):
            file.unlink()


def _use(connection: Connection, house: House) -> None:
    now = house.clock.now()
    mine = "SELECT workspace_id, id"
    for one in range(_VERDICTS):
        at = now - now % HOUR - one * HOUR
        connection.execute(
            text(
                "INSERT INTO verdict_counts"
                " (workspace_id, key_id, starts_at, span_ms, verdict, count)"
                f" {mine}, {at}, {HOUR}, 'valid', 7 FROM keys ORDER BY id"
            )
        )
    for one in range(_SCOPES):
        at = now - now % DAY - one * DAY
        connection.execute(
            text(
                "INSERT INTO scope_counts (workspace_id, key_id, starts_at, span_ms, scope, count)"
                f" {mine}, {at}, {DAY}, 'events:read', 7 FROM keys ORDER BY id"
            )
        )
    connection.execute(
        text(
            "INSERT INTO scope_usage (workspace_id, key_id, scope, first_used_at, last_used_at)"
            f" {mine}, 'availability:read', created_at, {now - MINUTE} FROM keys ORDER BY id"
        )
    )


def _write_events(connection: Connection, house: House, number: int) -> None:
    """Years of history, one event a day and a quote for each; no more than anybody had."""
    now = house.clock.now()
    days = range(min(number, _MOST_EVENTS))
    event = {"workspace_id": 1, "name": "Fair", "status": "confirmed", "guests": 3, "venue": ""}
    quote = {"workspace_id": 1, "customer": "x", "currency": "EUR", "amount": "1", "status": "sent"}
    connection.execute(
        insert(events),
        [
            {
                **event,
                "id": f"evt_{one}",
                "starts_at": now - DAY * (one + 2),
                "ends_at": now - DAY * (one + 1),
            }
            for one in days
        ],
    )
    connection.execute(
        insert(quotes), [{**quote, "id": f"quo_{one}", "event_id": f"evt_{one}"} for one in days]
    )


def _write_audit(connection: Connection, house: House, number: int) -> None:
    """Let the audit go on with an entry for each key, its chain as keydeck would write it."""
    ids = [row.id for row in connection.execute(select(keys.c.id).limit(number))]
    rows = chained(connection, house, ids)
    while some := list(islice(rows, _AT_ONCE)):
        connection.execute(insert(audit), some)
