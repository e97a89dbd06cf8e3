"""Since when a key or a connection is stopped, in SQL: for the hot read and for lists alike.

Where nothing of a workspace is stopped it is one look into an index; where something is, one for
each stop there may be of the key. How many stops there are does not matter.
"""

_ANY = "EXISTS (SELECT 1 FROM stops WHERE stops.workspace_id = {table}.workspace_id)"
_ONE = (
    "(SELECT stops.stopped_at FROM stops WHERE stops.workspace_id = {table}.workspace_id"
    " AND stops.kind = '{kind}' AND stops.value = {value})"
)


def _stopped(table: str, **values: str) -> str:
    each = ", ".join(
        _ONE.format(table=table, kind=kind, value=value) for kind, value in values.items()
    )
    # Both engines look at a CASE's branch only where its condition holds.
    return f"CASE WHEN {_ANY.format(table=table)} THEN coalesce({each}, NULL) END"


KEY_STOPPED_AT = _stopped("keys", key="keys.id", workspace="''")
"""Of a row of `keys`."""
CONNECTION_STOPPED_AT = _stopped("connections", workspace="''")
"""Of a row of `connections`: it has no owner, and goes with its workspace."""
