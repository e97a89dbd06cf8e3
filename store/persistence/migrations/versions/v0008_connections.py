"""Connections of assistants: clients, requests for approval, codes, tokens, and their use."""

import sqlalchemy as sa
from alembic import op

from store.persistence.migrations.frozen import replace_rules

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables and the rules of connections."""
    op.create_table(
        "oauth_clients",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("redirect_uris", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oauth_clients")),
    )
    op.create_index(
        op.f("ix_oauth_clients_created_at"), "oauth_clients", ["created_at"], unique=False
    )
    op.create_table(
        "connections",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("redirect_host", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("revoke_reason", sa.Text(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("scopes <> ''", name=op.f("ck_connections_scopes_some")),
        sa.CheckConstraint("length(id) = 12", name=op.f("ck_connections_id_length")),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["people.id"], name=op.f("fk_connections_approved_by")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["oauth_clients.id"], name=op.f("fk_connections_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by"], ["people.id"], name=op.f("fk_connections_revoked_by")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_connections_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connections")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_connections_workspace_id_id")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_connections_client_id"), "connections", ["client_id"], unique=False)
    op.create_index(
        op.f("ix_connections_workspace_id_created_at"),
        "connections",
        ["workspace_id", "created_at"],
        unique=False,
    )
    op.create_table(
        "access_tokens",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("pepper", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_access_tokens_digest_length")),
        sa.ForeignKeyConstraint(
            ["pepper"], ["peppers.fingerprint"], name=op.f("fk_access_tokens_pepper")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "connection_id"],
            ["connections.workspace_id", "connections.id"],
            name=op.f("fk_access_tokens_workspace_id_connection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_access_tokens_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_tokens")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_access_tokens_workspace_id_connection_id"),
        "access_tokens",
        ["workspace_id", "connection_id"],
        unique=False,
    )
    op.create_table(
        "asks",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("code_challenge", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("browser_digest", sa.LargeBinary(), nullable=False),
        sa.Column("short_code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("pepper", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("approved_in", sa.Integer(), nullable=True),
        sa.Column("connection_id", sa.Text(), nullable=True),
        sa.Column("picked_up_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["approved_in"], ["workspaces.id"], name=op.f("fk_asks_approved_in")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["oauth_clients.id"], name=op.f("fk_asks_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_asks_connection_id")
        ),
        sa.ForeignKeyConstraint(["pepper"], ["peppers.fingerprint"], name=op.f("fk_asks_pepper")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_asks_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asks")),
        sa.UniqueConstraint("short_code_digest", name=op.f("uq_asks_short_code_digest")),
    )
    op.create_index(op.f("ix_asks_client_id"), "asks", ["client_id"], unique=False)
    op.create_index(op.f("ix_asks_expires_at"), "asks", ["expires_at"], unique=False)
    op.create_table(
        "authorization_codes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("code_challenge", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("pepper", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["oauth_clients.id"], name=op.f("fk_authorization_codes_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["pepper"], ["peppers.fingerprint"], name=op.f("fk_authorization_codes_pepper")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "connection_id"],
            ["connections.workspace_id", "connections.id"],
            name=op.f("fk_authorization_codes_workspace_id_connection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_authorization_codes_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorization_codes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "connection_callers",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "connection_id"],
            ["connections.workspace_id", "connections.id"],
            name=op.f("fk_connection_callers_workspace_id_connection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_connection_callers_workspace_id")
        ),
        sa.PrimaryKeyConstraint(
            "connection_id", "address", "user_agent", name=op.f("pk_connection_callers")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "connection_refusals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "connection_id"],
            ["connections.workspace_id", "connections.id"],
            name=op.f("fk_connection_refusals_workspace_id_connection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_connection_refusals_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection_refusals")),
    )
    op.create_index(
        "ix_connection_refusals_recent",
        "connection_refusals",
        ["at", "workspace_id", "verdict", "connection_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_connection_refusals_workspace_id_connection_id_at"),
        "connection_refusals",
        ["workspace_id", "connection_id", "at"],
        unique=False,
    )
    op.create_table(
        "connection_scope_counts",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("span_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "connection_id"],
            ["connections.workspace_id", "connections.id"],
            name=op.f("fk_connection_scope_counts_workspace_id_connection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_connection_scope_counts_workspace_id"),
        ),
        sa.PrimaryKeyConstraint(
            "connection_id",
            "starts_at",
            "span_ms",
            "scope",
            name=op.f("pk_connection_scope_counts"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_connection_scope_counts_span_ms_starts_at"),
        "connection_scope_counts",
        ["span_ms", "starts_at"],
        unique=False,
    )
    op.create_table(
        "connection_scope_usage",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("first_used_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "connection_id"],
            ["connections.workspace_id", "connections.id"],
            name=op.f("fk_connection_scope_usage_workspace_id_connection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_connection_scope_usage_workspace_id")
        ),
        sa.PrimaryKeyConstraint("connection_id", "scope", name=op.f("pk_connection_scope_usage")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "connection_usage",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("first_used_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=False),
        sa.Column("last_address", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "connection_id"],
            ["connections.workspace_id", "connections.id"],
            name=op.f("fk_connection_usage_workspace_id_connection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_connection_usage_workspace_id")
        ),
        sa.PrimaryKeyConstraint("connection_id", name=op.f("pk_connection_usage")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "connection_verdict_counts",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("span_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "connection_id"],
            ["connections.workspace_id", "connections.id"],
            name=op.f("fk_connection_verdict_counts_workspace_id_connection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_connection_verdict_counts_workspace_id"),
        ),
        sa.PrimaryKeyConstraint(
            "connection_id",
            "starts_at",
            "span_ms",
            "verdict",
            name=op.f("pk_connection_verdict_counts"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_connection_verdict_counts_span_ms_starts_at"),
        "connection_verdict_counts",
        ["span_ms", "starts_at"],
        unique=False,
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("pepper", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_refresh_tokens_digest_length")),
        sa.ForeignKeyConstraint(
            ["pepper"], ["peppers.fingerprint"], name=op.f("fk_refresh_tokens_pepper")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "connection_id"],
            ["connections.workspace_id", "connections.id"],
            name=op.f("fk_refresh_tokens_workspace_id_connection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_refresh_tokens_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_tokens")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_refresh_tokens_workspace_id_connection_id"),
        "refresh_tokens",
        ["workspace_id", "connection_id"],
        unique=False,
    )
    replace_rules(revision)
