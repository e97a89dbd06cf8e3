"""Values of keys that somebody else made, in bytes: by what all that were brought along begin with.

Nothing but their beginning tells them from other text, and whether one is a key only the store
knows. Where that was not said when they were brought along, any word could be one: none is sought.
"""

import re
from collections.abc import Iterable, Iterator

from store.domain.foreign import LONGEST, Shape
from store.domain.key_string import Secret
from store.domain.leaks.finding import Finder, Found

_IN_VALUE = "[0-9A-Za-z_.~-]"
"""What needs no encoding in an address (RFC 3986 2.3)."""
_ENDS_A_SENTENCE = "._~-"


def foreign_finder(shapes: Iterable[Shape]) -> Finder:
    """Return what finds in bytes whatever may be a value of one of some shapes."""
    begin: dict[str, int] = {}
    for prefix, shortest in ((shape.prefix, shape.shortest) for shape in shapes if shape.prefix):
        begin[prefix] = min(shortest, begin.get(prefix, shortest))
    if not begin:
        return _nothing
    one = "|".join(
        f"{re.escape(prefix)}{_IN_VALUE}{{{shortest - len(prefix)},{LONGEST - len(prefix)}}}"
        for prefix, shortest in sorted(begin.items())
    )
    # One may begin within what only looks like another.
    search = re.compile(f"(?=({one}))".encode("ascii")).finditer

    def found(data: bytes) -> Iterator[Found]:
        for match in search(data):
            whole = match[1].decode("ascii")
            for text in dict.fromkeys((whole, whole.rstrip(_ENDS_A_SENTENCE))):
                yield Found(match.start(1), match.start(1) + len(text), Secret(text))

    return found


def either(one: Finder, other: Finder) -> Finder:
    """Return what finds whatever either of two does."""

    def found(data: bytes) -> Iterator[Found]:
        yield from one(data)
        yield from other(data)

    return found


def _nothing(data: bytes) -> Iterator[Found]:
    yield from ()
