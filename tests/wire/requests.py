"""What is sent: requests as bytes, one behind the other, cut where the sender stops for a moment.

A request is kept in parts, so that it can be told to a parser that does not know a form of it in
words it does know.
"""

import re
from collections.abc import Callable, Iterator
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

ASKED_ON = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
"""What is sent last on a connection that is asked whether it still understands."""


class Request(NamedTuple):
    """One request, as bytes that need not be one."""

    method: bytes
    target: bytes
    version: bytes
    headers: tuple[bytes, ...] = ()
    """Lines, without their ends."""
    body: bytes = b""
    """As it is sent: with the frames of its chunks."""
    before: bytes = b""
    line_end: bytes = b"\r\n"

    @property
    def parts(self) -> tuple[bytes, ...]:
        """What it is sent as."""
        line = b" ".join(word for word in (self.method, self.target, self.version) if word)
        lines = [line, *self.headers, b""]
        return self.before, *(one + self.line_end for one in lines), self.body

    def header(self, name: bytes) -> list[bytes]:
        """Return the values of a header, lower-case, as the lines have them."""
        split = (line.partition(b":") for line in self.headers)
        return [value.strip().lower() for found, _, value in split if found.lower() == name]

    def tokens(self, name: bytes) -> list[bytes]:
        """Return what a header lists, lower-case."""
        return [one.strip() for value in self.header(name) for one in value.split(b",")]

    @property
    def announced(self) -> int | None:
        """Bytes of body that are announced; None where chunks are."""
        if self.header(b"transfer-encoding"):
            return None
        lengths = [int(one) for one in self.tokens(b"content-length") if one.isdigit()]
        return lengths[0] if lengths else 0

    @classmethod
    def raw(cls, sent: bytes) -> "Request":
        """Return a request that is sent as it is, whatever it may be."""
        return cls(b"", b"", b"", (), sent, line_end=b"")

    @classmethod
    def read(cls, sent: bytes) -> "Request":
        """Return bytes as the request that somebody could see in them."""
        found = re.match(rb"[\r\n]*", sent)
        before = found[0] if found else b""
        head, _, body = sent[len(before) :].partition(b"\r\n\r\n")
        line, *rest = re.split(rb"\r\n(?![ \t])", head)
        method, _, target = line.partition(b" ")
        target, _, version = target.rpartition(b" ")
        return cls(method, target, version, tuple(rest), body, before)


class Ending(Enum):
    """What the client does when all is sent and answered."""

    WAITS = "waits"
    ASKS_ON = "asks on"
    LEAVES = "leaves"


class Script(NamedTuple):
    """What one client does on one connection."""

    requests: tuple[Request, ...]
    cuts: tuple[int, ...] = ()
    """Where it stops until everything before was read and dealt with."""
    keeps: int | None = None
    """How much of it is sent at all."""
    ending: Ending = Ending.WAITS

    def stretches(self, answered: int) -> Iterator[Request]:
        """Return what could be seen as a request once so many were answered.

        That is the next one, as it was meant; or what stands behind an earlier one that announced
        no body, or less of one. Each such rest may have been answered as requests of their own.
        """
        sent = b"".join(self.segments())
        begins = rests = 0
        for number, request in enumerate(self.requests[: answered + 1]):
            head, body = (sum(map(len, parts)) for parts in (request.parts[:-1], request.parts))
            last = number + 1 == len(self.requests)
            ends = len(sent) if last else min(begins + body, len(sent))
            if number >= answered - rests and begins < ends:
                yield Request.read(sent[begins:ends])
            rest = begins + head + (body if request.announced is None else request.announced)
            if rest < ends:
                rests += sent[rest:ends].count(b" HTTP/1.1\r\n")
                yield Request.read(sent[rest:ends])
            begins = ends

    def segments(self, told: Callable[[Request], Request] | None = None) -> list[bytes]:
        """Return what is sent from one stop to the next.

        `told` puts each request into other words. Cuts stay where they are, part for part.
        """
        ends = {0: 0}
        sent = said = b""
        for request in self.requests:
            other = request if told is None else told(request)
            for ours, theirs in _pairs(request, other):
                at, reached = len(sent), len(said)
                sent, said = sent + ours, said + theirs
                for step in range(1, len(ours)):
                    ends[at + step] = reached + min(step, len(theirs))
                ends[len(sent)] = len(said)
        last = len(sent) if self.keeps is None else min(self.keeps, len(sent))
        stops = sorted({0, last, *(cut for cut in self.cuts if 0 < cut < last)})
        found = [said[ends[start] : ends[end]] for start, end in pairwise(stops)]
        if self.ending is Ending.ASKS_ON:
            found.append(ASKED_ON)
        return [segment for segment in found if segment]

    def __str__(self) -> str:
        """Print it to be read, and to be sent again by hand."""
        return "\n".join(
            [*(f"  {segment!r}" for segment in self.segments()), f"  ({self.ending.value})"]
        )


def _pairs(one: Request, other: Request) -> Iterator[tuple[bytes, bytes]]:
    ours, theirs = one.parts, other.parts
    # A line that one of them has more stands last but one, before the body.
    while len(ours) < len(theirs):
        ours = *ours[:-2], b"", *ours[-2:]
    while len(theirs) < len(ours):
        theirs = *theirs[:-2], b"", *theirs[-2:]
    yield from zip(ours, theirs, strict=True)
