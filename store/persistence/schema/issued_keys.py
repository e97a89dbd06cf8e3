"""Keys, which replaces which, and who may have known a secret."""

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
    text,
)

from store.persistence.schema.base import metadata, of_key, partial, workspace_column

keys = Table(
    "keys",
    metadata,
    Column("id", Text, primary_key=True),
    workspace_column(),
    Column("name", Text, nullable=False),
    Column("name_folded", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("pepper", Text, ForeignKey("peppers.fingerprint"), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", Integer, ForeignKey("people.id"), nullable=False),
    Column("expires_at", BigInteger),
    Column("lifetime_ms", BigInteger),
    Column("rotate_every_days", Integer),
    Column("confirmed_at", BigInteger),
    Column("revoked_at", BigInteger),
    Column("revoked_by", Integer, ForeignKey("people.id")),
    Column("revoke_reason", Text),
    Column("revision", BigInteger, nullable=False),
    Column("leaked_at", BigInteger),
    # Counts the secrets minted under this id: whoever knew an earlier one does not know this.
    Column("generation", Integer, nullable=False, server_default="1"),
    # How its value is hashed, of a key that somebody else made, until it is presented.
    Column("foreign_hash", Text),
    # The id of the first key of its chain of successors; its own where nothing went before it.
    Column("lineage", Text, nullable=False, server_default=text("''")),
    # Where it is used from, and whether others are refused: see store.domain.key_networks.
    Column("networks", Text),
    # Whom it belongs to outside, and its labels: see store.domain.labels.
    Column("owner", Text),
    Column("labels", Text),
    # When it begins to work.
    Column("not_before", BigInteger),
    # How often it may be used: see store.domain.limits.
    Column("limits", Text),
    # What people are to know of it; nobody else is told.
    Column("remark", Text),
    UniqueConstraint("workspace_id", "id"),
    CheckConstraint("length(id) = 12", name="id_length"),
    CheckConstraint("length(digest) = 32", name="digest_length"),
    CheckConstraint("scopes <> ''", name="scopes_some"),
    CheckConstraint("rotate_every_days > 0", name="rotate_every_days"),
    # All that the default order, words, holders and counts look at: a list of a million keys is
    # read from here alone, and rows only for what is shown.
    Index(
        "ix_keys_listing",
        "workspace_id",
        "name_folded",
        "id",
        "revoked_at",
        "expires_at",
        "confirmed_at",
        "generation",
    ),
    Index(None, "workspace_id", "created_at", "id"),
    # Most keys may bear one name: the newest of it, and the one or two that are active.
    Index(None, "workspace_id", "name_folded", "created_at"),
    Index(
        "ix_keys_unrevoked_names",
        # That it is not revoked stands in it too: only so SQLite reads no row to see it.
        "workspace_id",
        "name_folded",
        "expires_at",
        "revoked_at",
        **partial("revoked_at IS NULL"),
    ),
    # By what a filter asks for: most find few keys among all.
    Index(None, "workspace_id", "created_by"),
    Index(None, "workspace_id", "lineage"),
    Index(None, "workspace_id", "scopes"),
    Index(
        "ix_keys_leaked",
        "workspace_id",
        "leaked_at",
        **partial("leaked_at IS NOT NULL"),
    ),
    Index(
        "ix_keys_rotated",
        "workspace_id",
        "created_at",
        "rotate_every_days",
        **partial("rotate_every_days IS NOT NULL"),
    ),
    # What ends next, what is to be rotated next (an interval at a time), and what has a scope,
    # among what is not revoked. That it is not stands in each too, as above.
    Index(
        "ix_keys_ending",
        "workspace_id",
        "expires_at",
        "id",
        "revoked_at",
        **partial("revoked_at IS NULL"),
    ),
    Index(
        "ix_keys_rotation",
        "workspace_id",
        "rotate_every_days",
        "created_at",
        "id",
        "expires_at",
        "revoked_at",
        **partial("revoked_at IS NULL AND rotate_every_days IS NOT NULL"),
    ),
    Index(
        "ix_keys_unrevoked_scopes",
        "workspace_id",
        "scopes",
        "expires_at",
        "name",
        "revoked_at",
        **partial("revoked_at IS NULL"),
    ),
    # Those that were revoked, as they are listed and counted.
    Index(
        "ix_keys_revoked",
        "workspace_id",
        "name_folded",
        "id",
        "revoked_at",
        **partial("revoked_at IS NOT NULL"),
    ),
    Index(
        "ix_keys_foreign",
        "workspace_id",
        "foreign_hash",
        **partial("foreign_hash IS NOT NULL"),
    ),
    Index(
        "ix_keys_not_before",
        "workspace_id",
        "not_before",
        **partial("not_before IS NOT NULL"),
    ),
    Index(
        "ix_keys_networks",
        "workspace_id",
        "networks",
        **partial("networks IS NOT NULL"),
    ),
    Index(
        "ix_keys_owner",
        "workspace_id",
        "owner",
        **partial("owner IS NOT NULL"),
    ),
    Index(
        "ix_keys_labels",
        "workspace_id",
        "labels",
        **partial("labels IS NOT NULL"),
    ),
    Index(
        "ix_keys_limits",
        "workspace_id",
        "limits",
        **partial("limits IS NOT NULL"),
    ),
    # One row is one B-tree entry: the verifier's read by primary key has nothing to follow.
    sqlite_with_rowid=False,
)

rotations = Table(
    "rotations",
    metadata,
    Column("id", Integer, primary_key=True),
    workspace_column(),
    Column("predecessor_id", Text, nullable=False),
    Column("successor_id", Text, nullable=False, unique=True),
    Column("started_at", BigInteger, nullable=False),
    Column("started_by", Integer, ForeignKey("people.id"), nullable=False),
    Column("overlap_ends_at", BigInteger),
    Column("expires_before", BigInteger),
    Column("token", Text),
    UniqueConstraint("workspace_id", "token"),
    *of_key("predecessor_id", "successor_id"),
    Index(None, "workspace_id", "predecessor_id"),
    Index(None, "workspace_id", "id"),
)

key_holders = Table(
    "key_holders",
    metadata,
    Column("workspace_id", Integer, ForeignKey("workspaces.id"), primary_key=True),
    Column("key_id", Text, primary_key=True),
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("how", Text, primary_key=True),
    Column("generation", Integer, primary_key=True, autoincrement=False),
    CheckConstraint(
        "how IN ('created', 'shown', 'copied', 'filed', 'piped', 'custodian')", name="how"
    ),
    Column("since", BigInteger, nullable=False),
    *of_key("key_id"),
    # What somebody learned last comes first: of whoever may know very many no more is looked at.
    Index(None, "person_id", "since"),
)
