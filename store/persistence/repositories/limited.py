"""How often all of an owner's keys, or all of a workspace, may be used, in SQL: for the hot read.

Where nothing of a workspace is limited it is one look into an index; where something is, one more
for each limit there may be of the key.
"""

_ANY = "EXISTS (SELECT 1 FROM limits WHERE limits.workspace_id = {table}.workspace_id)"
_ONE = (
    "coalesce((SELECT '{kind} ' || limits.windows || ';' FROM limits"
    " WHERE limits.workspace_id = {table}.workspace_id"
    " AND limits.kind = '{kind}' AND limits.value = {value}), '')"
)


def _shared(table: str, **values: str) -> str:
    each = [_ONE.format(table=table, kind=kind, value=value) for kind, value in values.items()]
    # Both engines look at a CASE's branch only where its condition holds.
    return f"CASE WHEN {_ANY.format(table=table)} THEN nullif({' || '.join(each)}, '') END"


KEY_SHARES = _shared("keys", owner="keys.owner", workspace="''")
"""Of a row of `keys`: `owner 5000/1h;workspace 100/1s;`."""
CONNECTION_SHARES = _shared("connections", workspace="''")
"""Of a row of `connections`: it has no owner, and goes with its workspace."""
