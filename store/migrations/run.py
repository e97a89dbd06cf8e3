"""Creating and upgrading a store's schema, and telling which one it has."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from store.errors import StoreOutdated, StoreTooNew
from store.schema import SCHEMA_VERSION


def upgrade(connection: Connection) -> None:
    """Bring the schema to this keydeck's version, inside the caller's transaction."""
    # Alembic costs 100 ms to import, and only init and upgrade need it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


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
