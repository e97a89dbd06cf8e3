"""Creating and upgrading a store's schema, and telling which one it has."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from store.errors import StoreOutdated, StoreTooNew, StoreUnfinished
from store.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from alembic.config import Config

UNFINISHED = "unfinished:"
"""How the version of a store that is being copied begins: no keydeck opens it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One migration: the version it brings a schema to, and what it does, in a line."""

    version: str
    title: str


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the schema to a version, inside the caller's transaction; by default the newest."""
    # Alembic costs 100 ms to import, and only init and upgrade need it.
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def steps(found: str) -> list[Step]:
    """Return the migrations that a schema of some version lacks, in order."""
    from alembic.script import ScriptDirectory

    lacking = ScriptDirectory.from_config(_config()).iterate_revisions("head", found)
    return [Step(one.revision, one.doc) for one in reversed(list(lacking))]


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def version(connection: Connection) -> str | None:
    """Return the schema version a store has, or None where there is no keydeck schema."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def set_version(connection: Connection, version: str) -> None:
    """Say which version a schema has."""
    connection.execute(
        text("UPDATE alembic_version SET version_num = :version"), {"version": version}
    )


def check(found: str | None) -> None:
    """Raise StoreOutdated, StoreTooNew or StoreUnfinished unless a version is the one we want."""
    if found is not None and found.startswith(UNFINISHED):
        raise StoreUnfinished
    if found is None or found < SCHEMA_VERSION:
        raise StoreOutdated(found or "none", SCHEMA_VERSION)
    if found > SCHEMA_VERSION:
        raise StoreTooNew(found)
