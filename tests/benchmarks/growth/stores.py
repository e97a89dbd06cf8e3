"""Stores of a size: keys, five rows of usage to each, and an entry of the audit."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path

from sqlalchemy import select

from store.domain.times import DAY, HOUR, MINUTE
from store.persistence.schema import keys
from tests.benchmarks.filling import Rows, fill, put
from tests.benchmarks.kept import kept
from tests.growth.stores import entries as chained
from tests.house import House, moved_in
from tests.postgres import Cluster

USAGE_ROWS = 5
"""To each key."""
_VERDICTS, _SCOPES = 3, 2
_MOST_EVENTS = 100_000


def filled(folder: Path, number: int, entries: int, server: Cluster | None = None) -> House:
    """Give a store of so many keys and entries in a folder: the one kept there, or a new one."""

    def grow(house: House) -> list[str]:
        fill(house, number)
        used, written, events = _use(house), _audit(house, entries), _events(house, number)
        house.store.close()
        put(house, [*used, *events], written)
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


def _use(house: House) -> list[str]:
    """Return the statements that put five rows of usage to each key."""
    now = house.clock.now()
    counted = "workspace_id, key_id, starts_at, span_ms"
    each = "SELECT workspace_id, id"
    return [
        *(
            f"INSERT INTO verdict_counts ({counted}, verdict, count) {each},"
            f" {now - now % HOUR - one * HOUR}, {HOUR}, 'valid', 7 FROM keys ORDER BY id"
            for one in range(_VERDICTS)
        ),
        *(
            f"INSERT INTO scope_counts ({counted}, scope, count) {each},"
            f" {now - now % DAY - one * DAY}, {DAY}, 'events:read', 7 FROM keys ORDER BY id"
            for one in range(_SCOPES)
        ),
        "INSERT INTO scope_usage (workspace_id, key_id, scope, first_used_at, last_used_at)"
        f" {each}, 'availability:read', created_at, {now - MINUTE} FROM keys ORDER BY id",
    ]


def _events(house: House, number: int) -> list[str]:
    """Years of history, one event a day and a quote for each; no more than anybody had."""
    now = house.clock.now()
    numbers = (
        "WITH RECURSIVE days(n) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT n + 1 FROM days"
        f" WHERE n < {min(number, _MOST_EVENTS) - 1})"
    )
    return [
        f"{numbers} INSERT INTO events"
        " (workspace_id, id, name, status, guests, venue, starts_at, ends_at)"
        " SELECT 1, 'evt_' || n, 'Fair', 'confirmed', 3, '',"
        f" {now} - {DAY} * (n + 2), {now} - {DAY} * (n + 1) FROM days",
        f"{numbers} INSERT INTO quotes"
        " (workspace_id, id, event_id, customer, currency, amount, status)"
        " SELECT 1, 'quo_' || n, 'evt_' || n, 'x', 'EUR', '1', 'sent' FROM days",
    ]


def _audit(house: House, number: int) -> Rows:
    """Let the audit go on with an entry for each key, its chain as keydeck would write it."""
    with house.store.database.reading() as connection:
        ids = list(connection.execute(select(keys.c.id).limit(number)).scalars())
        rows = chained(connection, house, ids)
        # From the first one on it looks at nothing.
        first = next(rows)
    names = list(first)
    values = (tuple(row[name] for name in names) for row in chain([first], rows))
    return {f"audit ({', '.join(names)})": values}
