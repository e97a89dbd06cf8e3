"""Which history a server writes."""

TIMELINE = (
    "(SELECT system_identifier FROM pg_control_system())"
    " || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"
)
"""SQL for the history the server writes: another once a standby was promoted or a backup restored.

Raises on a standby, which writes none.
"""
