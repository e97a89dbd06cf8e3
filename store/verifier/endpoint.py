"""One address: its methods, and what becomes of whatever they raise. Plain ASGI."""

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

Handler = Callable[[Scope, Receive], Awaitable[Answer]]

_log = logging.getLogger("keydeck.verifier")


class Gone(Exception):
    """The client left before its request was complete."""


class Endpoint:
    """Answers every request with exactly one answer, whatever its handler raises."""

    def __init__(self, counters: Counters, **handlers: Handler) -> None:
        """`handlers` by method; one for GET answers HEAD as well (RFC 9110 9.3.2).

        Without any it is no address at all: 404 whatever the method.
        """
        self._counters = counters
        self._handlers = handlers
        if "GET" in handlers:
            handlers["HEAD"] = handlers["GET"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        began = time.perf_counter_ns()
        request_id = scope["keydeck.request_id"] = new_request_id()
        try:
            handler = self._handlers.get(scope["method"]) or self._other_method
            answer = await handler(scope, receive)
        except Problem as problem:
            answer = problem.answer(request_id)
        except Gone:
            return
        except StoreUnusable as error:
            _log.warning("%s %s", request_id.decode("ascii"), harmless(str(error)))
            answer = unavailable().answer(request_id)
        except asyncio.CancelledError:
            # The server ends and has waited long enough. Raised on, it would become uvicorn's own
            # answer, which is not of our contract.
            answer = unavailable().answer(request_id)
        except Exception as error:
            _log.error("%s %s", request_id.decode("ascii"), _told(error))
            answer = internal().answer(request_id)
        self._counters.answered(answer.status, time.perf_counter_ns() - began)
        await send_answer(send, answer, request_id)

    async def _other_method(self, scope: Scope, receive: Receive) -> Answer:
        raise method_not_allowed(sorted(self._handlers)) if self._handlers else not_found()


def _told(error: Exception) -> str:
    # Source lines and messages, never the values of variables; a message may quote foreign text.
    return harmless("".join(traceback.format_exception(error)))
