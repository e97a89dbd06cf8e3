"""Keys in bytes: shape first, then the checksum, so that nothing else is ever mistaken for one.

Nothing is asked of what stands around a key: in `%3Djw_…` it is one as well as between quotes, and
the checksum tells it from what only looks like it.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from store.errors import MalformedKey
from store.secrets import CHECKSUM_LENGTH, ID_LENGTH, SECRET_LENGTH, Secret, parse

_BASE62 = "[0-9A-Za-z]"


class Found(NamedTuple):
    """A key, and the byte at which it begins."""

    at: int
    key: Secret


Finder = Callable[[bytes], Iterator[Found]]


def pattern(prefix: str) -> str:
    """Return the regular expression that a key's shape fits, in the syntax all scanners share."""
    return f"{prefix}_{_BASE62}{{{ID_LENGTH}}}_{_BASE62}{{{SECRET_LENGTH + CHECKSUM_LENGTH}}}"


def finder(prefix: str) -> Finder:
    """Return what finds the keys with a prefix in bytes, in order."""
    search = re.compile(pattern(prefix).encode("ascii")).search

    def found(data: bytes) -> Iterator[Found]:
        match = search(data)
        while match is not None:
            text = match[0].decode("ascii")
            try:
                parse(text, prefix)
            except MalformedKey:
                # A key may begin in the last characters of what only looks like one.
                match = search(data, match.start() + 1)
            else:
                yield Found(match.start(), Secret(text))
                match = search(data, match.end())

    return found
