"""Failed sign-ins, by a digest of the e-mail, so that unknown ones slow down just the same."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from store.domain.names import fold
from store.domain.times import DAY, SECOND
from store.persistence.schema import sign_in_attempts as attempts

LONGEST_WAIT = 30 * SECOND
MOST = 10_000
"""Rows. Beyond that those go that have failed least: what they would have waited is over first."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often in a row signing in has failed, and when last."""

    failures: int
    last_at: int

    def wait(self, now: int) -> int:
        """Return how long the next attempt has to wait, in milliseconds: 1 s, 2 s, 4 s … 30 s."""
        if not self.failures:
            return 0
        pause = min(LONGEST_WAIT, SECOND << min(self.failures - 1, 10))
        # A clock that was set back must not lock anybody out.
        return max(0, min(pause, self.last_at + pause - now))


class SignInAttempts:
    """One transaction's view of the failed sign-ins."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, email: str) -> Attempts:
        """Return the failures of an e-mail, known or not."""
        row = self._connection.execute(
            select(attempts).where(attempts.c.email_digest == _digest(email))
        ).first()
        return Attempts(row.failures, row.last_at) if row else Attempts(0, 0)

    def claim(self, email: str, now: int) -> None:
        """Start the pause again, so that attempts side by side do not share one."""
        self._connection.execute(
            update(attempts).where(attempts.c.email_digest == _digest(email)).values(last_at=now)
        )

    def failed(self, email: str, now: int) -> int:
        """Count one more failure and return how many there are; forget those a day old."""
        self._connection.execute(delete(attempts).where(attempts.c.last_at < now - DAY))
        failures = self.of(email).failures + 1
        self.cleared(email)
        self._connection.execute(
            insert(attempts).values(email_digest=_digest(email), failures=failures, last_at=now)
        )
        self._make_room(_digest(email))
        return failures

    def _make_room(self, newest: bytes) -> None:
        count = select(func.count()).select_from(attempts)
        excess = self._connection.execute(count).scalar_one() - MOST
        if excess > 0:
            least = (
                select(attempts.c.email_digest)
                .where(attempts.c.email_digest != newest)
                .order_by(attempts.c.failures, attempts.c.last_at)
                .limit(excess)
            )
            self._connection.execute(delete(attempts).where(attempts.c.email_digest.in_(least)))

    def cleared(self, email: str) -> None:
        """Forget the failures of an e-mail."""
        self._connection.execute(delete(attempts).where(attempts.c.email_digest == _digest(email)))


def _digest(email: str) -> bytes:
    # People type passwords into the wrong field: what was typed is not kept.
    return hashlib.sha256(fold(email.strip()).encode()).digest()
