"""The access log: a line for each answer, written beside the loop, never with a key in it.

A query is left out whole, since that is where keys of any shape are put by mistake; what looks like
a key elsewhere is masked. Whoever reads the log slowly, or not at all, delays no answer: lines that
wait are bounded, and how many were dropped is said.
"""

import logging
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from enum import StrEnum
from itertools import islice
from typing import BinaryIO, NamedTuple

import msgspec
from starlette.types import Scope

from store.domain.foreign import Shape
from store.domain.leaks.foreign_values import foreign_finder
from store.domain.times import SECOND, rfc3339
from store.errors import StoreUnusable
from store.verifier.answers import CREDENTIAL, ORIGINAL_REQUEST
from store.verifier.context import WorkerContext
from store.verifier.sanitize import MOST_KEPT, kept, raw_header

MOST_WAITING = 50_000
"""Lines: more would be memory that whoever reads the log decides about."""
WRITE_EVERY_S = 0.1
LAST_WORDS_S = 2.0
"""How long the end waits for whoever reads the log."""

_MOST_MASKED = 16

_log = logging.getLogger("keydeck.verifier")
_encode = msgspec.json.Encoder().encode


class Format(StrEnum):
    """How a line looks."""

    OFF = "off"
    COMMON = "common"
    """NCSA's Common Log Format, with the key's id as the user."""
    JSON = "json"


class Answered(msgspec.Struct, omit_defaults=True):
    """One line in JSON."""

    time: str
    client: str | None
    method: str | None
    path: str | None
    status: int
    bytes: int
    """Of the body."""
    ms: float
    request_id: str
    key_id: str | msgspec.UnsetType = msgspec.UNSET
    """Of the key, or of the connection, that proved right; whatever became of the request."""
    original: str | msgspec.UnsetType = msgspec.UNSET
    """What the client asked of the API, where a proxy asked on its behalf."""
    user_agent: str | msgspec.UnsetType = msgspec.UNSET


class _Asked(NamedTuple):
    method: str
    path: str
    version: str
    credential: str | None
    original: str
    user_agent: str


class _Ended(NamedTuple):
    at: int
    address: str | None
    status: int
    size: int
    ms: float
    request_id: str


class AccessLog:
    """One worker's. `note` is for its loop alone."""

    def __init__(self, shape: Format, context: WorkerContext, to: BinaryIO | None = None) -> None:
        """`to` is what is written to, by default standard error, since the other has one line."""
        self._line = _common if shape is Format.COMMON else _json
        self._context = context
        self._shapes: tuple[Shape, ...] = ()
        self._find = foreign_finder(())
        self._to = to or sys.stderr.buffer
        self._waiting: deque[bytes] = deque()
        self._dropped = 0
        self._ending = threading.Event()
        self._writer = threading.Thread(target=self._write, name="keydeck-access", daemon=True)
        self._writer.start()

    def note(
        self,
        scope: Scope | None,
        address: str | None,
        status: int,
        size: int,
        request_id: bytes,
        began: float,
    ) -> None:
        """Note an answer; `scope` is None for what was no request. `began` is on `now`'s clock."""
        if len(self._waiting) >= MOST_WAITING:
            self._dropped += 1
            return
        context = self._context
        asked = None
        if scope is not None:
            address = context.clients.address(scope)
            asked = _Asked(
                method=kept(scope["method"]),
                path=self._masked(scope["path"]),
                version=scope["http_version"],
                credential=scope.get(CREDENTIAL),
                original=self._masked(scope.get(ORIGINAL_REQUEST, "")),
                user_agent=self._masked(raw_header(scope, b"user-agent").decode("latin-1")),
            )
        ms = round((self.now() - began) * 1000, 3)
        ended = _Ended(context.clock.now(), address, status, size, ms, request_id.decode("ascii"))
        self._waiting.append(self._line(ended, asked))

    def _masked(self, text: str) -> str:
        """Return a foreign text without keys, be they ours or brought along."""
        # One that is cut here ends behind what is kept.
        text = text[: 2 * MOST_KEPT]
        with suppress(StoreUnusable):
            shapes = self._context.lookup.foreign_shapes()
            if shapes is not self._shapes:
                self._shapes, self._find = shapes, foreign_finder(shapes)
        if self._shapes:
            for found in islice(self._find(text.encode("utf-8", "replace")), _MOST_MASKED):
                text = text.replace(found.key.reveal(), "[key]")
        return kept(text)

    now = staticmethod(time.perf_counter)

    def close(self) -> None:
        """Write what waits."""
        self._ending.set()
        self._writer.join(LAST_WORDS_S)

    def _write(self) -> None:
        ended = False
        while not ended:
            # Looked at before what waits: what was noted until then is written.
            ended = self._ending.wait(WRITE_EVERY_S)
            lines = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if self._dropped:
                dropped, self._dropped = self._dropped, 0
                _log.warning("%d lines of the access log were dropped: nobody reads it", dropped)
            try:
                if lines:
                    self._to.write(b"".join(lines))
                    self._to.flush()
            except (OSError, ValueError):
                # Nobody is there to read it any more; the verdicts go on.
                continue


def _json(ended: _Ended, asked: _Asked | None) -> bytes:
    line = Answered(
        rfc3339(ended.at),
        ended.address,
        None,
        None,
        ended.status,
        ended.size,
        ended.ms,
        ended.request_id,
    )
    if asked is not None:
        line.method, line.path = asked.method, asked.path
        line.key_id = asked.credential or msgspec.UNSET
        line.original = asked.original or msgspec.UNSET
        line.user_agent = asked.user_agent or msgspec.UNSET
    return _encode(line) + b"\n"


def _common(ended: _Ended, asked: _Asked | None) -> bytes:
    told, user = "-", "-"
    if asked is not None:
        told = f"{asked.method} {asked.path} HTTP/{asked.version}"
        # As Apache does: a quote would end the field.
        told = told.replace("\\", "\\\\").replace('"', '\\"')
        user = asked.credential or "-"
    at = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(ended.at // SECOND))
    size = ended.size or "-"
    line = f'{ended.address or "-"} - {user} [{at}] "{told}" {ended.status} {size}\n'
    return line.encode("ascii", "replace")
