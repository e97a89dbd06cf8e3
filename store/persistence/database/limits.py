"""How long anybody waits for the store."""

BUSY_TIMEOUT_MS = 5000
"""For a lock that somebody else holds."""

COMMAND_PATIENCE_MS = 30_000
"""The same for a command: it is run beside many others, and nobody sees whether it has begun."""

STATEMENT_TIMEOUT_MS = 60_000
"""For one statement on PostgreSQL. Migrations have no such limit."""

IDLE_TIMEOUT_MS = 10_000
"""For a process inside a transaction on PostgreSQL that does nothing and holds a lock."""

CONNECT_TIMEOUT_S = 5
VANISHED_MS = 10_000
"""For a server whose machine or network has gone: nothing else would end a wait for it."""
