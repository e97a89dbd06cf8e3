"""Command lines of somebody who is signed in, in this process, whose output is not kept."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TextIO, cast

from console.commands.groups import keydeck
from console.commands.line import Line
from console.commands.output import Output, OutputLost
from store.domain.people import Actor
from store.operations.store import Store
from tests.house import House


class Reader:
    """Standard output of which nothing is kept; it can be closed after some of it."""

    def __init__(self, most: int | None = None) -> None:
        self.written = 0
        self._most = most

    def write(self, text: str) -> int:
        """Take a text, or refuse it where whoever reads has gone."""
        if self._most is not None and self.written > self._most:
            raise BrokenPipeError
        self.written += len(text)
        return len(text)

    def flush(self) -> None:
        """Keep nothing."""


class SignedIn(Line):
    """A command line of somebody who is signed in: that takes its time, and is tried elsewhere."""

    def __init__(self, house: House) -> None:
        super().__init__(url=house.url, workspace="acme-events", yes=True)
        self._house = house

    def store(self) -> Store:
        """Return the house's store, which stays open."""
        return self._house.store

    def signed_in(self, *, anew: bool = False) -> tuple[Store, Actor]:
        """Return the house's store, and Alice."""
        return self._house.store, self._house.alice


def call(house: House, asked: Sequence[str], reader: Reader) -> None:
    """Run a command as Alice, whose output somebody reads, until they have gone."""
    with silenced(reader), suppress(OutputLost):
        keydeck.main(list(asked), standalone_mode=False, obj=SignedIn(house))


@contextmanager
def silenced(reader: Reader) -> Iterator[None]:
    """Let somebody read what is printed, of which nothing is kept."""
    before, sys.stdout = sys.stdout, cast(TextIO, Output(cast(TextIO, reader)))
    try:
        yield
    finally:
        sys.stdout = before
