"""Verifiers: what they hold, and how they are."""

from typing import NamedTuple

from sqlalchemy import Connection, delete, select, text, update
from sqlalchemy.engine import Row

from store.domain.leases.settling import Lease, Picture
from store.domain.verifier_processes import VerifierProcess
from store.persistence.migrations.changes import TIMELINE
from store.persistence.schema import revision, verifiers


class Footing(NamedTuple):
    """What a commit on PostgreSQL stands on."""

    timeline: str
    standby: bool
    """Whether it waits until every synchronous standby has it, and there is one."""


# One statement, so that all of it is of one instant.
_PICTURE = text(f"""
SELECT here.timeline,
       EXISTS (SELECT FROM timelines WHERE name = here.timeline) AS settled,
       revision.value AS reached,
       verifiers.id, host, process, verifiers.revision, lease_ms, renewals,
       verifiers.timeline AS its_timeline
  FROM (SELECT {TIMELINE} AS timeline) AS here
  CROSS JOIN revision
  LEFT JOIN verifiers ON lease_ms IS NOT NULL AND NOT lapsed
""")  # noqa: S608
_FOOTING = text(f"""
SELECT {TIMELINE} AS timeline,
       current_setting('synchronous_standby_names') <> ''
       AND current_setting('synchronous_commit') = 'remote_apply' AS standby
""")
_SETTLE = text(f"""
INSERT INTO timelines (name, settled_at)
SELECT here.timeline, :now FROM (SELECT {TIMELINE} AS timeline) AS here
 WHERE here.timeline = :timeline
ON CONFLICT DO NOTHING
""")  # noqa: S608
NOW = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
"""The server's clock: those of the verifiers' machines need not agree."""
_DATABASE_NOW = text(f"SELECT {NOW}")


class Verifiers:
    """One transaction's view of the verifiers. What tells of leases is for PostgreSQL alone."""

    def __init__(self, connection: Connection, now: int) -> None:
        self._connection = connection
        self._now = now

    def picture(self) -> Picture:
        """Return every lease that is not known to have lapsed, and what it may be of."""
        rows = self._connection.execute(_PICTURE).all()
        leases = [
            Lease(
                row.id,
                row.host,
                row.process,
                row.revision,
                row.lease_ms,
                row.its_timeline,
                row.renewals,
            )
            for row in rows
            if row.id is not None
        ]
        return Picture(rows[0].reached, rows[0].timeline, rows[0].settled, leases)

    def footing(self) -> Footing:
        """Return what this transaction's commit will stand on."""
        row = self._connection.execute(_FOOTING).one()
        return Footing(row.timeline, row.standby)

    def set_lapsed(self, lease: Lease) -> None:
        """Say that a lease was seen to run out, unless it was renewed since.

        Another server may have granted as many renewals as the one that it was seen on.
        """
        self._connection.execute(
            update(verifiers)
            .where(
                verifiers.c.id == lease.verifier,
                verifiers.c.renewals == lease.renewals,
                verifiers.c.timeline.is_not_distinct_from(lease.timeline),
            )
            .values(lapsed=True)
        )

    def settle(self, timeline: str) -> None:
        """Say that no lease of an older timeline is left, if the database is still on this one."""
        self._connection.execute(_SETTLE, {"timeline": timeline, "now": self._now})

    def all(self) -> list[VerifierProcess]:
        """Return every verifier there is or was not long ago, as it was last heard of."""
        now = self._now
        if self._connection.dialect.name == "postgresql":
            # They write the server's time: nobody's clock is compared with another's.
            now = self._connection.execute(_DATABASE_NOW).scalar_one()
        reached = select(revision.c.value).scalar_subquery()
        query = select(verifiers, reached.label("reached")).order_by(
            verifiers.c.host, verifiers.c.process, verifiers.c.id
        )
        return [_running(row, now) for row in self._connection.execute(query)]

    def forget(self, seen: VerifierProcess) -> bool:
        """Take one off that has told nothing since it was `seen`; return whether it was there."""
        silent = verifiers.c.seen_at == seen.seen_at, verifiers.c.renewals == seen.renewals
        query = delete(verifiers).where(verifiers.c.id == seen.id, *silent)
        return self._connection.execute(query).rowcount > 0


def _running(row: Row[*tuple[object, ...]], now: int) -> VerifierProcess:
    return VerifierProcess(
        id=row.id,
        host=row.host,
        process=row.process,
        version=row.version,
        address=row.address,
        started_at=row.started_at,
        seen_at=row.seen_at,
        seen_ms_ago=max(0, now - row.seen_at),
        requests=row.requests,
        refusals=row.refusals,
        recent_ms=row.recent_ms,
        recent_requests=row.recent_requests,
        recent_refusals=row.recent_refusals,
        revision=row.revision,
        behind_by=max(0, row.reached - row.revision),
        lease_ms=row.lease_ms,
        lapsed=row.lapsed,
        proxied=row.proxied,
        renewals=row.renewals,
    )
