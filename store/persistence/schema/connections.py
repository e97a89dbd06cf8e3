"""Connections of assistants: who registered, who asks, what was approved, which tokens open it."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from store.persistence.schema.base import metadata, of_connection, workspace_column

# Anybody may register: what is in here is nobody's until an admin approves it.
oauth_clients = Table(
    "oauth_clients",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("redirect_uris", Text, nullable=False),
    Column("network", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index(None, "created_at"),
)

# What admins say of assistants whose id is an address: fetched on their machine, or handed over.
client_documents = Table(
    "client_documents",
    metadata,
    Column(
        "workspace_id",
        Integer,
        ForeignKey("workspaces.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("client_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("redirect_uris", Text, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("added_by", Integer, ForeignKey("people.id"), nullable=False),
    # Whoever brings a request is of no workspace yet.
    Index(None, "client_id"),
    sqlite_with_rowid=False,
)

# A request for approval, from the moment a browser brings it until it is picked up or over.
asks = Table(
    "asks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("client_id", Text, ForeignKey("oauth_clients.id"), nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("state", Text),
    Column("code_challenge", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("resource", Text, nullable=False),
    Column("browser_digest", LargeBinary, nullable=False),
    Column("short_code_digest", LargeBinary, nullable=False, unique=True),
    Column("pepper", Text, ForeignKey("peppers.fingerprint"), nullable=False),
    Column("network", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("person_id", Integer, ForeignKey("people.id")),
    # Of what the browser was given when they signed in: whoever lacks it has not.
    Column("session_digest", LargeBinary),
    Column("decided_at", BigInteger),
    Column("approved_in", Integer, ForeignKey("workspaces.id")),
    Column("connection_id", Text, ForeignKey("connections.id")),
    Column("picked_up_at", BigInteger),
    Index(None, "client_id"),
    Index(None, "expires_at"),
)

connections = Table(
    "connections",
    metadata,
    Column("id", Text, primary_key=True),
    workspace_column(),
    Column("client_id", Text, ForeignKey("oauth_clients.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("name_folded", Text, nullable=False),
    Column("redirect_host", Text, nullable=False),
    Column("resource", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("approved_by", Integer, ForeignKey("people.id"), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("opened_at", BigInteger),
    Column("revoked_at", BigInteger),
    Column("revoked_by", Integer, ForeignKey("people.id")),
    Column("revoke_reason", Text),
    Column("revision", BigInteger, nullable=False),
    Column("networks", Text),
    UniqueConstraint("workspace_id", "id"),
    CheckConstraint("length(id) = 12", name="id_length"),
    CheckConstraint("scopes <> ''", name="scopes_some"),
    Index(None, "workspace_id", "created_at"),
    Index(None, "workspace_id", "name_folded", "created_at"),
    Index(None, "client_id"),
    sqlite_with_rowid=False,
)

authorization_codes = Table(
    "authorization_codes",
    metadata,
    Column("id", Text, primary_key=True),
    workspace_column(),
    Column("connection_id", Text, nullable=False),
    Column("client_id", Text, ForeignKey("oauth_clients.id"), nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("code_challenge", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("pepper", Text, ForeignKey("peppers.fingerprint"), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    *of_connection(),
    sqlite_with_rowid=False,
)


def _tokens(name: str, *more: Column[Any]) -> Table:
    return Table(
        name,
        metadata,
        Column("id", Text, primary_key=True),
        workspace_column(),
        Column("connection_id", Text, nullable=False),
        Column("digest", LargeBinary, nullable=False),
        Column("pepper", Text, ForeignKey("peppers.fingerprint"), nullable=False),
        Column("created_at", BigInteger, nullable=False),
        Column("expires_at", BigInteger, nullable=False),
        *more,
        CheckConstraint("length(digest) = 32", name="digest_length"),
        *of_connection(),
        Index(None, "workspace_id", "connection_id"),
        # As with keys: the verifier's read by primary key has nothing to follow.
        sqlite_with_rowid=False,
    )


access_tokens = _tokens("access_tokens")
refresh_tokens = _tokens(
    "refresh_tokens",
    Column("used_at", BigInteger),
    # The networks it was used from, in their order: within its window more than one may.
    Column("used_from", Text),
)
