"""Verifiers, what they are to forget, and the histories of the database."""

import sqlalchemy as sa
from alembic import op

from store.persistence.migrations.frozen import replace_rules

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables; let PostgreSQL note its changes down."""
    op.create_table(
        "verifiers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("process", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("refusals", sa.BigInteger(), nullable=False),
        sa.Column("recent_ms", sa.BigInteger(), nullable=False),
        sa.Column("recent_requests", sa.BigInteger(), nullable=False),
        sa.Column("recent_refusals", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("lease_ms", sa.Integer(), nullable=True),
        sa.Column("timeline", sa.Text(), nullable=True),
        sa.Column("renewals", sa.BigInteger(), nullable=False),
        sa.Column("lapsed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verifiers")),
    )
    op.create_table(
        "changes",
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_changes")),
    )
    op.create_table(
        "timelines",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_timelines")),
    )
    replace_rules(revision)
    if op.get_bind().dialect.name == "postgresql":
        # Nobody can hold a lease yet.
        op.execute(
            "INSERT INTO timelines (name, settled_at) VALUES"
            " ((SELECT system_identifier FROM pg_control_system())"
            " || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), 0)"
        )
