"""One address: its methods, and what becomes of whatever they raise."""

import asyncio
import logging
import time
import traceback
from collections.abc import Awaitable, Callable
from functools import partial

from starlette.types import Receive, Scope, Send

from store.domain.request_ids import RequestIds
from store.domain.verdicts import ANSWERED
from store.errors import StoreUnusable
from store.verifier.answers import NOTICE, Answer, send_answer
from store.verifier.counters import UNKNOWN, Counters
from store.verifier.problems import Problem, internal, method_not_allowed, not_found, unavailable
from store.verifier.proofs import Proving
from store.verifier.sanitize import harmless

Reader = Callable[[Scope], Answer]
"""Answers a GET: it reads for microseconds and waits for nothing."""
Writer = Callable[[Scope, Receive], Awaitable[Answer]]
"""Answers a method with a body, or whatever else waits: for the body, for the store's lock."""

_PROOFS = 8
"""Times that a request waits for one: a value may begin as several keys do."""

_log = logging.getLogger("keydeck.verifier")


class Gone(Exception):
    """The client left before its request was complete."""


class Endpoint:
    """Answers every request with exactly one answer, whatever its handler raises."""

    def __init__(
        self,
        counters: Counters,
        request_ids: RequestIds,
        read: Reader | None = None,
        route: str = UNKNOWN,
        **writes: Writer,
    ) -> None:
        """`read` answers GET and HEAD (RFC 9110 9.3.2), `writes` are by method.

        Its answers are counted as those of `route`, a template such as `/api/v1/events/{id}`. A GET
        that has to wait is among `writes`. Without any it is no address at all: 404 whatever
        the method.
        """
        self._counters = counters
        self._route = counters.route(route)
        self._request_ids = request_ids
        self._read = read
        self._writes = writes
        self.reads_at_once = "GET" not in writes
        """Whether `at_once` answers a GET."""
        if not self.reads_at_once:
            writes["HEAD"] = writes["GET"]
        self._allowed = sorted([*writes, *(("GET", "HEAD") if read else ())])

    any_method = False
    """Whether `at_once` answers every method, and not GET and HEAD alone."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request as ASGI has it."""
        if self.reads_at_once and scope["method"] in ("GET", "HEAD"):
            answer, request_id = await self.answered(scope)
        else:
            began = time.perf_counter_ns()
            try:
                answer = await self._written(scope, receive)
            except Gone:
                return
            except asyncio.CancelledError:
                # The server ends and has waited long enough. Raised on, it would become uvicorn's
                # own answer, which is not of our contract.
                answer, request_id = self._instead(scope, unavailable())
            except Exception as error:
                answer, request_id = self._instead(scope, error)
            else:
                request_id = self._request_ids.make(ANSWERED)
            self._counters.answered(answer.status, time.perf_counter_ns() - began, self._route)
        await send_answer(send, answer, request_id, scope.get(NOTICE, ()))

    async def _written(self, scope: Scope, receive: Receive) -> Answer:
        write = self._writes.get(scope["method"], self._no_method)
        try:
            return await write(scope, receive)
        except Proving as proving:
            # Before anything was read of a body, as all that is written needs a credential first.
            await asyncio.shield(proving.settled)
        try:
            return await write(scope, receive)
        except Proving:
            raise unavailable() from None

    async def answered(self, scope: Scope) -> tuple[Answer, bytes]:
        """Answer as `at_once` does, after whatever has to be waited for."""
        began = time.perf_counter_ns()
        error: Exception = unavailable()
        for _ in range(_PROOFS):
            try:
                return self.at_once(scope)
            except Proving as proving:
                settled = proving.settled
            try:
                await asyncio.shield(settled)
            except Exception as failed:
                error = failed
                break
        answer, request_id = self._instead(scope, error)
        self._counters.answered(answer.status, time.perf_counter_ns() - began, self._route)
        return answer, request_id

    def at_once(self, scope: Scope) -> tuple[Answer, bytes]:
        """Answer a GET or HEAD; give the request's id too.

        Raises Proving where its credential has to be waited for.
        """
        began = time.perf_counter_ns()
        try:
            if self._read is None:
                raise self._refused_method()
            answer = self._read(scope)
            request_id = self._request_ids.make(ANSWERED)
        except Proving:
            raise
        except Exception as error:
            answer, request_id = self._instead(scope, error)
        self._counters.answered(answer.status, time.perf_counter_ns() - began, self._route)
        return answer, request_id

    async def _no_method(self, scope: Scope, receive: Receive) -> Answer:
        raise self._refused_method()

    def _refused_method(self) -> Problem:
        return method_not_allowed(self._allowed) if self._allowed else not_found()

    def _instead(self, scope: Scope, error: Exception) -> tuple[Answer, bytes]:
        return instead(error, self._request_ids, partial(self._completed, scope))

    def _completed(self, scope: Scope, problem: Problem) -> None:
        """Add what problems have at this address beside what they have everywhere."""


def instead(
    error: Exception,
    request_ids: RequestIds,
    completed: Callable[[Problem], None] | None = None,
) -> tuple[Answer, bytes]:
    """Return what is answered where something was raised, and its id; a defect is logged.

    `completed` adds to the problem that is answered.
    """
    if isinstance(error, Problem):
        problem = error
    else:
        problem = unavailable() if isinstance(error, StoreUnusable) else internal()
    if completed is not None:
        completed(problem)
    request_id = problem.request_id or request_ids.make(problem.outcome)
    if isinstance(error, StoreUnusable):
        _log.warning("%s %s", request_id.decode("ascii"), harmless(str(error)))
    elif problem is not error:
        log_defect(error, request_id)
    return problem.answer(request_id), request_id


def log_defect(error: Exception, request_id: bytes) -> None:
    """Log what nobody expected."""
    _log.error("%s %s", request_id.decode("ascii"), _told(error))


def _told(error: Exception) -> str:
    # Source lines and messages, never the values of variables; a message may quote foreign text.
    return harmless("".join(traceback.format_exception(error)))
