"""A key says with which key its chain of successors began."""

import sqlalchemy as sa
from alembic import op

from store.persistence.migrations.frozen import replace_rules

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Add the column, follow each chain from its first key, and let it change no more."""
    op.add_column(
        "keys", sa.Column("lineage", sa.Text(), nullable=False, server_default=sa.text("''"))
    )
    connection = op.get_bind()
    connection.exec_driver_sql("UPDATE keys SET lineage = id")
    connection.exec_driver_sql(
        "WITH RECURSIVE chain (id, first) AS ("
        " SELECT r.successor_id, r.predecessor_id FROM rotations r WHERE NOT EXISTS"
        " (SELECT 1 FROM rotations o WHERE o.successor_id = r.predecessor_id)"
        " UNION SELECT r.successor_id, chain.first FROM chain"
        " JOIN rotations r ON r.predecessor_id = chain.id)"
        " UPDATE keys SET lineage = chain.first FROM chain WHERE keys.id = chain.id"
    )
    op.create_index("ix_keys_workspace_id_lineage", "keys", ["workspace_id", "lineage"])
    replace_rules(revision)
