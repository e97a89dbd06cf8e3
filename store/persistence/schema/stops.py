"""What is stopped: refused until somebody lets it go on."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Integer, Table, Text

from store.persistence.schema.base import metadata

# One row for each, however many keys it is of: what is made later is stopped by it, too. Nothing
# refers to a row, and one that is lifted goes; the audit keeps what was.
stops = Table(
    "stops",
    metadata,
    Column(
        "workspace_id",
        Integer,
        ForeignKey("workspaces.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("kind", Text, primary_key=True),
    # A key's id, an owner, a label; empty for the workspace.
    Column("value", Text, primary_key=True),
    Column("stopped_at", BigInteger, nullable=False),
    Column("stopped_by", Integer, ForeignKey("people.id"), nullable=False),
    Column("reason", Text),
    CheckConstraint("kind IN ('key', 'owner', 'label', 'workspace')", name="kind"),
    # As with keys: the read of whether there is any has nothing to follow.
    sqlite_with_rowid=False,
)
