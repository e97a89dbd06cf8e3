"""What the database does at every change a verdict depends on, whoever makes it.

PostgreSQL raises the revision for each, under its lock, so that changes commit in the order of
their revisions: whoever has read up to a revision has missed nothing before it. It also notes down
what each is about, and says that there is something to read. SQLite counts the rows that were
changed, beside the revision, and notes down under each count what it is about; whoever remembers
anything asks for that whenever something was committed (`store.verifier.wal_index`).
"""

from store.domain.credential import WHOLE, watched
from store.persistence.migrations.timeline import TIMELINE as TIMELINE
from store.persistence.migrations.triggers import made, sqlite_triggers
from store.persistence.schema import metadata

CHANNEL = "keydeck_changes"
"""Where the server says that there is something to read."""

_EVERYTHING = "''"
_SUBJECTS = {"keys": "OLD.id", "connections": "OLD.id", "access_tokens": "OLD.connection_id"}
"""Whose verdicts change with a row of a table; of the others' rows, those of all."""
_STOPS = "stops"
_OF_STOP = {
    # A stop of one key is about that key, any other about all there are.
    event: f"CASE WHEN {row}.kind = 'key' THEN {row}.value ELSE {_EVERYTHING} END"
    for event, row in (("INSERT", "NEW"), ("DELETE", "OLD"))
}
_EVENTS_OF_STOPS = {
    "stops_inserted_tell": "INSERT",
    "stops_deleted_tell": "DELETE",
    "stops_changed_tell": "UPDATE",
}

_WATCHED = {
    # name: (table, when it fires)
    "keys_tell": ("keys", "UPDATE"),
    "connections_tell": ("connections", "UPDATE"),
    "access_tokens_tell": ("access_tokens", "DELETE OR UPDATE"),
    # Emptying a table fires no trigger for its rows.
    "access_tokens_emptied_tells": ("access_tokens", "TRUNCATE"),
    "workspaces_tell": ("workspaces", "UPDATE"),
    "settings_tell": ("settings", "UPDATE"),
    "alembic_version_tells": ("alembic_version", "INSERT OR UPDATE"),
    **{f"{table}_tell": (table, "INSERT OR DELETE OR UPDATE OR TRUNCATE") for table in WHOLE},
    **{name: (_STOPS, event) for name, event in _EVENTS_OF_STOPS.items()},
    "stops_emptied_tells": (_STOPS, "TRUNCATE"),
}


def watches() -> dict[str, tuple[str, str]]:
    """Return what watches over changes: by name when it fires, and a function's body."""
    return {
        name: (
            f"AFTER {event} ON {table} FOR EACH {'STATEMENT' if 'TRUNCATE' in event else 'ROW'}",
            _body(_subject(table, event), _compared(table, event)),
        )
        for name, (table, event) in _WATCHED.items()
    }


def watching() -> dict[str, list[str]]:
    """Return what lets a database on PostgreSQL note its changes down: by name the statements."""
    return {name: made(name, fires, body) for name, (fires, body) in watches().items()}


_EVENTS_OF_FILE = {
    # name: (when it fires, on which table, for which rows where not for all)
    "keys_tell": ("AFTER UPDATE", "keys", None),
    "connections_tell": ("AFTER UPDATE", "connections", None),
    # As on PostgreSQL any: it may be given to another connection, too.
    "access_tokens_tell": ("AFTER UPDATE", "access_tokens", "true"),
    "access_tokens_deleted_tell": (
        "AFTER DELETE",
        "access_tokens",
        "OLD.expires_at > CAST(strftime('%s', 'now') AS integer) * 1000",
    ),
    "workspaces_tell": ("AFTER UPDATE", "workspaces", None),
    "settings_tell": ("AFTER UPDATE", "settings", None),
    # REPLACE deletes, and whoever has not asked for recursive triggers sets off none by that.
    "access_tokens_replaced_tell": (
        "BEFORE INSERT",
        "access_tokens",
        "EXISTS (SELECT 1 FROM access_tokens WHERE id = NEW.id)",
    ),
    "workspaces_inserted_tell": ("AFTER INSERT", "workspaces", None),
    "workspaces_deleted_tell": ("AFTER DELETE", "workspaces", None),
    **{
        f"{table}_{done}_tell": (f"AFTER {event}", table, None)
        for table in WHOLE
        for done, event in (("inserted", "INSERT"), ("deleted", "DELETE"), ("changed", "UPDATE"))
    },
    **{name: (f"AFTER {event}", _STOPS, None) for name, event in _EVENTS_OF_STOPS.items()},
}

NOTES_KEPT = 1000
"""Changes that are noted down in a file: whoever has to know of more forgets everything."""
# What stands under a number already is of a count that somebody has set back.
_COUNTED = (
    " BEGIN UPDATE revision SET changed_rows = changed_rows + 1;"
    " INSERT OR REPLACE INTO changed_subjects (number, subject)"
    " SELECT changed_rows, {} FROM revision;"
    " DELETE FROM changed_subjects WHERE number <= (SELECT changed_rows FROM revision) - {}; END"
)


def sqlite_rules() -> dict[str, str]:
    """Return what refuses and what watches on SQLite: by name the statement that makes each."""
    watchers = {
        name: f"CREATE TRIGGER {name} {fires} ON {table}{_when(table, fires, rows)}"
        + _COUNTED.format(_subject(table, fires.split()[1]), NOTES_KEPT)
        for name, (fires, table, rows) in _EVENTS_OF_FILE.items()
    }
    return sqlite_triggers() | watchers


def _when(table: str, fires: str, rows: str | None) -> str:
    columns = _compared(table, fires.split()[1])
    found = rows or " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in columns)
    return f" WHEN {found}" if found else ""


def _subject(table: str, event: str) -> str:
    """Return what a change of a row is about; there is no row of before where one is put in."""
    if table == _STOPS:
        return _OF_STOP.get(event, _EVERYTHING)
    return _EVERYTHING if event in ("INSERT", "TRUNCATE") else _SUBJECTS.get(table, _EVERYTHING)


def _compared(table: str, event: str) -> tuple[str, ...]:
    """Return the columns whose change matters, in the table's order; none where any change does."""
    if event != "UPDATE" or table == _STOPS or table in WHOLE:
        return ()
    depends = watched(table)
    return tuple(column.name for column in metadata.tables[table].c if column.name in depends)


def _body(subject: str, columns: tuple[str, ...]) -> str:
    # Not in the triggers' own conditions: a column that stands there can never be altered.
    matters = "true"
    if columns:
        new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
        matters = f"({new}) IS DISTINCT FROM ({old})"
    elif subject == "OLD.connection_id":
        # Thousands that are over are swept away at a time, and nothing depends on them.
        matters = "OLD.expires_at > extract(epoch FROM now()) * 1000"
    # Notifications of one transaction that are alike are one.
    return f"""
DECLARE reached bigint;
BEGIN
    IF {matters} THEN
        UPDATE revision SET value = value + 1 RETURNING value INTO reached;
        INSERT INTO changes (revision, subject) VALUES (reached, {subject});
        PERFORM pg_notify('{CHANNEL}', '');
    END IF;
    RETURN NULL;
END
"""  # noqa: S608
