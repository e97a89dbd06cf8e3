"""Keys that somebody else made: by what a value that is presented is found."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text

from store.persistence.schema.base import metadata, of_key, workspace_column

# Not taken away, nor changed but for its arrival: a value that was brought along once never comes
# along again, in no workspace.
foreign_digests = Table(
    "foreign_digests",
    metadata,
    # The MAC, in hexadecimal digits.
    Column("digest", Text, primary_key=True),
    workspace_column(),
    Column("key_id", Text, nullable=False),
    Column("hash", Text, nullable=False),
    # Of a password's hash: how a value is proven, which takes long.
    Column("guard", Text),
    # The MAC of a value that was: by that it is proven from then on. Set once.
    Column("arrived", Text),
    CheckConstraint("length(digest) = 64", name="digest_length"),
    *of_key("key_id"),
    Index(None, "workspace_id", "key_id"),
    sqlite_with_rowid=False,
)

# What of all that is presented is worth a look: without any, nothing is.
foreign_shapes = Table(
    "foreign_shapes",
    metadata,
    Column("workspace_id", Integer, ForeignKey("workspaces.id"), primary_key=True),
    Column("hash", Text, primary_key=True),
    Column("pepper", Text, ForeignKey("peppers.fingerprint"), primary_key=True),
    Column("prefix", Text, primary_key=True),
    Column("shortest", Integer, primary_key=True, autoincrement=False),
    Column("longest", Integer, primary_key=True, autoincrement=False),
)
