"""Opening a store: where it is, whether it may be served, and the use cases on it."""

from contextlib import ExitStack, closing, suppress
from pathlib import Path

from sqlalchemy import Connection

from store.credentials import peppers as pepper_file
from store.credentials.peppers import Peppers
from store.domain.clock import Clock, SystemClock
from store.domain.names import checked_prefix
from store.errors import (
    NotAStore,
    StoreElsewhere,
    StoreMissing,
    StoreMoved,
    StoreUnreachable,
    StoreUnusable,
)
from store.operations.places import data_folder as data_folder
from store.operations.places import default_pepper_path as default_pepper_path
from store.operations.places import default_url as default_url
from store.operations.progress import Progress, unseen
from store.operations.store import Store
from store.persistence.database import Database, limits
from store.persistence.high_water import HighWaterMark
from store.persistence.migrations import run
from store.persistence.migrations.run import SCHEMA_VERSION
from store.persistence.repositories.settings import Settings
from store.service.transactions import OnCommit, Transactions, untold
from store.system.permissions import check, is_there


def store_exists(url: str | None = None) -> bool:
    """Return whether there is a store with a keydeck schema at an address."""
    with closing(Database(url or default_url(), create=True)) as database:
        if database.on_sqlite and not is_there(database.path):
            return False
        with database.reading() as connection:
            return run.version(connection) is not None


def open_store(
    url: str | None = None,
    *,
    pepper_path: Path | None = None,
    clock: Clock | None = None,
    on_commit: OnCommit = untold,
    patience_ms: int | None = None,
) -> Store:
    """Open a store that exists; `on_commit` hears of what is committed by way of it.

    `patience_ms` is how long each change waits for others, by default `limits.BUSY_TIMEOUT_MS`.

    Raises Invalid for an address that is none, and StoreUnusable: StoreMissing, StoreOutdated,
    StoreTooNew, StoreBusy, StoreDamaged, StoreUnreachable, PepperMissing, PepperWrong or
    PepperUnreadable.
    """
    with ExitStack() as unless_opened:
        database = Database(url or default_url(), patience_ms=patience_ms)
        unless_opened.callback(database.close)
        path = pepper_path or default_pepper_path()
        mark = HighWaterMark.beside(path, database.whereabouts)
        known = mark.known()
        with database.reading() as connection:
            check_version(database, connection)
            settings = Settings(connection)
            prefix, wanted = settings.prefix(), settings.fingerprints()
            if prefix is None:
                raise NotAStore(database.place, "it holds no settings")
            standing = settings.stands(mark, known)
        peppers = pepper_file.read(path)
        pepper_file.check_complete(peppers, wanted, path)
        clock = clock or SystemClock()
        if not mark.served(*standing):
            let_wait(database, clock.now())
        unless_opened.pop_all()
    return Store(Transactions(database, peppers, prefix, clock, mark, on_commit=on_commit))


def create_store(
    url: str | None = None,
    *,
    prefix: str = "jw",
    pepper_path: Path | None = None,
    clock: Clock | None = None,
    on_commit: OnCommit = untold,
    patience_ms: int | None = None,
) -> Store:
    """Make a store and its pepper, or open the one that is there (its prefix stays).

    Raises what `open_store` raises.
    """
    checked_prefix(prefix)
    if store_exists(url):
        return open_store(
            url,
            pepper_path=pepper_path,
            clock=clock,
            on_commit=on_commit,
            patience_ms=patience_ms,
        )
    clock = clock or SystemClock()
    with closing(Database(url or default_url(), create=True, patience_ms=patience_ms)) as database:
        if database.on_sqlite:
            private_file(database.path)
        peppers: Peppers = pepper_file.create(pepper_path or default_pepper_path())
        with database.making() as connection:
            if run.version(connection) is None:
                run.upgrade(connection)
                settings = Settings(connection)
                settings.start(prefix, clock.now())
                settings.add_fingerprint(peppers.newest, clock.now())
    return open_store(
        url, pepper_path=pepper_path, clock=clock, on_commit=on_commit, patience_ms=patience_ms
    )


def upgrade_store(url: str | None = None, progress: Progress = unseen) -> str:
    """Bring an older store to this keydeck's schema and return that version.

    Each migration is a transaction of its own: stopped between two, the store is whole at the
    version it has reached, and the next call goes on from there.
    Raises StoreMissing, NotAStore, StoreMoved, StoreTooNew, StoreBusy, StoreDamaged or
    StoreUnreachable.
    """
    patient = Database(url or default_url(), patience_ms=limits.COMMAND_PATIENCE_MS)
    with closing(patient) as database:
        with database.reading() as connection:
            version = run.version(connection)
            if version is None or version > SCHEMA_VERSION:
                check_version(database, connection)
        steps = run.steps(version) if version else []
        for done, step in enumerate(steps):
            progress(done, len(steps), step.title)
            with database.writing() as connection:
                # Somebody else may have been here since.
                if (run.version(connection) or "") < step.version:
                    run.upgrade(connection, step.version)
        progress(len(steps), len(steps), "")
    return SCHEMA_VERSION


def steps_left(url: str | None = None) -> list[str]:
    """Return the schema versions an older store has still to go through, oldest first.

    Raises StoreMissing, StoreTooNew, StoreBusy, StoreDamaged or StoreUnreachable.
    """
    with closing(Database(url or default_url())) as database, database.reading() as connection:
        version = run.version(connection)
        if version is None or version > SCHEMA_VERSION:
            check_version(database, connection)
        return [step.version for step in run.steps(version)] if version else []


def let_wait(database: Database, now: int) -> None:
    """Let a store that was set back wait for its operator, whoever opens it next."""
    # Who may not write it has noticed all the same, and the file beside the pepper keeps it.
    with suppress(StoreUnusable), database.writing() as connection:
        Settings(connection).wait(now)


def check_version(database: Database, connection: Connection) -> None:
    """Raise unless a store is one this code can use.

    Raises StoreMissing, NotAStore, StoreUnfinished, StoreMoved, StoreOutdated or StoreTooNew.
    """
    version = run.version(connection)
    # A file that holds no store is somebody's mistake; a database is made before the store in it.
    if version is None and not database.on_sqlite:
        raise missing(database, connection)
    try:
        run.check(version, database.place)
    except StoreMoved as error:
        error.moved_to = Settings(connection).moved_to()
        raise


def missing(database: Database, connection: Connection) -> StoreMissing:
    """Return what is said where a database of a server has no store, or not where it is looked."""
    elsewhere = run.elsewhere(connection)
    return StoreElsewhere(database.place, *elsewhere) if elsewhere else StoreMissing(database.place)


def private_file(path: Path) -> None:
    """Make a store's file where there is none: its owner's alone, and so is its folder.

    Raises PlaceForbidden where this account may not, StoreUnreachable where nobody can.
    """
    try:
        # SQLite gives its -wal and -shm the mode of the store itself.
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
    except PermissionError:
        check(path)
        raise
    except OSError as error:
        raise StoreUnreachable(f"{path}: {(error.strerror or str(error)).lower()}") from None
