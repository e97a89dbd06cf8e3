"""Values of keys that somebody else made, in bytes: by what all that were brought along begin with.

Nothing but their beginning tells them from other text, and whether one is a key only the store
knows. Where that was not said when they were brought along, any word could be one: none is sought.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from store.domain.foreign import LONGEST, SHORTEST, Shape
from store.domain.key_string import Secret
from store.domain.leaks.finding import Finder, Found

_IN_VALUE = "[0-9A-Za-z_.~-]"
"""What needs no encoding in an address (RFC 3986 2.3)."""
_ENDS_A_SENTENCE = "._~-"


def foreign_finder(shapes: Iterable[Shape]) -> Finder:
    """Return what finds in bytes whatever may be a value of one of some shapes."""
    begin = _beginnings(shapes)
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


def masked_in_log(shapes: Iterable[Shape] | None) -> Callable[[str, bool], str]:
    """Return what masks in a text whatever may be such a value, and all up to the next blank.

    Of a text that was cut so is what only begins like one at its end. `shapes` are None where
    nobody could say them yet: then any long word may be one.
    """
    if shapes is None:
        long = re.compile(rf"\S{{{SHORTEST},}}").sub
        return lambda text, cut: long("[key]", text)
    begin = _beginnings(shapes)
    if not begin:
        return lambda text, cut: text
    # What a value may hold is more than what needs no encoding in an address: base64's + and /.
    whole = "|".join(
        f"{re.escape(prefix)}[!-~]{{{shortest - len(prefix)},}}"
        for prefix, shortest in sorted(begin.items())
    )
    begun = "|".join(re.escape(prefix) for prefix in sorted(begin))
    mask, mask_cut = re.compile(whole).sub, re.compile(rf"{whole}|(?:{begun})[!-~]*\Z").sub
    return lambda text, cut: (mask_cut if cut else mask)("[key]", text)


def _beginnings(shapes: Iterable[Shape]) -> dict[str, int]:
    """Return by what values begin, and how short the shortest of each are."""
    begin: dict[str, int] = {}
    for prefix, shortest in ((shape.prefix, shape.shortest) for shape in shapes if shape.prefix):
        begin[prefix] = min(shortest, begin.get(prefix, shortest))
    return begin


def either(one: Finder, other: Finder) -> Finder:
    """Return what finds whatever either of two does."""

    def found(data: bytes) -> Iterator[Found]:
        yield from one(data)
        yield from other(data)

    return found


def _nothing(data: bytes) -> Iterator[Found]:
    yield from ()
