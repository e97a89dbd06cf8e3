"""Upgrading a store, with a copy of it as it was before."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from store.operations.backup import keep_beside
from store.operations.open import default_url, upgrade_store
from store.operations.progress import Progress, unseen
from store.persistence.database import Database
from store.persistence.migrations import run
from store.persistence.migrations.run import SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade did."""

    version: str
    backup: Path | None
    """The store as it was; None where there was nothing to do, on a server, or by request."""


def upgrade(url: str | None, progress: Progress = unseen, *, backed_up: bool = True) -> Upgraded:
    """Bring an older store to this keydeck's schema, and keep a copy of it beside it.

    A store on PostgreSQL is backed up with pg_dump, by whoever upgrades it. Raises NoRoom where
    the disk is too full for the copy, and what `upgrade_store` raises.
    """
    older, backup = found_older(url), None
    if backed_up and older is not None:
        with closing(Database(url or default_url())) as database:
            if database.on_sqlite:
                backup = keep_beside(database.path, f"schema-{older}")
    return Upgraded(upgrade_store(url, progress), backup)


def found_older(url: str | None) -> str | None:
    """Return which schema a store has, where it is older than this keydeck's, else None.

    Raises StoreUnusable.
    """
    with closing(Database(url or default_url())) as database, database.reading() as connection:
        version = run.version(connection)
    older = version is not None and run.is_known(version) and version < SCHEMA_VERSION
    return version if older else None
