"""Keys in bytes: shape first, then the checksum, so that nothing else is ever mistaken for one.

Nothing is asked of what stands around a key: in `%3Djw_…` it is one as well as between quotes, and
the checksum tells it from what only looks like it. Text of two or four bytes a character, UTF-16 or
UTF-32 of either order, is looked at as well: some shells redirect into nothing else.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from store.domain.foreign import LONGEST as LONGEST_VALUE
from store.domain.key_string import CHECKSUM_LENGTH, ID_LENGTH, SECRET_LENGTH, Secret, parse
from store.errors import MalformedKey

_BASE62 = "[0-9A-Za-z]"


class Found(NamedTuple):
    """A key, and the bytes at which it begins and ends."""

    at: int
    end: int
    key: Secret


WIDTHS = (1, 2, 4)
"""Bytes a character can take."""
LONGEST = max(WIDTHS[-1] * 80, LONGEST_VALUE)
"""Bytes that no key is longer than: a prefix has eight characters at the most."""


Finder = Callable[[bytes], Iterator[Found]]


def pattern(prefix: str) -> str:
    """Return the regular expression that a key's shape fits, in the syntax all scanners share."""
    return f"{prefix}_{_BASE62}{{{ID_LENGTH}}}_{_BASE62}{{{SECRET_LENGTH + CHECKSUM_LENGTH}}}"


def finder(prefix: str) -> Finder:
    """Return what finds the keys with a prefix in bytes, in order of their width, then place."""
    searches = [(width, _spread(prefix, width).search) for width in WIDTHS]

    def found(data: bytes) -> Iterator[Found]:
        # Only wide text has bytes that are nothing.
        wide = b"\0" in data
        for width, search in searches if wide else searches[:1]:
            match = search(data)
            while match is not None:
                text = match[0][::width].decode("ascii")
                try:
                    parse(text, prefix)
                except MalformedKey:
                    # A key may begin in the last characters of what only looks like one.
                    match = search(data, match.start() + 1)
                else:
                    yield Found(match.start(), match.end(), Secret(text))
                    match = search(data, match.end())

    return found


def _spread(prefix: str, width: int) -> re.Pattern[bytes]:
    """Return what a key's shape fits where each character but the last has zeroes behind it."""
    gap, secret = r"\0" * (width - 1), SECRET_LENGTH + CHECKSUM_LENGTH
    shape = "".join(f"{character}{gap}" for character in f"{prefix}_")
    shape += f"(?:{_BASE62}{gap}){{{ID_LENGTH}}}_{gap}(?:{_BASE62}{gap}){{{secret - 1}}}{_BASE62}"
    return re.compile(shape.encode("ascii"))
