"""A store's schema in text, by version: `python -m tests.persistence.describing` writes it down."""

import difflib
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

import store.persistence.migrations
from store.persistence.database import Database
from tests.postgres import cluster

FOLDER = Path(__file__).with_name("schemas")

_SQLITE = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name"
_POSTGRES = (
    # Columns, in the order they have.
    "SELECT concat_ws(' ', c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod),"
    " CASE WHEN a.attnotnull THEN 'NOT NULL' END,"
    " 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), 'COLLATE ' || o.collname)"
    " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
    " AND NOT a.attisdropped LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum"
    " LEFT JOIN pg_collation o ON o.oid = a.attcollation"
    " WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'"
    " ORDER BY c.relname, a.attnum",
    # Constraints; those that say NOT NULL stand with the columns, and only newer servers name them.
    "SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))"
    " FROM pg_constraint WHERE connamespace = current_schema()::regnamespace"
    " AND contype NOT IN ('n', 't') ORDER BY conrelid::regclass::text, conname",
    "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY indexname",
    "SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
    " WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal"
    " ORDER BY t.tgname",
    "SELECT concat_ws(' ', proname, proconfig::text, prosrc) FROM pg_proc"
    " WHERE pronamespace = current_schema()::regnamespace ORDER BY proname",
    "SELECT concat_ws(' ', tablename, policyname, roles::text, cmd, qual, with_check)"
    " FROM pg_policies WHERE schemaname = current_schema() ORDER BY tablename, policyname",
)
# A server's own history, which is another on each.
_OF_THE_SERVER = "timelines"


def describe(connection: Connection, *, rows: bool = True) -> list[str]:
    """Return a store's tables, rules and, unless told otherwise, rows as lines of text."""
    if connection.dialect.name == "sqlite":
        lines = list(connection.execute(text(_SQLITE)).scalars())
    else:
        schema = connection.execute(text("SELECT current_schema()")).scalar_one()
        lines = [
            line.replace(f"{schema}.", "")
            for query in _POSTGRES
            for line in connection.execute(text(query.replace(":", r"\:"))).scalars()
        ]
    lines = [line for found in lines for line in found.splitlines()]
    if not rows:
        return lines
    for table in sorted(set(inspect(connection).get_table_names()) - {_OF_THE_SERVER}):
        found = connection.execute(text(f'SELECT * FROM "{table}"')).mappings()
        lines += sorted(f"{table}: {dict(row)}" for row in found)
    return lines


def migrate(connection: Connection, version: str) -> None:
    """Bring a schema to a version."""
    command.upgrade(config(connection), version)


def config(connection: Connection | None = None) -> Config:
    """Return what Alembic has to know, of no store or of one."""
    made = Config()
    made.set_main_option("script_location", str(Path(store.persistence.migrations.__file__).parent))
    made.attributes["connection"] = connection
    return made


def versions() -> list[str]:
    """Return every version a schema ever had, oldest first."""
    script = ScriptDirectory.from_config(config())
    return [found.revision for found in reversed(list(script.walk_revisions()))]


def made_by_each(url: str) -> Iterator[tuple[str, str]]:
    """Make a store version by version; give each version and what it changed, line by line."""
    before = list[str]()
    with closing(Database(url, create=True)) as database:
        for version in versions():
            with database.making() as connection:
                migrate(connection, version)
                after = describe(connection)
            _, _, *changed = difflib.unified_diff(before, after, n=0, lineterm="")
            yield version, "".join(f"{line}\n" for line in changed if line[:2] != "@@")
            before = after


def record(version: str, engine: str) -> Path:
    """Return the file that keeps what a version made on an engine."""
    return FOLDER / f"{version}.{engine}.diff"


def _write(url: str, engine: str) -> None:
    for version, found in made_by_each(url):
        path = record(version, engine)
        if not path.exists():
            path.write_text(found, "utf-8")


def _main() -> None:
    """Keep the schemas of versions that are new; those of older ones never change."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="keydeck-") as folder:
        Path(folder).chmod(0o755)
        _write(f"sqlite:///{folder}/store.db", "sqlite")
        server: Any
        with cluster(Path(folder)) as server, server.database() as name:
            _write(server.url(name), "postgres")


if __name__ == "__main__":
    _main()
