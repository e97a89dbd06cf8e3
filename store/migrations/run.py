"""Creating and upgrading a store's schema, and telling which one it has."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from store.errors import StoreOutdated, StoreTooNew
from store.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from alembic.config import Config


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


def check(found: str | None) -> None:
    """Raise StoreOutdated or StoreTooNew unless a store's version is the one this code wants."""
    if found is None or found < SCHEMA_VERSION:
        raise StoreOutdated(found or "none", SCHEMA_VERSION)
    if found > SCHEMA_VERSION:
        raise StoreTooNew(found)
