"""The access log: a line for each answer, written beside the loop, never with a key in it.

A query is left out whole, since that is where keys of any shape are put by mistake; what looks like
a key elsewhere is masked. Whoever reads the log slowly, or not at all, delays no answer: lines that
wait are bounded, and how many were dropped is said.
"""

import re
import time
from contextlib import suppress
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import unquote

import msgspec
from starlette.types import Scope

from store.domain.foreign import Shape
from store.domain.leaks.foreign_values import masked_in_log
from store.domain.times import SECOND, rfc3339
from store.errors import StoreUnusable
from store.verifier.answers import CREDENTIAL, ORIGINAL_REQUEST
from store.verifier.context import WorkerContext
from store.verifier.lines import Lines
from store.verifier.sanitize import MOST_KEPT, kept, raw_header, without_keys

_NESTED = re.compile("%(?:25)+(?=[0-9A-Fa-f]{2})")
"""A percent sign that was encoded, however often, of what was encoded before."""

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

    def __init__(self, shape: Format, context: WorkerContext, lines: Lines | None = None) -> None:
        """`lines` is what is written to, by default standard error, since the other has one."""
        self._line = _common if shape is Format.COMMON else _json
        self._context = context
        self._shapes: tuple[Shape, ...] | None = None
        self._mask = masked_in_log(None)
        self._lines = lines or Lines()

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
        if self._lines.full:
            self._lines.drop()
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
        self._lines.put(self._line(ended, asked))

    def _masked(self, text: str) -> str:
        """Return a foreign text without keys, be they ours or brought along.

        Also where they are encoded once more than an address is, or cut: rather too much is masked.
        """
        text = text[: 2 * MOST_KEPT]
        with suppress(StoreUnusable):
            shapes = self._context.lookup.foreign_shapes()
            if shapes is not self._shapes:
                self._shapes, self._mask = shapes, masked_in_log(shapes)
        cut = len(text) == 2 * MOST_KEPT
        if "%" in text:
            plain = unquote(_NESTED.sub("%", text))
            if (masked := without_keys(self._mask(plain, cut))) != plain:
                return kept(masked)
        return kept(self._mask(text, cut))

    now = staticmethod(time.perf_counter)

    def close(self) -> None:
        """Write what waits."""
        self._lines.close()


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
