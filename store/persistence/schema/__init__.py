"""The tables, as SQLAlchemy Core sees them. Migrations make them; a test keeps the two alike.

Instants are UTC milliseconds. Every table of business data names its workspace, and foreign keys
carry it along, so that no row can point into another workspace.
"""

from store.persistence.schema.audit_trail import audit
from store.persistence.schema.base import metadata
from store.persistence.schema.business import events, quotes
from store.persistence.schema.connections import (
    access_tokens,
    asks,
    authorization_codes,
    client_documents,
    connections,
    oauth_clients,
    refresh_tokens,
)
from store.persistence.schema.foreign_digests import foreign_digests, foreign_shapes
from store.persistence.schema.idempotency import idempotency_keys
from store.persistence.schema.issued_keys import key_holders, keys, rotations
from store.persistence.schema.limits import limit_counts, limits
from store.persistence.schema.offboardings import offboarding_keys, offboardings
from store.persistence.schema.stops import stops
from store.persistence.schema.tenants import (
    accounts,
    key_views,
    memberships,
    people,
    peppers,
    resources,
    revision,
    routes,
    settings,
    sign_in_attempts,
    ssh_keys,
    tool_documents,
    workspaces,
)
from store.persistence.schema.tombstones import tombstones
from store.persistence.schema.usage import (
    OF_CONNECTIONS,
    OF_KEYS,
    UsageTables,
    connection_usage,
    key_callers,
    key_refusals,
    key_usage,
    scope_counts,
    scope_usage,
    tool_counts,
    verdict_counts,
)
from store.persistence.schema.verifiers import (
    PASSING,
    changed_subjects,
    changes,
    timelines,
    verifiers,
)

__all__ = [
    "OF_CONNECTIONS",
    "OF_KEYS",
    "PASSING",
    "UsageTables",
    "access_tokens",
    "accounts",
    "asks",
    "audit",
    "authorization_codes",
    "changed_subjects",
    "changes",
    "client_documents",
    "connection_usage",
    "connections",
    "events",
    "foreign_digests",
    "foreign_shapes",
    "idempotency_keys",
    "key_callers",
    "key_holders",
    "key_refusals",
    "key_usage",
    "key_views",
    "keys",
    "limit_counts",
    "limits",
    "memberships",
    "metadata",
    "oauth_clients",
    "offboarding_keys",
    "offboardings",
    "people",
    "peppers",
    "quotes",
    "refresh_tokens",
    "resources",
    "revision",
    "rotations",
    "routes",
    "scope_counts",
    "scope_usage",
    "settings",
    "sign_in_attempts",
    "ssh_keys",
    "stops",
    "timelines",
    "tombstones",
    "tool_counts",
    "tool_documents",
    "verdict_counts",
    "verifiers",
    "workspaces",
]
