"""What is one for the whole store: the prefix, the revision, the pepper fingerprints."""

from sqlalchemy import Connection, insert, select, update

from store.domain.leaks.policy import LeakPolicy
from store.persistence.high_water import HighWaterMark, Known, StoreState, Trace
from store.persistence.migrations.triggers import set_revision
from store.persistence.prepared import Row, Statement
from store.persistence.repositories.seen_entries import NEWEST, seen, traced
from store.persistence.schema import peppers, revision, settings


class Settings:
    """One transaction's view of the store's own rows."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def prefix(self) -> str | None:
        """Return the key prefix, or None before `init` chose one."""
        return self._connection.execute(select(settings.c.prefix)).scalar()

    def start(self, prefix: str, now: int) -> None:
        """Write the settings of a new store."""
        self._connection.execute(insert(settings).values(id=1, prefix=prefix, created_at=now))

    def waits(self) -> bool:
        """Return whether a restored store waits for its operator."""
        return self._connection.execute(select(settings.c.restored_at)).scalar() is not None

    def wait(self, now: int) -> None:
        """Let the store wait for its operator, from now on where it does not already."""
        waits_not = settings.c.restored_at.is_(None)
        self._connection.execute(update(settings).where(waits_not).values(restored_at=now))

    def confirm(self, at_least: int) -> None:
        """Let a store be served that has waited; `at_least` is when, later than ever before."""
        before = self._connection.execute(select(settings.c.confirmed_at)).scalar() or 0
        self._connection.execute(
            update(settings).values(restored_at=None, confirmed_at=max(at_least, before + 1))
        )

    def moved_to(self) -> str | None:
        """Return where the store was copied to, where nobody has taken it back since."""
        found: str | None = self._connection.execute(select(settings.c.moved_to)).scalar()
        return found

    def standing(self) -> StoreState:
        """Return what the store, which has its settings, says of itself."""
        row = self._connection.execute(
            select(settings.c.prefix, settings.c.created_at, settings.c.confirmed_at)
        ).one()
        reached = self.revision()
        newest = seen(self._first(NEWEST) or (), reached)
        return StoreState(f"{row.prefix} {row.created_at}", reached, row.confirmed_at, newest)

    def stands(self, mark: HighWaterMark, known: Known) -> tuple[StoreState, Known, Trace]:
        """Return what a mark judges by, in its order.

        What the store says of itself, what was `known` before, and what has become of that.
        """
        standing = self.standing()
        return standing, known, traced(mark.to_find(standing, known), self._first)

    def _first(self, statement: Statement, *given: object) -> Row | None:
        words = (
            statement.sqlite if self._connection.dialect.name == "sqlite" else statement.postgres
        )
        row = self._connection.exec_driver_sql(words, given).first()
        return None if row is None else tuple(row)

    def leak_policy(self) -> LeakPolicy:
        """Return what a report of a leaked key does."""
        return LeakPolicy(self._connection.execute(select(settings.c.leak_policy)).scalar_one())

    def set_leak_policy(self, policy: LeakPolicy) -> None:
        """Choose what a report of a leaked key does."""
        self._connection.execute(update(settings).values(leak_policy=policy.value))

    def revision(self) -> int:
        """Return the revision: one higher at every change a verdict depends on."""
        return int(self._connection.execute(select(revision.c.value)).scalar_one())

    def raise_revision(self, above: int) -> int:
        """Raise the revision above a number, where it is not; return it. Under the lock.

        On PostgreSQL only the store's owner can.
        """
        if self.revision() <= above:
            set_revision(self._connection, above + 1)
        return self.revision()

    def lock_revision(self, *, raise_it: bool) -> int:
        """Lock the revision row until the transaction ends; return the revision, raised or not.

        Whoever holds the lock is alone: mutations commit in the order of their revisions.
        """
        value = self._connection.execute(
            update(revision)
            .values(value=revision.c.value + (1 if raise_it else 0))
            .returning(revision.c.value)
        ).scalar_one()
        return int(value)

    def fingerprints(self) -> list[str]:
        """Return the fingerprint of every pepper the store was made with."""
        return list(self._connection.execute(select(peppers.c.fingerprint)).scalars())

    def add_fingerprint(self, fingerprint: str, now: int) -> None:
        """Remember a pepper by its fingerprint; one that is known stays as it is."""
        if fingerprint not in self.fingerprints():
            self._connection.execute(insert(peppers).values(fingerprint=fingerprint, added_at=now))
