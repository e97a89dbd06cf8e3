"""The ground: workspaces, people, keys, rotations, usage, audit and the sample business data."""

import sqlalchemy as sa
from alembic import op

from store.persistence.migrations.frozen import replace_rules

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table and trigger, and the catalogue's own resources."""
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_folded", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("enrolment_digest", sa.LargeBinary(), nullable=True),
        sa.Column("enrolment_expires_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_sign_in_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email_folded", name=op.f("uq_people_email_folded")),
    )
    op.create_table(
        "peppers",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_peppers")),
    )
    op.create_table(
        "resources",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("builtin", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_resources")),
    )
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_revision_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
    )
    op.create_table(
        "settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_settings_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settings")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("email_digest", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("email_digest", name=op.f("pk_sign_in_attempts")),
    )
    op.create_table(
        "workspaces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("plan IN ('free', 'pro')", name=op.f("ck_workspaces_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces")),
        sa.UniqueConstraint("slug", name=op.f("uq_workspaces_slug")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_name", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("pepper", sa.Text(), nullable=False),
        sa.Column("previous_mac", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_audit_actor_id")),
        sa.ForeignKeyConstraint(["pepper"], ["peppers.fingerprint"], name=op.f("fk_audit_pepper")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_audit_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("workspace_id", "seq", name=op.f("uq_audit_workspace_id_seq")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_audit_workspace_id_subject_seq"),
        "audit",
        ["workspace_id", "subject", "seq"],
        unique=False,
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=True),
        sa.Column("guests", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_events_workspace_id")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_events_ends_after_start")),
        sa.CheckConstraint("guests >= 0", name=op.f("ck_events_guests")),
        sa.CheckConstraint(
            "status IN ('option', 'confirmed', 'cancelled')", name=op.f("ck_events_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_events_workspace_id_id")),
    )
    op.create_index(
        op.f("ix_events_workspace_id_starts_at"),
        "events",
        ["workspace_id", "starts_at"],
        unique=False,
    )
    op.create_table(
        "keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("pepper", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("lifetime_ms", sa.BigInteger(), nullable=True),
        sa.Column("rotate_every_days", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("revoke_reason", sa.Text(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_keys_created_by")),
        sa.ForeignKeyConstraint(["pepper"], ["peppers.fingerprint"], name=op.f("fk_keys_pepper")),
        sa.ForeignKeyConstraint(["revoked_by"], ["people.id"], name=op.f("fk_keys_revoked_by")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_keys_workspace_id")
        ),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_keys_digest_length")),
        sa.CheckConstraint("length(id) = 12", name=op.f("ck_keys_id_length")),
        sa.CheckConstraint("rotate_every_days > 0", name=op.f("ck_keys_rotate_every_days")),
        sa.CheckConstraint("scopes <> ''", name=op.f("ck_keys_scopes_some")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keys")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_keys_workspace_id_id")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_keys_workspace_id_created_at_id"),
        "keys",
        ["workspace_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_keys_workspace_id_name_folded_id"),
        "keys",
        ["workspace_id", "name_folded", "id"],
        unique=False,
    )
    op.create_table(
        "memberships",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_memberships_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_memberships_workspace_id")
        ),
        sa.CheckConstraint("role IN ('admin', 'member')", name=op.f("ck_memberships_role")),
        sa.PrimaryKeyConstraint("workspace_id", "person_id", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_person_id"), "memberships", ["person_id"], unique=False)
    op.create_table(
        "key_holders",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_key_holders_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "key_id"],
            ["keys.workspace_id", "keys.id"],
            name=op.f("fk_key_holders_workspace_id_key_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_key_holders_workspace_id")
        ),
        sa.CheckConstraint(
            "how IN ('created', 'shown', 'custodian')", name=op.f("ck_key_holders_how")
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "key_id", "person_id", "how", name=op.f("pk_key_holders")
        ),
    )
    op.create_index(op.f("ix_key_holders_person_id"), "key_holders", ["person_id"], unique=False)
    op.create_table(
        "key_minutes",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "key_id"],
            ["keys.workspace_id", "keys.id"],
            name=op.f("fk_key_minutes_workspace_id_key_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_key_minutes_workspace_id")
        ),
        sa.PrimaryKeyConstraint("key_id", "minute", "verdict", name=op.f("pk_key_minutes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "key_usage",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("first_used_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=False),
        sa.Column("last_address", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "key_id"],
            ["keys.workspace_id", "keys.id"],
            name=op.f("fk_key_usage_workspace_id_key_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_key_usage_workspace_id")
        ),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_key_usage")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "quotes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "event_id"],
            ["events.workspace_id", "events.id"],
            name=op.f("fk_quotes_workspace_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_quotes_workspace_id")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'sent', 'accepted', 'declined')", name=op.f("ck_quotes_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotes")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_quotes_workspace_id_id")),
    )
    op.create_table(
        "rotations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("predecessor_id", sa.Text(), nullable=False),
        sa.Column("successor_id", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("started_by", sa.Integer(), nullable=False),
        sa.Column("overlap_ends_at", sa.BigInteger(), nullable=True),
        sa.Column("token", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["started_by"], ["people.id"], name=op.f("fk_rotations_started_by")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "predecessor_id"],
            ["keys.workspace_id", "keys.id"],
            name=op.f("fk_rotations_workspace_id_predecessor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "successor_id"],
            ["keys.workspace_id", "keys.id"],
            name=op.f("fk_rotations_workspace_id_successor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_rotations_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotations")),
        sa.UniqueConstraint("successor_id", name=op.f("uq_rotations_successor_id")),
        sa.UniqueConstraint("workspace_id", "token", name=op.f("uq_rotations_workspace_id_token")),
    )
    op.create_index(
        op.f("ix_rotations_workspace_id_predecessor_id"),
        "rotations",
        ["workspace_id", "predecessor_id"],
        unique=False,
    )
    replace_rules(revision)
    op.execute("INSERT INTO revision (id, value) VALUES (1, 0)")
    op.execute(
        "INSERT INTO resources (name, title, builtin) VALUES"
        " ('availability', 'Availability', TRUE), ('events', 'Events', TRUE),"
        " ('quotes', 'Quotes', TRUE)"
    )
