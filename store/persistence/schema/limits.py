"""How often may be used what several keys share, and how much of any limit is used."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Integer, Table, Text

from store.persistence.schema.base import metadata


def _workspace() -> Column[int]:
    return Column(
        "workspace_id",
        Integer,
        ForeignKey("workspaces.id"),
        primary_key=True,
        autoincrement=False,
    )


# One row for each, whichever keys it is of. A key's own stand in its row.
limits = Table(
    "limits",
    metadata,
    _workspace(),
    Column("kind", Text, primary_key=True),
    # An owner; empty for the workspace.
    Column("value", Text, primary_key=True),
    # As store.domain.limits writes them.
    Column("windows", Text, nullable=False),
    Column("set_at", BigInteger, nullable=False),
    Column("set_by", Integer, ForeignKey("people.id"), nullable=False),
    CheckConstraint("kind IN ('owner', 'workspace')", name="kind"),
    # As with stops: the read of whether there is any has nothing to follow.
    sqlite_with_rowid=False,
)

limit_counts = Table(
    "limit_counts",
    metadata,
    _workspace(),
    # Whose requests are counted: see store.domain.limits.Subject.
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("span", Text, primary_key=True),
    Column("starts_at", BigInteger, primary_key=True, autoincrement=False),
    # Each says how much it has let through itself: saying it twice changes nothing.
    Column("verifier", Text, primary_key=True),
    Column("used", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""Of windows that are over the rows go, but for the last one: each verifier takes away its own,
and what is left is pruned every hour.

Whoever ends adds what it let through in long windows to rows of no verifier, an empty text.
"""
