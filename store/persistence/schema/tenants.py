"""The store itself, its workspaces, and the people in them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from store.persistence.schema.base import metadata, workspace_column

settings = Table(
    "settings",
    metadata,
    Column("id", Integer, primary_key=True),
    CheckConstraint("id = 1", name="one_row"),
    Column("prefix", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    # While a restored store waits for its operator, its keys open nothing.
    Column("restored_at", BigInteger),
    Column("leak_policy", Text, nullable=False, server_default="report"),
    # When its operator last said that it may be served as it is.
    Column("confirmed_at", BigInteger),
    # Where it was copied to, for as long as nobody has taken it back.
    Column("moved_to", Text),
)

revision = Table(
    "revision",
    metadata,
    Column("id", Integer, primary_key=True),
    CheckConstraint("id = 1", name="one_row"),
    Column("value", BigInteger, nullable=False),
    # Rows a verdict depends on that were changed in the file, by whomever: SQLite counts them.
    Column("changed_rows", BigInteger, nullable=False, server_default="0"),
)

peppers = Table(
    "peppers",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    Column("added_at", BigInteger, nullable=False),
)

workspaces = Table(
    "workspaces",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("plan", Text, nullable=False),
    CheckConstraint("plan IN ('free', 'pro')", name="plan"),
    Column("created_at", BigInteger, nullable=False),
    Column("colour", Text),
)

# What somebody signs in with. Each enrolment makes one of its own: an e-mail is proven by nobody.
# Whoever is signed in accepts another workspace's invitation with theirs.
accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("password_hash", Text),
    Column("password_set_at", BigInteger),
    # The operator's, for a password that was lost.
    Column("code_digest", LargeBinary),
    Column("code_expires_at", BigInteger),
)

# Somebody as one workspace knows them, from an invitation until they leave. Another workspace that
# knows the e-mail has a row of its own, and so has who is invited again: what opened the row of
# before, an SSH key or a console that was left open, does not open the new one.
people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    workspace_column(),
    Column("email", Text, nullable=False),
    Column("email_folded", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_folded", Text),
    # None until the invitation is accepted: until then the row opens nothing.
    Column("account_id", Integer, ForeignKey("accounts.id")),
    Column("enrolment_digest", LargeBinary),
    Column("enrolment_expires_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("last_sign_in_at", BigInteger),
    # Of what opens it for some minutes without a password: `store.service.logins`.
    Column("login_digest", LargeBinary),
    Column("login_expires_at", BigInteger),
    UniqueConstraint("workspace_id", "id"),
    Index(None, "email_folded"),
    Index(None, "account_id"),
)

memberships = Table(
    "memberships",
    metadata,
    Column("workspace_id", Integer, ForeignKey("workspaces.id"), primary_key=True),
    Column("person_id", Integer, primary_key=True),
    Column("role", Text, nullable=False),
    CheckConstraint("role IN ('admin', 'viewer', 'member')", name="role"),
    Column("joined_at", BigInteger, nullable=False),
    # Who gave the code; None where the operator made them a member.
    Column("vouched_by", Integer, ForeignKey("people.id")),
    ForeignKeyConstraint(["workspace_id", "person_id"], ["people.workspace_id", "people.id"]),
    Index(None, "person_id"),
)

# What sshd lets people in by, where it asks keydeck: each key opens as one person, in whatever
# workspaces their account does.
ssh_keys = Table(
    "ssh_keys",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    workspace_column(),
    Column("person_id", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("blob", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("console", Boolean, nullable=False),
    Column("looks_only", Boolean, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    ForeignKeyConstraint(["workspace_id", "person_id"], ["people.workspace_id", "people.id"]),
    Index(None, "person_id"),
)

# How somebody looked at a list last. No rule depends on it, and no secret is in it.
key_views = Table(
    "key_views",
    metadata,
    Column("workspace_id", Integer, ForeignKey("workspaces.id"), primary_key=True),
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("filter", Text, nullable=False),
    Column("sort", Text, nullable=False),
    Column("descending", Boolean, nullable=False),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("email_digest", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", BigInteger, nullable=False),
)

resources = Table(
    "resources",
    metadata,
    Column("name", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("builtin", Boolean, nullable=False),
    # Separated by blanks, in the order in which they are offered.
    Column("actions", Text, nullable=False, server_default="read write"),
)

# Which requests of the admin's own API there are, and what each takes: `store.domain.routes`.
routes = Table(
    "routes",
    metadata,
    Column("method", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("needs", Text, nullable=False),
    # The title of the OpenAPI document it came from.
    Column("document", Text),
)

# What assistants find of the admin's own API: `store.domain.tools`.
tool_documents = Table(
    "tool_documents",
    metadata,
    Column("title", Text, primary_key=True),
    Column("upstream", Text, nullable=False),
    # All of one document as JSON: read whole, by whoever keeps it, and never by a part.
    Column("tools", Text, nullable=False),
)
