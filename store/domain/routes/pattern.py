"""Patterns of requests: a method and a path with places in it, and how two of them relate.

`GET /invoices/{id}` is one request for each id, `* /files/{rest...}` every method at every address
below `/files` and there. GET stands for HEAD, too, where HEAD is not named (RFC 9110 9.3.2).
"""

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from store.domain.routes.paths import LITERAL
from store.errors import Invalid

ANY = "*"
"""Every method."""
MOST_CHARACTERS = 1000
"""Of a pattern's path."""

_METHOD = re.compile(r"[!#$%&'+.^_`|~0-9A-Z-]{1,32}")
_PLACE = re.compile(r"\{([A-Za-z0-9_.-]{1,100}?)(\.\.\.)?\}")
_HOW = "Write METHOD /path, such as GET /invoices/{id} or * /files/{rest...}."


class Varies(Enum):
    """A place in a pattern's path."""

    ONE = "one segment"
    REST = "what is left, be it nothing"


class Pattern(NamedTuple):
    """Which requests a route is about."""

    method: str
    path: str
    """As it was given, with the names of its places."""
    segments: tuple[str | Varies, ...]
    """A literal one as it was given."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def slash(self) -> bool:
        """Whether a slash stands behind it."""
        return self.path.endswith("/")

    @property
    def open_ended(self) -> bool:
        """Whether it goes on as long as a path does."""
        return self.segments[-1:] == (Varies.REST,)

    @property
    def place(self) -> tuple[str, tuple[str | Varies, ...]]:
        """What it is apart from names, from the case of its letters and from its last slash."""
        return self.method, self.folded

    @property
    def folded(self) -> tuple[str | Varies, ...]:
        """Its segments as they are compared."""
        return _folded(self.segments)

    def overlaps(self, other: "Pattern") -> bool:
        """Return whether some request falls under both."""
        if not _methods_meet(self.method, other.method):
            return False
        here, there = self.folded, other.folded
        for one, two in zip(here, there, strict=False):
            if Varies.REST in (one, two):
                return True
            if isinstance(one, str) and isinstance(two, str) and one != two:
                return False
        shorter = min(len(here), len(there))
        return here[shorter:] in ((), (Varies.REST,)) and there[shorter:] in ((), (Varies.REST,))

    def within(self, other: "Pattern") -> bool:
        """Return whether every request under it falls under another one, too."""
        if not _method_within(self.method, other.method):
            return False
        here, there = self.folded, other.folded
        for place, two in enumerate(there):
            if two is Varies.REST:
                return True
            if place == len(here):
                return False
            one = here[place]
            if one is Varies.REST or (isinstance(two, str) and one != two):
                return False
        return len(here) == len(there)

    def meet(self, other: "Pattern") -> "Pattern":
        """Return the pattern of the requests that fall under both of two that overlap."""
        method = self.method if _method_within(self.method, other.method) else other.method
        written: list[str] = []
        while True:
            ours, theirs = self._written_at(len(written)), other._written_at(len(written))
            if ours is None or theirs is None:
                break
            if _goes_on(ours) and _goes_on(theirs):
                return pattern(f"{method} /{'/'.join([*written, ours])}")
            more = theirs if _goes_on(ours) else ours
            written.append(theirs if _varies(more) and not _goes_on(theirs) else more)
        slash = "/" if (other if self.open_ended else self).slash and written else ""
        return pattern(f"{method} /{'/'.join(written)}{slash}")

    def _written_at(self, place: int) -> str | None:
        """Return a segment as it is written, None behind the last one."""
        written = self.path.strip("/").split("/")[: len(self.segments)]
        if self.open_ended and place >= len(written):
            return written[-1]
        return written[place] if place < len(written) else None

    def example(self, other: "Pattern") -> str:
        """Return a request that falls under both of two that overlap."""
        method = self.method if _method_within(self.method, other.method) else other.method
        ours, theirs = self.segments, other.segments
        written = []
        for place in range(max(len(ours), len(theirs))):
            found = [
                segments[place]
                for segments in (ours, theirs)
                if place < len(segments) and isinstance(segments[place], str)
            ]
            varying = Varies.ONE in (ours[place : place + 1] + theirs[place : place + 1])
            if found or varying:
                written.append(str(found[0]) if found else "x")
        return f"{'GET' if method == ANY else method} /{'/'.join(written)}"


def pattern(text: str) -> Pattern:
    """Return a pattern as it is written: `GET /invoices/{id}`. Raises Invalid."""
    method, blank, path = text.strip().partition(" ")
    method, path = method.upper(), path.strip()
    if not blank or not path:
        raise Invalid("route", f"“{text}” is no route. {_HOW}")
    if method != ANY and not _METHOD.fullmatch(method):
        raise Invalid("route", f"“{method}” is no method. Write GET, POST, or * for each.")
    if not path.startswith("/"):
        raise Invalid("route", f"“{path}” does not begin with a slash. {_HOW}")
    if len(path) > MOST_CHARACTERS:
        raise Invalid("route", f"A route's path may have {MOST_CHARACTERS} characters at most.")
    return Pattern(method, path, _segments(path))


def _segments(path: str) -> tuple[str | Varies, ...]:
    if path == "/":
        return ()
    written = path[1:].split("/")
    if not written[-1]:
        written.pop()
    found: list[str | Varies] = []
    for place, segment in enumerate(written):
        varies = _PLACE.fullmatch(segment)
        if varies is not None and varies[2]:
            if place < len(written) - 1 or path.endswith("/"):
                raise Invalid("route", f"{segment} takes all that is left: it must stand last.")
            found.append(Varies.REST)
        elif varies is not None:
            found.append(Varies.ONE)
        elif "{" in segment or "}" in segment:
            raise Invalid(
                "route",
                f"“{segment}” is no segment: a place is a whole one, such as {{id}}, or "
                "{rest...} at the end.",
            )
        elif not segment:
            raise Invalid("route", f"“{path}” has an empty segment (//). Write it once.")
        elif not LITERAL.fullmatch(segment):
            raise Invalid(
                "route",
                f"“{segment}” cannot stand in a route: a segment has letters and digits without "
                "accents and - . _ ~ ! $ & ' ( ) * + , = : @, and no dot at its end.",
            )
        else:
            found.append(segment)
    return tuple(found)


def _varies(segment: str) -> bool:
    return segment.startswith("{")


def _goes_on(segment: str) -> bool:
    return segment.endswith("...}")


@lru_cache(32_768)
def _folded(segments: tuple[str | Varies, ...]) -> tuple[str | Varies, ...]:
    # An import compares each pattern with many others.
    return tuple(segment.lower() if isinstance(segment, str) else segment for segment in segments)


def _methods_meet(one: str, two: str) -> bool:
    return _method_within(one, two) or _method_within(two, one)


def _method_within(one: str, two: str) -> bool:
    return one == two or two == ANY or (one == "HEAD" and two == "GET")
