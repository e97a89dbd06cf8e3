"""What a keeper says to PostgreSQL."""

from store.domain.leases.holding import EVERYTHING
from store.persistence.migrations.changes import CHANNEL, TIMELINE
from store.persistence.repositories.seen_entries import NEWEST
from store.persistence.repositories.verifiers import NOW as NOW
from store.verifier.leasing.worker_identity import FORGOTTEN_AFTER_MS, KEPT

SETTINGS = """
SELECT set_config('statement_timeout', %(statement_ms)s, false),
       set_config('lock_timeout', %(lock_ms)s, false),
       set_config('synchronous_commit', 'local', false)
"""
"""A lease has to outlive a crash of the server that granted it, and needs no standby: on another
timeline whoever revokes waits for those it does not know.
"""

LISTEN = f"LISTEN {CHANNEL}"

# One statement, so that what it gives is of one instant.
CATCH_UP = f"""
SELECT r.value, {TIMELINE}, EXISTS (SELECT FROM verifiers WHERE id = %(id)s),
       (SELECT version_num FROM alembic_version),
       s.restored_at, s.prefix || ' ' || s.created_at, s.confirmed_at,
       CASE WHEN r.value - %(revision)s > {KEPT} THEN ARRAY['{EVERYTHING}']
            ELSE ARRAY(SELECT DISTINCT subject FROM changes WHERE revision > %(revision)s) END,
       a.workspace_id, a.seq, a.mac, a.history
FROM revision r CROSS JOIN settings s LEFT JOIN ({NEWEST.postgres}) a ON true
"""  # noqa: S608

# Whoever is behind is granted a lease, too. The timeline is not needed by any rule, either: where
# another server answers, the verifier learns at once that it has to begin anew.
_HERE = f"({TIMELINE}) = %(timeline)s"
REGISTER = f"""
INSERT INTO verifiers (id, host, process, version, address, proxied, started_at, seen_at,
    requests, refusals, recent_ms, recent_requests, recent_refusals,
    revision, lease_ms, timeline, renewals)
SELECT %(id)s, %(host)s, %(process)s, %(version)s, %(address)s, %(proxied)s,
    {NOW} - %(running_ms)s, {NOW},
    %(requests)s, %(refusals)s, %(recent_ms)s, %(recent_requests)s, %(recent_refusals)s,
    %(revision)s, %(lease_ms)s, %(timeline)s, 0
WHERE {_HERE}
"""
RENEW = f"""
UPDATE verifiers SET seen_at = {NOW}, requests = %(requests)s, refusals = %(refusals)s,
    recent_ms = %(recent_ms)s, recent_requests = %(recent_requests)s,
    recent_refusals = %(recent_refusals)s, revision = %(revision)s, timeline = %(timeline)s,
    renewals = renewals + 1, lapsed = false
WHERE id = %(id)s AND {_HERE}
"""  # noqa: S608

LEAVE = "DELETE FROM verifiers WHERE id = %(id)s"

# For a day it is listed as gone: somebody should see that.
FORGET_LAPSED = f"""
DELETE FROM verifiers
WHERE (lapsed OR lease_ms IS NULL) AND seen_at < {NOW} - {FORGOTTEN_AFTER_MS}
"""  # noqa: S608
# Nobody saw these leases run out, and the server's clock may have been set: who renews none for as
# long as one can be, holds none.
SUSPECTED = f"""
SELECT id, renewals FROM verifiers
WHERE lease_ms IS NOT NULL AND seen_at < {NOW} - {FORGOTTEN_AFTER_MS}
"""  # noqa: S608
FORGET_SUSPECTED = "DELETE FROM verifiers WHERE id = %s AND renewals = %s"

# Not all at once where there are very many: it has a second.
PRUNE = f"""
DELETE FROM changes
WHERE revision < (SELECT value FROM revision) - {2 * KEPT}
  AND revision < (SELECT min(revision) FROM changes) + {5 * KEPT}
"""  # noqa: S608
