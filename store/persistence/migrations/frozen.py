"""Rules of the database as they were when a migration was written.

A migration must do for ever what it did on its first day, so it never renders today's rules: it
carries their text, in `rules/VERSION.ENGINE.sql`, which
`python -m store.persistence.migrations.freeze` writes.
"""

from collections.abc import Iterator
from pathlib import Path

from alembic import op

FOLDER = Path(__file__).with_name("rules")
ENGINES = ("sqlite", "postgresql")
"""SQLAlchemy's names."""
_HEADING = "-- "
# A function that is made with the path that is current keeps it. Where temporary tables are not
# named they come first, and anybody may make some.
_OURS_FIRST = """
SELECT before FROM (SELECT current_setting('search_path') AS before OFFSET 0) AS was,
    LATERAL set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true)
"""


def replace_rules(version: str) -> None:
    """Make a version's rules and watchers; each takes the place of one of its name.

    Runs inside a migration. Raises OSError where the version has no file for the engine.
    """
    connection = op.get_bind()
    engine = connection.dialect.name
    text = _file(version, engine).read_text("utf-8")
    for name in dict(_statements(text)):
        drop_rule(name)
    if engine == "postgresql":
        before = connection.exec_driver_sql(_OURS_FIRST).scalar_one()
    for _, statement in _statements(text):
        # As it stands: neither a colon nor a per cent sign in it is a parameter.
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
    if engine == "postgresql":
        connection.exec_driver_sql("SELECT set_config('search_path', %s, true)", (before,))


def drop_rule(name: str) -> None:
    """Drop a rule or a watcher, if there is one of that name. Runs inside a migration."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    else:
        # Its trigger goes with it.
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}() CASCADE")


def write(version: str, engine: str, rules: dict[str, list[str]]) -> Path:
    """Write down what a version makes on an engine: by name the statements, in their order."""
    path = _file(version, engine)
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        "".join(
            f"{_HEADING}{name}\n{statement}\n"
            for name, statements in rules.items()
            for statement in statements
        ),
        "utf-8",
    )
    return path


def _file(version: str, engine: str) -> Path:
    return FOLDER / f"{version}.{engine}.sql"


def _statements(text: str) -> Iterator[tuple[str, str]]:
    name, lines = "", list[str]()
    for line in (*text.splitlines(), _HEADING):
        if not line.startswith(_HEADING):
            lines.append(line)
            continue
        if name:
            yield name, "\n".join(lines)
        name, lines = line.removeprefix(_HEADING), []
