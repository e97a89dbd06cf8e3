"""What an engine has to bring to be a store's."""

from contextlib import AbstractContextManager
from enum import Enum
from typing import Protocol

from sqlalchemy import Connection, Engine

from store.errors import StoreNotWritable


class TransactionKind(Enum):
    """What a transaction is for."""

    READING = "reading"
    WRITING = "writing"
    TAKING = "taking away"
    COUNTING = "counting"
    TIDYING = "tidying"
    MAKING = "making"


class Backend(Protocol):
    """One store's engine, and what is particular to it."""

    engine: Engine
    place: str
    """Where the store is, as a person is told: without a password."""
    unwritten: StoreNotWritable | None
    """Why nothing could be written the last time that was tried, None where it could."""

    def transaction(self, kind: TransactionKind) -> AbstractContextManager[Connection]:
        """Give a connection in a transaction. Raises StoreUnusable when the engine cannot."""
        ...

    def changes(self) -> tuple[object, ...]:
        """Return what is another after each commit. Raises StoreUnusable."""
        ...

    def close(self) -> None:
        """Close every connection."""
        ...
