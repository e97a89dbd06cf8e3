"""Since when a key or a connection is stopped, in SQL: for the hot read and for lists alike.

Where nothing of a workspace is stopped it is one look into an index; where something is, one for
each stop there may be of the key. How many stops there are does not matter, but for those of
labels: each of them is looked for among the labels of a key that has some.
"""

_ANY = "EXISTS (SELECT 1 FROM stops WHERE stops.workspace_id = {table}.workspace_id)"
_ONE = (
    "(SELECT stops.stopped_at FROM stops WHERE stops.workspace_id = {table}.workspace_id"
    " AND stops.kind = '{kind}' AND stops.value = {value})"
)

# Both engines have `replace`, and none of its letters stands for others. Kept labels hold no blank.
_AMONG_LABELS = "' ' || keys.labels || ' '"
_LABELLED = (
    "(SELECT min(stops.stopped_at) FROM stops WHERE keys.labels IS NOT NULL"
    " AND stops.workspace_id = keys.workspace_id AND stops.kind = 'label'"
    " AND replace({labels}, ' ' || stops.value || ' ', '') <> {labels})"
)


def _stopped(table: str, *more: str, **values: str) -> str:
    each = [_ONE.format(table=table, kind=kind, value=value) for kind, value in values.items()]
    # Both engines look at a CASE's branch only where its condition holds.
    return (
        f"CASE WHEN {_ANY.format(table=table)} THEN coalesce({', '.join((*each, *more))}, NULL) END"
    )


KEY_STOPPED_AT = _stopped(
    "keys",
    _LABELLED.format(labels=_AMONG_LABELS),
    key="keys.id",
    owner="keys.owner",
    workspace="''",
)
"""Of a row of `keys`."""
CONNECTION_STOPPED_AT = _stopped("connections", workspace="''")
"""Of a row of `connections`: it has no owner, and goes with its workspace."""
