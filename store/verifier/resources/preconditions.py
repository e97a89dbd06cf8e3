"""Entity tags and the conditions of a request (RFC 9110 8.8.3 and 13)."""

import re
from typing import NamedTuple

from starlette.types import Scope

from store.verifier.operation import Parameter
from store.verifier.problems import Problem, invalid_request

ETAG = "ETag"
# Less than is taken, so that a schema can say it.
_TAGS = {"type": "string", "pattern": r'^(\*|(W/)?"[A-Za-z0-9]*"(, (W/)?"[A-Za-z0-9]*")*)$'}
IF_MATCH = Parameter(
    "If-Match",
    "An ETag, several, or `*`: go on only while one of them is the right one.",
    _TAGS,
    "…",
    place="header",
)
IF_NONE_MATCH = Parameter(
    "If-None-Match",
    "ETags that the client has: 304 where one of them is still the right one.",
    _TAGS,
    "…",
    place="header",
)

_TAG = re.compile(rb'[ \t,]*(?:(W/)?"([\x21\x23-\x7e\x80-\xff]*)")[ \t]*(?=,|$)')
_END = re.compile(rb"[ \t,]*")


class Tags(NamedTuple):
    """What stands in If-Match or If-None-Match."""

    strong: frozenset[str]
    weak: frozenset[str] = frozenset()
    every: bool = False
    """`*`: whatever there is."""


class Conditions(NamedTuple):
    """The conditions of one request; None where it has none of a kind."""

    match: Tags | None
    none_match: Tags | None

    def check(self, etag: str) -> None:
        """Raise Problem (412) unless what stands may be read or changed under them.

        If-Match compares strongly: a weak tag never matches.
        """
        if self.match is not None and not (self.match.every or etag in self.match.strong):
            raise _failed("It was changed since, or this was never its entity tag. Read it again.")

    def check_change(self, etag: str) -> None:
        """Raise Problem (412) also where If-None-Match names what is to be changed."""
        self.check(etag)
        if self.unchanged(etag):
            raise _failed("If-None-Match names what stands here, so it is not changed.")

    def unchanged(self, etag: str) -> bool:
        """Return whether If-None-Match names what stands; it compares weakly."""
        named = self.none_match
        return named is not None and (named.every or etag in named.strong | named.weak)


NONE = Conditions(None, None)


def conditions(scope: Scope) -> Conditions:
    """Return the conditions of a request.

    Raises Problem (400) for an If-Match or an If-None-Match that cannot be understood: passed
    over, it would let a change pass that was not meant to.
    """
    return Conditions(_tags(scope, "If-Match"), _tags(scope, "If-None-Match"))


def quoted(etag: str) -> bytes:
    """Return a tag as a header has it."""
    return f'"{etag}"'.encode("ascii")


def _tags(scope: Scope, header: str) -> Tags | None:
    name = header.lower().encode("ascii")
    lines = [value for found, value in scope["headers"] if found == name]
    if not lines:
        return None
    # Several headers are one list (RFC 9110 5.2).
    value = b",".join(lines).strip(b" \t")
    if value == b"*":
        return Tags(frozenset(), every=True)
    strong: set[str] = set()
    weak: set[str] = set()
    at = 0
    while found := _TAG.match(value, at):
        (weak if found[1] else strong).add(found[2].decode("latin-1"))
        at = found.end()
    if not (strong or weak) or not _END.fullmatch(value, at):
        raise invalid_request(f'{header} is *, or entity tags in quotes: {header}: "4fQ2xAbC".')
    return Tags(frozenset(strong), frozenset(weak))


def _failed(detail: str) -> Problem:
    return Problem("precondition_failed", detail)
