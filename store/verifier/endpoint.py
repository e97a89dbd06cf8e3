"""One address: its methods, and what becomes of whatever they raise."""

import asyncio
import logging
import time
import traceback
from collections.abc import Awaitable, Callable

from starlette.types import Receive, Scope, Send

from store.errors import StoreUnusable
from store.verifier.answers import Answer, new_request_id, send_answer
from store.verifier.counters import Counters
from store.verifier.foreign import harmless
from store.verifier.problems import Problem, internal, method_not_allowed, not_found, unavailable

Reader = Callable[[Scope], Answer]
"""Answers a GET: it reads for microseconds and waits for nothing."""
Writer = Callable[[Scope, Receive], Awaitable[Answer]]
"""Answers a method with a body: it waits for the body and for the store's lock."""

_log = logging.getLogger("keydeck.verifier")


class Gone(Exception):
    """The client left before its request was complete."""


class Endpoint:
    """Answers every request with exactly one answer, whatever its handler raises."""

    def __init__(self, counters: Counters, read: Reader | None = None, **writes: Writer) -> None:
        """`read` answers GET and HEAD (RFC 9110 9.3.2), `writes` are by method.

        Without any it is no address at all: 404 whatever the method.
        """
        self._counters = counters
        self._read = read
        self._writes = writes
        self._allowed = sorted([*writes, *(("GET", "HEAD") if read else ())])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request as ASGI has it."""
        if scope["method"] in ("GET", "HEAD"):
            answer = self.at_once(scope)
        else:
            began = _begin(scope)
            try:
                answer = await self._writes.get(scope["method"], self._no_method)(scope, receive)
            except Gone:
                return
            except asyncio.CancelledError:
                # The server ends and has waited long enough. Raised on, it would become uvicorn's
                # own answer, which is not of our contract.
                answer = unavailable().answer(scope["keydeck.request_id"])
            except Exception as error:
                answer = _instead(error, scope["keydeck.request_id"])
            self._counters.answered(answer.status, time.perf_counter_ns() - began)
        await send_answer(send, answer, scope)

    def at_once(self, scope: Scope) -> Answer:
        """Answer a GET or HEAD; the request's id is then in `scope["keydeck.request_id"]`."""
        began = _begin(scope)
        try:
            if self._read is None:
                raise self._refused_method()
            answer = self._read(scope)
        except Exception as error:
            answer = _instead(error, scope["keydeck.request_id"])
        self._counters.answered(answer.status, time.perf_counter_ns() - began)
        return answer

    async def _no_method(self, scope: Scope, receive: Receive) -> Answer:
        raise self._refused_method()

    def _refused_method(self) -> Problem:
        return method_not_allowed(self._allowed) if self._allowed else not_found()


def _begin(scope: Scope) -> int:
    scope["keydeck.request_id"] = new_request_id()
    return time.perf_counter_ns()


def _instead(error: Exception, request_id: bytes) -> Answer:
    if isinstance(error, Problem):
        return error.answer(request_id)
    if isinstance(error, StoreUnusable):
        _log.warning("%s %s", request_id.decode("ascii"), harmless(str(error)))
        return unavailable().answer(request_id)
    _log.error("%s %s", request_id.decode("ascii"), _told(error))
    return internal().answer(request_id)


def _told(error: Exception) -> str:
    # Source lines and messages, never the values of variables; a message may quote foreign text.
    return harmless("".join(traceback.format_exception(error)))
