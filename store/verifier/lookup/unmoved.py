"""What a worker remembers of a store on SQLite; see `store.verifier.wal_index` for why it may."""

from typing import NamedTuple, Protocol, TypeVar

from store.domain.leases.holding import EVERYTHING
from store.domain.remembered import MOST_REMEMBERED, Remembered
from store.errors import StoreUnusable
from store.verifier.wal_index.mapping import WalIndex

Row = TypeVar("Row")


class Standing(NamedTuple):
    """How far a store has come."""

    history: object
    """Another where the changes counted before may be no part of those counted now."""
    changed_rows: int
    """Changes there were of what a verdict depends on."""


class Store(Protocol):
    """What the rows are read from."""

    def watched(self) -> WalIndex | None:
        """Return the wal-index of the store that is served now, None without."""
        ...

    def standing(self) -> Standing:
        """Return how far it has come."""
        ...

    def changed(self, since: int, until: int) -> list[str] | None:
        """Return what the changes between two counts are about, None where that is not known."""
        ...


class Unmoved(Remembered[Row]):
    """Rows that were read under a header of the wal-index, by id. Used by one thread alone."""

    def __init__(self, store: Store, most: int = MOST_REMEMBERED) -> None:
        """`store` is what the rows are read from."""
        super().__init__(most)
        self._store = store
        self._index: WalIndex | None = None
        self._header = b""
        self._standing = Standing(None, 0)

    @property
    def live(self) -> bool:
        """Whether nothing that a verdict depends on was committed since."""
        try:
            index = self._store.watched()
            if index is not None and index is self._index and index.both() == self._header:
                return True
            return index is not None and self._catch_up(index)
        except StoreUnusable:
            # Whoever has to read is told of it.
            return False

    def unmoved(self) -> object | None:
        """Return the header that is published; another object after any commit at all."""
        return self._header if self.live else None

    def _catch_up(self, index: WalIndex) -> bool:
        """Forget what was changed by whatever was committed; return whether that is known."""
        # Before anything is read: what is committed after it moves it again.
        header = index.published()
        if header is None:
            return False
        standing = self._store.standing()
        if index is not self._index or standing.history != self._standing.history:
            self.forget()
        elif standing.changed_rows != self._standing.changed_rows:
            self._forget_changed(standing.changed_rows)
        self._index, self._header, self._standing = index, header, standing
        return True

    def _forget_changed(self, changed_rows: int) -> None:
        subjects = self._store.changed(self._standing.changed_rows, changed_rows)
        if subjects is None or EVERYTHING in subjects:
            self.forget()
            return
        for subject in subjects:
            self.forget_about(subject)
