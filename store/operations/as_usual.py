"""Reading a store that is as usual by the driver alone: without all that the use cases stand on.

It is for whoever is waited for before that is loaded. What opening a store looks at is looked at
here, too, and nothing is changed. Wherever anything is not as usual the usual way has to be gone,
which meets it as well and has a sentence for it.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from store.credentials import peppers as pepper_file
from store.errors import KeydeckError
from store.persistence.database.sqlite_driver import identity, prepare_sqlite, sqlite_library
from store.persistence.database.still import stamp
from store.persistence.high_water import HighWaterMark
from store.persistence.migrations.newest import SCHEMA_VERSION
from store.persistence.repositories.frozen_reads import FrozenReads
from store.persistence.repositories.key_rows import Columns
from store.persistence.repositories.opening import PEPPERS, SETTINGS, VERSION, opened
from store.persistence.repositories.seen_entries import traced

_FILE = "sqlite:///"
_PATIENCE_MS = 100
"""For a lock: whoever waits longer goes the usual way."""
_Driver: Any = sqlite_library()


class NotAsUsual(Exception):
    """The usual way has to be gone."""


@dataclass(frozen=True, slots=True)
class AsUsual:
    """A store as of one instant."""

    address: str
    prefix: str
    """Of its keys."""
    revision: int
    reads: FrozenReads


@contextmanager
def as_usual(url: str | None, pepper_path: Path | None) -> Iterator[AsUsual]:
    """Give a store to read, in one transaction.

    Raises NotAsUsual, also for what the reading raises: where the store is not a file at a plain
    address, not one to be served as it is, or was never opened with this pepper before.
    """
    path = _plain(url)
    if path is None or pepper_path is None:
        raise NotAsUsual
    try:
        before = identity(path)
        # What can only be read here is opened in another way.
        if before is None or stamp(path) is not None:
            raise NotAsUsual
        where = f"{path.as_uri()}?mode=rw"
        mark = HighWaterMark.beside(pepper_path, str(path.resolve()))
        known = mark.known()
        with closing(_Driver.connect(where, uri=True, isolation_level=None)) as connection:
            prepare_sqlite(connection.execute, _PATIENCE_MS)
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            found = connection.execute(VERSION.sqlite).fetchone()
            if found is None or found[0] != SCHEMA_VERSION:
                raise NotAsUsual
            settings = opened(connection.execute(SETTINGS.sqlite).fetchone() or ())
            trace = traced(
                mark.to_find(settings.state, known),
                lambda statement, *given: connection.execute(statement.sqlite, given).fetchone(),
            )
            unknown = not any(
                (one.place, one.store) == (str(path.resolve()), settings.state.store)
                for one in known.filed
            )
            if unknown or settings.prefix is None or mark.set_back(settings.state, known, trace):
                raise NotAsUsual
            peppers = pepper_file.read(pepper_path)
            wanted = [row[0] for row in connection.execute(PEPPERS.sqlite)]
            pepper_file.check_complete(peppers, wanted, pepper_path)

            def execute(words: str, given: Mapping[str, object]) -> list[Columns]:
                cursor = connection.execute(words, given)
                names = [column[0] for column in cursor.description]
                return [dict(zip(names, row, strict=True)) for row in cursor]

            address, revision = f"{_FILE}{path}", settings.state.revision
            yield AsUsual(address, settings.prefix, revision, FrozenReads(execute))
            if identity(path) != before:
                raise NotAsUsual
    except (_Driver.Error, KeydeckError, OSError, ValueError, LookupError) as error:
        raise NotAsUsual from error


def _plain(url: str | None) -> Path | None:
    """Return the file that an address names which needs no reading; None for any other address."""
    if url is None or not url.startswith(f"{_FILE}/") or any(sign in url for sign in "?%#"):
        return None
    return Path(url.removeprefix(_FILE))
