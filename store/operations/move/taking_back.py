"""Taking a store back that was copied elsewhere: it waits for its operator then."""

from contextlib import closing

from sqlalchemy import update

from store.domain.clock import Clock, SystemClock
from store.operations.open import default_url
from store.persistence.database import Database, limits
from store.persistence.migrations import run
from store.persistence.repositories.settings import Settings
from store.persistence.schema import settings


def take_back(url: str | None, clock: Clock | None = None) -> bool:
    """Let a store be used again that was copied elsewhere; return whether it was one.

    Nobody here knows what was revoked there, so it waits for `Operator.confirm_restored`.
    Raises StoreUnusable.
    """
    clock = clock or SystemClock()
    patient = Database(url or default_url(), patience_ms=limits.COMMAND_PATIENCE_MS)
    with closing(patient) as database:
        with database.reading() as connection:
            if not (run.version(connection) or "").startswith(run.MOVED):
                return False
        with database.writing() as connection:
            version = run.version(connection) or ""
            ours = Settings(connection)
            ours.wait(clock.now())
            ours.raise_revision(ours.revision())
            connection.execute(update(settings).values(moved_to=None))
            run.set_version(connection, run.schema_of(version))
    return True
