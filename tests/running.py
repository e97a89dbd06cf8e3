"""Verifiers that tell of themselves in a store, without any that runs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import insert, select, text, update

from store.persistence.database import Database
from store.persistence.migrations.changes import TIMELINE
from store.persistence.schema import revision, verifiers
from tests.house import House

_STANDING_STILL: dict[str, Any] = {
    "version": "1.0",
    "address": "http://10.0.3.7:8080",
    "started_at": 0,
    "requests": 0,
    "refusals": 0,
    "recent_ms": 1000,
    "recent_requests": 0,
    "recent_refusals": 0,
    "lease_ms": None,
    "timeline": None,
    "renewals": 1,
}


def tell(database: Database, name: str, *, ago_ms: int = 0, **told: Any) -> None:
    """Let a verifier have told of itself so long ago; by default it has applied all there is.

    Its id is its host's name. With a lease it is on the database's timeline.
    """
    with database.writing() as connection:
        if "revision" not in told:
            told["revision"] = connection.execute(select(revision.c.value)).scalar_one()
        if told.get("lease_ms") and "timeline" not in told:
            told["timeline"] = connection.execute(text(f"SELECT {TIMELINE}")).scalar_one()
        row = {"id": name, "host": name, "process": 4711, **_STANDING_STILL, **told}
        if "seen_at" not in row:
            now = "CAST(strftime('%s', 'now') AS integer) * 1000"
            if not database.on_sqlite:
                now = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)"
            row["seen_at"] = connection.execute(text(f"SELECT {now}")).scalar_one() - ago_ms
        connection.execute(insert(verifiers).values(row))


def confirm(database: Database, name: str) -> None:
    """Let a verifier have applied everything there is."""
    with database.writing() as connection:
        reached = select(revision.c.value).scalar_subquery()
        connection.execute(update(verifiers).where(verifiers.c.id == name).values(revision=reached))


@contextmanager
def applying(house: House, *names: str) -> Iterator[None]:
    """Let verifiers apply the next change there is, a moment after it."""
    database, before, over = house.store.database, house.store.revision(), threading.Event()

    def apply() -> None:
        while house.store.revision() == before and not over.is_set():
            over.wait(0.002)
        for name in names:
            confirm(database, name)

    thread = threading.Thread(target=apply)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
