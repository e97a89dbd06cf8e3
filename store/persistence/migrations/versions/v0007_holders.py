"""How and of which secret somebody knows a key; who left, and what became of their keys."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Count the secrets of a key, make its holders a ledger, and add the offboardings."""
    op.add_column("keys", sa.Column("generation", sa.Integer(), server_default="1", nullable=False))
    # A filter by holder asks for it of every key: read from the rows it took three times as long.
    op.drop_index("ix_keys_listing", table_name="keys")
    op.create_index(
        "ix_keys_listing",
        "keys",
        [
            *("workspace_id", "name_folded", "id", "revoked_at", "expires_at", "confirmed_at"),
            "generation",
        ],
    )
    _make_holders_a_ledger()
    _add_offboardings()


def _make_holders_a_ledger() -> None:
    # SQLite changes neither a primary key nor a constraint: the table is made anew.
    op.execute("CREATE TEMPORARY TABLE kept_holders AS SELECT * FROM key_holders")
    op.drop_table("key_holders")
    op.create_table(
        "key_holders",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_key_holders_person_id")
        ),
        *_of_key("key_holders", "key_id"),
        sa.CheckConstraint(
            "how IN ('created', 'shown', 'copied', 'filed', 'piped', 'custodian')",
            name=op.f("ck_key_holders_how"),
        ),
        sa.PrimaryKeyConstraint(
            *("workspace_id", "key_id", "person_id", "how", "generation"),
            name=op.f("pk_key_holders"),
        ),
    )
    op.create_index(op.f("ix_key_holders_person_id"), "key_holders", ["person_id"], unique=False)
    # Of which secret nobody wrote down: of the one there is, so that nobody is left out.
    op.execute(
        "INSERT INTO key_holders (workspace_id, key_id, person_id, how, generation, since)"
        " SELECT workspace_id, key_id, person_id, how, 1, since FROM kept_holders"
    )
    op.execute("DROP TABLE kept_holders")


def _add_offboardings() -> None:
    op.create_table(
        "offboardings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("started_by", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_by", sa.Integer(), nullable=True),
        *(
            sa.ForeignKeyConstraint([column], ["people.id"], name=op.f(f"fk_offboardings_{column}"))
            for column in ("person_id", "started_by", "finished_by")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_offboardings_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offboardings")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_offboardings_workspace_id_id")),
    )
    op.create_index(
        op.f("ix_offboardings_workspace_id_person_id"),
        "offboardings",
        ["workspace_id", "person_id"],
        unique=False,
    )
    op.create_table(
        "offboarding_keys",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("offboarding_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("ways", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("successor_id", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "decision IN ('rotate', 'revoke', 'keep')", name=op.f("ck_offboarding_keys_decision")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_offboarding_keys_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "offboarding_id"],
            ["offboardings.workspace_id", "offboardings.id"],
            name=op.f("fk_offboarding_keys_workspace_id_offboarding_id"),
        ),
        *_of_key("offboarding_keys", "key_id", "successor_id"),
        sa.PrimaryKeyConstraint("offboarding_id", "key_id", name=op.f("pk_offboarding_keys")),
    )
    op.create_index(
        op.f("ix_offboarding_keys_workspace_id_key_id"),
        "offboarding_keys",
        ["workspace_id", "key_id"],
        unique=False,
    )


def _of_key(table: str, *columns: str) -> list[sa.ForeignKeyConstraint]:
    name = f"fk_{table}_workspace_id"
    return [
        *(
            sa.ForeignKeyConstraint(
                ["workspace_id", column],
                ["keys.workspace_id", "keys.id"],
                name=op.f(f"{name}_{column}"),
            )
            for column in columns
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f(name)),
    ]
