"""Who may do what in a store on PostgreSQL: rights for roles that do not own it.

The owner makes and upgrades the store, and could take any rule away; nothing that runs all day
should be it. What a right cannot say, the rules in `store.persistence.migrations.triggers` do.

What a verifier's role is trusted with all the same: it answers requests, so it could let anybody in
by itself. It makes connections and their tokens, for they are approved in it, and changes the
sample data. It says who used a key, and revokes one that was found. Verifiers that share a role can
end or move each other's leases: whoever has it can make *in force* untrue for as long as a lease
is. What it cannot do is make, widen or revive a key, change a person or a plan, change what the
audit says was done, or keep anybody from changing or revoking.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from store.persistence.schema import audit, metadata
from store.persistence.schema.business import BUSINESS


class RolePurpose(StrEnum):
    """What a role is for."""

    CONSOLE = "console"
    VERIFIER = "verifier"


_READ = "SELECT"
# Whoever chose an entry's id could stand in the way of the next.
_ENTRY = ", ".join(column.name for column in audit.columns if not column.primary_key)
_APPEND = f"SELECT, INSERT ({_ENTRY})"
_ADD = "SELECT, INSERT"
_KEEP = "SELECT, INSERT, UPDATE"
_ALL = "SELECT, INSERT, UPDATE, DELETE"
_NEXT_REVISION = "SELECT, UPDATE (value)"
_RESOURCES = [table.name for table in BUSINESS]

RIGHTS: Mapping[RolePurpose, Mapping[str, str | None]] = {
    RolePurpose.CONSOLE: {
        **dict.fromkeys(_RESOURCES),
        "access_tokens": "SELECT, DELETE",
        "accounts": _KEEP,
        "alembic_version": _READ,
        "asks": _KEEP,
        "audit": _APPEND,
        "authorization_codes": "SELECT, INSERT, DELETE",
        # SQLite's.
        "changed_subjects": None,
        # The database writes it, with the rights of whoever changes something.
        "changes": "INSERT",
        "client_documents": _ALL,
        "connection_callers": _READ,
        "connection_observed": _READ,
        "connection_refusals": _READ,
        "connection_scope_counts": _READ,
        "connection_scope_usage": _READ,
        "connection_usage": _READ,
        "connection_verdict_counts": _READ,
        "connections": _KEEP,
        "foreign_digests": _ADD,
        "foreign_shapes": _ADD,
        "idempotency_keys": None,
        "key_callers": _READ,
        "key_holders": _ADD,
        "key_observed": _READ,
        "key_refusals": _READ,
        "key_usage": _READ,
        "key_views": _KEEP,
        "keys": _KEEP,
        "limit_counts": _READ,
        "limits": "SELECT, INSERT, DELETE",
        "memberships": _ALL,
        "oauth_clients": _READ,
        "offboarding_keys": _KEEP,
        "offboardings": _KEEP,
        "people": _KEEP,
        "peppers": _ADD,
        "refresh_tokens": "SELECT, DELETE",
        "resources": "SELECT, INSERT, UPDATE, DELETE",
        "revision": _NEXT_REVISION,
        "rotations": _KEEP,
        "routes": _ALL,
        "scope_counts": _READ,
        "scope_usage": _READ,
        "settings": "SELECT, UPDATE (restored_at, leak_policy, confirmed_at)",
        "sign_in_attempts": _ALL,
        "stops": "SELECT, INSERT, DELETE",
        "ssh_keys": "SELECT, INSERT, DELETE",
        "timelines": _ADD,
        # Whoever leaves is forgotten there, too.
        "tombstones": "SELECT, DELETE",
        "tool_counts": _READ,
        "tool_documents": _ALL,
        "verdict_counts": _READ,
        # Whoever saw a lease run out says so; whoever is gone for good is taken off the list.
        "verifiers": "SELECT, UPDATE (lapsed), DELETE",
        "workspaces": _KEEP,
    },
    RolePurpose.VERIFIER: {
        **dict.fromkeys(_RESOURCES, _KEEP),
        "access_tokens": _ALL,
        # Whoever approves a connection signs in here.
        "accounts": _READ,
        "alembic_version": _READ,
        "asks": _ALL,
        "audit": _APPEND,
        "authorization_codes": _ALL,
        "changed_subjects": None,
        "changes": "SELECT, INSERT, DELETE",
        "client_documents": _READ,
        "connection_callers": _ALL,
        "connection_observed": _ALL,
        "connection_refusals": "SELECT, INSERT, DELETE",
        "connection_scope_counts": _ALL,
        "connection_scope_usage": _KEEP,
        "connection_usage": _KEEP,
        "connection_verdict_counts": _ALL,
        "connections": "SELECT, INSERT, UPDATE (opened_at, revoked_at, revoked_by, revoke_reason,"
        " revision)",
        # What is proven once need not be again; see the rule foreign_digests_are_never_updated.
        "foreign_digests": "SELECT, UPDATE (arrived)",
        "foreign_shapes": _READ,
        # Kept for a day.
        "idempotency_keys": "SELECT, INSERT, DELETE",
        # The oldest callers of a key go.
        "key_callers": _ALL,
        "key_holders": None,
        "key_observed": _ALL,
        "key_refusals": "SELECT, INSERT, DELETE",
        "key_usage": _KEEP,
        "key_views": None,
        # A key that was reported is revoked, one that somebody else made has arrived with its first
        # use, and nothing else is done to any.
        "keys": "SELECT, UPDATE (revoked_at, revoked_by, revoke_reason, leaked_at, revision,"
        " foreign_hash)",
        # Of windows that are over the rows go.
        "limit_counts": _ALL,
        "limits": _READ,
        "memberships": _READ,
        "oauth_clients": _ALL,
        "offboarding_keys": None,
        "offboardings": None,
        "people": "SELECT, UPDATE (last_sign_in_at)",
        "peppers": _READ,
        "refresh_tokens": _ALL,
        "resources": _READ,
        "revision": _NEXT_REVISION,
        "rotations": _READ,
        "routes": _READ,
        # Minutes become hours, and go.
        "scope_counts": _ALL,
        "scope_usage": _KEEP,
        "settings": _READ,
        "sign_in_attempts": _ALL,
        "stops": _READ,
        # Nobody is let in by a verifier's word.
        "ssh_keys": None,
        "timelines": _ADD,
        "tombstones": None,
        # What is older than three months goes.
        "tool_counts": _ALL,
        "tool_documents": _READ,
        "verdict_counts": _ALL,
        "verifiers": _ALL,
        "workspaces": _READ,
    },
}
"""By table, also those a role gets nothing in: a test asks for every table there is."""


def grants(part: RolePurpose, role: str) -> str:
    """Return the SQL that gives a role what its part needs, and takes away whatever else it had.

    The role is made before, by whoever may. Run it as the store's owner, after each upgrade too.
    """
    quoted = '"{}"'.format(role.replace('"', '""'))
    return "\n".join([f"-- The rights of the {part}.", *_statements(part, quoted)])


def _statements(part: RolePurpose, role: str) -> Iterator[str]:
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role};"
    yield f"GRANT USAGE ON SCHEMA public TO {role};"
    for table, rights in RIGHTS[part].items():
        if rights is None:
            continue
        yield f"GRANT {rights} ON {table} TO {role};"
        key = None if table not in metadata.tables else metadata.tables[table].autoincrement_column
        if "INSERT" in rights and key is not None:
            yield f"GRANT USAGE ON SEQUENCE {table}_{key.name}_seq TO {role};"
