"""Credentials as a verdict sees them: the one read that every verdict comes of.

The statements are in the words of each driver: the verifier prepares them on a connection of its
own (`store.verifier.lookup.reader`), and inside a transaction they are run as they are.
"""

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import Connection

from store.domain.credential import OF_TOKEN, SOURCES, AccessToken, Credential
from store.persistence.prepared import Row, Statement, statement
from store.persistence.repositories.limited import CONNECTION_SHARES, KEY_SHARES
from store.persistence.repositories.stopped import CONNECTION_STOPPED_AT, KEY_STOPPED_AT

_OF_KEY = {"stops.stopped_at": KEY_STOPPED_AT, "limits.windows": KEY_SHARES}
_OF_CONNECTION = {"stops.stopped_at": CONNECTION_STOPPED_AT, "limits.windows": CONNECTION_SHARES}
"""Fields that no join gives: each comes of several rows, or of none."""


def _read(columns: Iterable[str | None], found: Mapping[str, str]) -> str:
    return ", ".join("NULL" if column is None else found.get(column, column) for column in columns)


# The second parameter is the id of some key: an id that is not there does the work of one that is,
# or the clock would tell them apart.
_OF_KEYS = f"""
SELECT {_read((source.of_key for source in SOURCES.values()), _OF_KEY)}
FROM keys JOIN workspaces ON workspaces.id = keys.workspace_id
"""  # noqa: S608
KEY = statement(_OF_KEYS + "WHERE keys.id = coalesce((SELECT id FROM keys WHERE id = {}), {})")  # noqa: S608
_KEY_OF_WORKSPACE = statement(_OF_KEYS + "WHERE keys.workspace_id = {} AND keys.id = {}")
ACCESS_TOKEN = statement(f"""
SELECT {", ".join(OF_TOKEN)},
    {_read((source.of_connection for source in SOURCES.values()), _OF_CONNECTION)}
FROM access_tokens
JOIN connections ON connections.id = access_tokens.connection_id
JOIN workspaces ON workspaces.id = connections.workspace_id
WHERE access_tokens.id = coalesce((SELECT id FROM access_tokens WHERE id = {{}}), {{}})
""")  # noqa: S608

credential_of: Callable[[Row], Credential] = Credential._make


def access_token_of(row: Row) -> AccessToken:
    """Return an access token from its row."""
    own = len(OF_TOKEN)
    return AccessToken._make((*row[:own], credential_of(row[own:])))


def key_inside(connection: Connection) -> Callable[[str], Credential | None]:
    """Return the read of a key inside a transaction, for a verdict that holds at its commit."""

    def find(key_id: str) -> Credential | None:
        row = _first(connection, KEY, key_id, key_id)
        return None if row is None else credential_of(row)

    return find


def access_token_inside(connection: Connection) -> Callable[[str], AccessToken | None]:
    """Return the read of an access token inside a transaction, as `key_inside` does for keys."""

    def find(token_id: str) -> AccessToken | None:
        row = _first(connection, ACCESS_TOKEN, token_id, token_id)
        return None if row is None else access_token_of(row)

    return find


def key_of_workspace(connection: Connection, workspace_id: int, key_id: str) -> Credential | None:
    """Return a workspace's key as a verdict sees it, or None."""
    row = _first(connection, _KEY_OF_WORKSPACE, workspace_id, key_id)
    return None if row is None else credential_of(row)


def _first(connection: Connection, read: Statement, *parameters: object) -> Row | None:
    words = read.sqlite if connection.dialect.name == "sqlite" else read.postgres
    row = connection.exec_driver_sql(words, parameters).fetchone()
    return None if row is None else tuple(row)
