"""What a store says of itself to whoever opens it by the driver: the verifier, a first look."""

from collections.abc import Sequence
from typing import NamedTuple

from store.persistence.high_water import StoreState
from store.persistence.prepared import Statement, statement
from store.persistence.repositories.seen_entries import NEWEST, seen

VERSION = statement("SELECT version_num FROM alembic_version")
PEPPERS = statement("SELECT fingerprint FROM peppers")
_OF_STORE = """
SELECT s.prefix, s.restored_at, s.created_at, s.confirmed_at, r.value,
       a.workspace_id, a.seq, a.mac, a.history
FROM settings s CROSS JOIN revision r LEFT JOIN ({}) a ON true
"""
# One statement, so that what it gives is of one instant.
SETTINGS = Statement(_OF_STORE.format(NEWEST.sqlite), _OF_STORE.format(NEWEST.postgres))


class Opened(NamedTuple):
    """What a row of `SETTINGS` says."""

    prefix: str | None
    restored_at: int | None
    """Since when it waits for its operator, None where it does not."""
    state: StoreState


def opened(row: Sequence[object]) -> Opened:
    """Return what a row of `SETTINGS` says."""
    prefix, restored_at, created_at, confirmed_at, revision, *newest = row
    assert isinstance(revision, int)  # noqa: S101
    standing = StoreState(
        f"{prefix} {created_at}", revision, _number(confirmed_at), seen(newest, revision)
    )
    return Opened(None if prefix is None else str(prefix), _number(restored_at), standing)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
