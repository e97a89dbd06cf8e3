"""Creating and upgrading a store's schema, and telling which one it has."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from store.errors import NotAStore, StoreMoved, StoreOutdated, StoreTooNew, StoreUnfinished
from store.persistence.migrations.newest import SCHEMA_VERSION as SCHEMA_VERSION

if TYPE_CHECKING:
    from alembic.config import Config

UNFINISHED = "unfinished:"
"""How the version of a store that is being copied begins: no keydeck opens it."""
_ELSEWHERE = """
SELECT quote_ident(n.nspname), current_setting('search_path')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relname IN ('alembic_version', 'keys', 'peppers', 'revision')
GROUP BY n.oid, n.nspname HAVING count(*) = 4 ORDER BY n.nspname LIMIT 1
"""
MOVED = "moved:"
"""So does that of a store that was copied elsewhere, before its version: no keydeck uses it."""


@dataclass(frozen=True, slots=True)
class MigrationStep:
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


def steps(found: str) -> list[MigrationStep]:
    """Return the migrations that a schema of some version lacks, in order."""
    from alembic.script import ScriptDirectory

    lacking = ScriptDirectory.from_config(_config()).iterate_revisions("head", found)
    return [MigrationStep(script.revision, script.doc) for script in reversed(list(lacking))]


def is_known(version: str) -> bool:
    """Return whether there was ever a schema of some version."""
    from alembic.script import ScriptDirectory

    every = ScriptDirectory.from_config(_config()).walk_revisions()
    return version in {script.revision for script in every}


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


def elsewhere(connection: Connection) -> tuple[str, str] | None:
    """Return the schema of a store in a database of a server that is not looked in, and the path.

    None where there is none, or not one that this role may see.
    """
    found = connection.execute(text(_ELSEWHERE)).first()
    return None if found is None else (found[0], found[1])


def set_version(connection: Connection, version: str) -> None:
    """Say which version a schema has."""
    connection.execute(
        text("UPDATE alembic_version SET version_num = :version"), {"version": version}
    )


def check(found: str | None, place: str = "the store's address") -> None:
    """Raise unless a version is the one we want; `place` is where that store is.

    Raises NotAStore, StoreUnfinished, StoreMoved, StoreOutdated or StoreTooNew.
    """
    if found is not None and found.startswith(MOVED):
        raise StoreMoved(place)
    check_readable(found, place)
    if found != SCHEMA_VERSION:
        raise StoreOutdated(found or "none", SCHEMA_VERSION)


def check_readable(found: str | None, place: str) -> None:
    """Raise unless a version is one that this keydeck can copy or look at, however old.

    Raises NotAStore, StoreUnfinished or StoreTooNew.
    """
    if found is None:
        raise NotAStore(place, "it holds no schema")
    if found.startswith(UNFINISHED):
        raise StoreUnfinished
    if schema_of(found) > SCHEMA_VERSION:
        raise StoreTooNew(schema_of(found))


def schema_of(version: str) -> str:
    """Return which schema a store has, also one that has moved."""
    return version.removeprefix(MOVED)
