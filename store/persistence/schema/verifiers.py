"""Which verifiers there are, what they hold, and what they are to forget.

Nothing here is part of what a store is: a copy of a store begins without it.
"""

from sqlalchemy import BigInteger, Boolean, Column, Integer, Table, Text, text

from store.persistence.schema.base import metadata

verifiers = Table(
    "verifiers",
    metadata,
    # Another at each start of a process.
    Column("id", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("process", Integer, nullable=False),
    Column("version", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    # Since its start, and since it was seen before.
    Column("requests", BigInteger, nullable=False),
    Column("refusals", BigInteger, nullable=False),
    Column("recent_ms", BigInteger, nullable=False),
    Column("recent_requests", BigInteger, nullable=False),
    Column("recent_refusals", BigInteger, nullable=False),
    # Every change up to this one has reached what it remembers.
    Column("revision", BigInteger, nullable=False),
    # NULL where it reads through, and remembers nothing.
    Column("lease_ms", Integer),
    Column("timeline", Text),
    Column("renewals", BigInteger, nullable=False),
    # Somebody has seen the lease run out.
    Column("lapsed", Boolean, nullable=False, server_default=text("false")),
    # Whether it was told of a proxy, and so sees who calls behind one.
    Column("proxied", Boolean, nullable=False, server_default=text("false")),
)

# On PostgreSQL the database itself writes one row for each change a verdict depends on.
changes = Table(
    "changes",
    metadata,
    Column("revision", BigInteger, primary_key=True, autoincrement=False),
    # The id of a key or a connection; empty for all there are.
    Column("subject", Text, nullable=False),
)

# On SQLite the database itself writes one row for each change a verdict depends on: what it is
# about, as above, by how many rows had been changed with it. The oldest go.
changed_subjects = Table(
    "changed_subjects",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("subject", Text, nullable=False),
)

# The histories of the database in which no lease of an older one is left.
timelines = Table(
    "timelines",
    metadata,
    Column("name", Text, primary_key=True),
    Column("settled_at", BigInteger, nullable=False),
)

PASSING = frozenset((verifiers, changes, changed_subjects, timelines))
"""What belongs to one database and is not moved or restored with a store."""
