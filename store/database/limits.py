"""How long anybody waits for the store."""

BUSY_TIMEOUT_MS = 5000
"""For a lock that somebody else holds."""

STATEMENT_TIMEOUT_MS = 60_000
"""For one statement on PostgreSQL. Migrations have no such limit."""

CONNECT_TIMEOUT_S = 5
