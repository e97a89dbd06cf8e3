"""What the verifiers counted. Written by them alone, and never to a key's row of state."""

from sqlalchemy import Connection, select

from store.schema import key_minutes, key_usage
from store.times import MINUTE
from store.usage import Traffic
from store.verdicts import Verdict


class Usage:
    """One transaction's view of a workspace's usage counts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def traffic(self, workspace_id: int, key_id: str, since: int) -> Traffic:
        """Return a key's requests since an instant, whole minutes at a time."""
        rows = self._connection.execute(
            select(key_minutes.c.minute, key_minutes.c.verdict, key_minutes.c.count).where(
                key_minutes.c.workspace_id == workspace_id,
                key_minutes.c.key_id == key_id,
                key_minutes.c.minute >= since // MINUTE,
            )
        )
        by_verdict: dict[Verdict, int] = {}
        by_minute: dict[int, int] = {}
        for minute, verdict, count in rows:
            by_verdict[Verdict(verdict)] = by_verdict.get(Verdict(verdict), 0) + count
            if verdict == Verdict.VALID:
                by_minute[minute] = count
        return Traffic(since, by_verdict, by_minute, self._last_address(workspace_id, key_id))

    def ever_used(self, workspace_id: int, key_id: str) -> bool:
        """Return whether a key was ever presented, whatever the verdict."""
        found = self._connection.execute(
            select(key_minutes.c.minute)
            .where(key_minutes.c.workspace_id == workspace_id, key_minutes.c.key_id == key_id)
            .limit(1)
        )
        return found.first() is not None

    def _last_address(self, workspace_id: int, key_id: str) -> str | None:
        return self._connection.execute(
            select(key_usage.c.last_address).where(
                key_usage.c.workspace_id == workspace_id, key_usage.c.key_id == key_id
            )
        ).scalar()
