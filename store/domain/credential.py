"""What a verdict depends on, declared once.

The hot read, the rows it gives, what a database on PostgreSQL notes down and what a restore may not
undo follow from this declaration, or are held to it by a test.
"""

from typing import NamedTuple


class Credential(NamedTuple):
    """A key as a verdict sees it; a connection and its access token are seen as one too."""

    id: str
    workspace_id: int
    workspace: str
    """The slug."""
    plan: str
    name: str
    digest: bytes
    pepper: str
    """The fingerprint of the one the digest was made with."""
    scopes: str
    """Canonical: sorted, space-separated."""
    expires_at: int | None
    revoked_at: int | None
    created_at: int = 0
    stopped_at: int | None = None
    """Since when it is refused until somebody lets it go on; by the earliest stop there is."""
    networks: str | None = None
    """Where it may be used from, as `store.domain.key_networks` writes it; None for anywhere."""
    owner: str | None = None
    """Whom it belongs to outside; None where nobody said, and of a connection."""
    labels: str | None = None
    """As `store.domain.labels` writes them; None for none, and of a connection."""
    not_before: int | None = None
    """When it begins to work, as `nbf` of a JWT (RFC 7519 4.1.5); None where it works from the
    first, and of a connection."""
    limits: str | None = None
    """How often it may be used, as `store.domain.limits` writes it; None where nothing says."""
    shared_limits: str | None = None
    """How often all of its owner, or of its workspace, may: `owner 5000/1h;workspace 100/1s`."""
    lineage: str | None = None
    """The id of the first key of its chain, which a limit is of; None of a connection."""


class AccessToken(NamedTuple):
    """An access token, and its connection as a verdict sees it."""

    id: str
    expires_at: int
    resource: str
    connection: Credential
    """Id, name, scopes and end are the connection's; digest and pepper the token's."""


class Source(NamedTuple):
    """Where a field of a credential is kept: a column of a table, for either sort."""

    of_key: str
    of_connection: str | None
    """None where a connection has no such thing."""
    changes: bool = True
    """Whether it can change at all. A rule of the database refuses that of the others."""


SOURCES = {
    "id": Source("keys.id", "connections.id"),
    "workspace_id": Source("keys.workspace_id", "connections.workspace_id", changes=False),
    "workspace": Source("workspaces.slug", "workspaces.slug"),
    "plan": Source("workspaces.plan", "workspaces.plan"),
    "name": Source("keys.name", "connections.name"),
    "digest": Source("keys.digest", "access_tokens.digest"),
    "pepper": Source("keys.pepper", "access_tokens.pepper"),
    "scopes": Source("keys.scopes", "connections.scopes"),
    "expires_at": Source("keys.expires_at", "connections.expires_at"),
    "revoked_at": Source("keys.revoked_at", "connections.revoked_at"),
    "created_at": Source("keys.created_at", "connections.created_at", changes=False),
    # Of a stop that is of it: see store.persistence.repositories.stopped.
    "stopped_at": Source("stops.stopped_at", "stops.stopped_at"),
    "networks": Source("keys.networks", "connections.networks"),
    "owner": Source("keys.owner", None),
    "labels": Source("keys.labels", None),
    "not_before": Source("keys.not_before", None),
    "limits": Source("keys.limits", None),
    # Of several rows: see store.persistence.repositories.limited.
    "shared_limits": Source("limits.windows", "limits.windows"),
    "lineage": Source("keys.lineage", None, changes=False),
}
"""By field of `Credential`, in its order."""

OF_TOKEN = ("access_tokens.id", "access_tokens.expires_at", "connections.resource")
"""The fields of `AccessToken` before its connection."""

ALSO = ("settings.prefix", "settings.restored_at")
"""What every verdict depends on besides."""

WHOLE = ("routes", "tool_documents", "limits")
"""Tables of which every row, be it there or not, may decide about any request."""


def watched(table: str) -> tuple[str, ...]:
    """Return the columns of a table whose change is one of a verdict, in the order declared."""
    declared = [
        column
        for source in SOURCES.values()
        for column in (source.of_key, source.of_connection)
        if source.changes and column is not None
    ]
    declared.extend((*OF_TOKEN, *ALSO))
    found = (column.partition(".") for column in declared)
    return tuple(dict.fromkeys(name for of, _, name in found if of == table))
