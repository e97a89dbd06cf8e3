"""HTTP/1.1 and 1.0 on one connection: whose turn it is, how long that may take, when it closes.

`framing` cuts what arrives into heads, bodies, and what is neither, each within its bound. This is
what becomes of it. In every state exactly one deadline runs, until the connection is lost:

state     what arrives is                    deadline               when it is over
------    -------------------------------    -------------------    ------------------------------
IDLE      neither, or a head begins          KEEP_ALIVE_S since     closed
                                             the answer; HEAD_S
                                             since the connection
HEAD      head                               HEAD_S since its       closed
                                             first byte
BODY      body, or around it                 BODY_S since the       408, LINGER
                                             head
ANSWER    not read, but for one segment      ANSWER_S since the     cut off
                                             end of the request
LINGER    neither: dropped, `MAX_DROPPED`    ANSWER_S to send the   cut off
                                             answer, LINGER_S then
CLOSING   not read                           the same               cut off

IDLE becomes HEAD with the first byte that is no line end; HEAD becomes BODY or, where no body is
announced, ANSWER; BODY becomes ANSWER with its last byte; ANSWER becomes IDLE when the answer is
written and the client has read enough of it. Bytes that are no request are answered 400 from any
state where nothing was answered yet, LINGER. What was pipelined behind a request waits in the
kernel, but for one segment.

The connection ends with an answer that is complete before its request is (`Connection: close`,
also where `100 Continue` was waited for), with one to a client that does not keep it alive
(`Connection: close`, HTTP/1.0 without `keep-alive`), with a refusal, and where there are too many
(503 before anything is read). Then nothing more is written, and what arrives is dropped for a
moment (LINGER): whoever closes on bytes that nobody read sends a reset, which can take the answer
away from a client that has not read it yet (RFC 9112 9.6).

A GET or HEAD without a body, where proxies ask any method, is answered in the moment its head is
there. Through ASGI it would cost a task, an event and a cycle of messages besides, about as much as
everything else together. Of those that are pipelined each waits for the next turn of the loop, as
other connections do.
"""

import asyncio
from typing import Any, cast

import uvicorn
from starlette.types import Scope
from uvicorn.protocols.utils import get_remote_addr
from uvicorn.server import ServerState

from store.verifier.answers import NOTICE, Answer, lines
from store.verifier.endpoint import Endpoint, instead
from store.verifier.http import bounds
from store.verifier.http.application import Application
from store.verifier.http.connection_state import SLOW, ConnectionState
from store.verifier.http.cycle import Cycle, connection, scope_of
from store.verifier.http.deadline import Deadline
from store.verifier.http.framing import Framing, MessagePart, NoRequest
from store.verifier.http.inflow import Inflow
from store.verifier.problems import Problem, crowded, invalid_request, request_timeout
from store.verifier.proofs import Proving

_CLOSE = b"connection: close\r\n"


class HttpProtocol(asyncio.Protocol):
    """One connection."""

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Made by uvicorn's server for each connection."""
        self._app = cast(Application, config.loaded_app)
        self._server_state = server_state
        self._loop = _loop or asyncio.get_running_loop()
        self._framing = Framing()
        self._cycle: Cycle | None = None
        self._deadline = Deadline(self._loop, self._end_late)
        self._halved = False
        """Whether the client sends no more, though it may read."""
        self._ends = False
        """Whether the server does, and this answer is the last."""
        self._may_drop = bounds.MAX_DROPPED
        self._writable = asyncio.Event()
        self._writable.set()
        self._began = 0.0
        """When the request's head was there, where somebody wants to know."""
        self._date: object = None
        self._dated = b""

    # What the transport and the server call.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Expect a head, or turn the connection away."""
        self._transport = cast("asyncio.Transport", transport)
        self._server_state.connections.add(self)  # type: ignore[arg-type]
        self._client = get_remote_addr(self._transport)
        self._address = self._client[0] if self._client else None
        self._inflow = Inflow(self._transport)
        self._enter(ConnectionState.IDLE, bounds.HEAD_S)
        self._turned = self._app.connections.add(self._address)
        if self._turned is not None:
            self._app.rejections.note(self._turned.value, self._address)
            self._refuse(crowded())
            if self._app.connections.crowded:
                self._close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing any more."""
        self._deadline.cancel()
        self._state = ConnectionState.CLOSING
        self._app.connections.remove(self._address, self._turned)
        self._server_state.connections.discard(self)
        self._leave()
        self._writable.set()
        self._framing.close()

    def data_received(self, data: bytes) -> None:
        """Read what arrived, or keep it until it is its turn."""
        if self._state >= ConnectionState.LINGER:
            self._drop(len(data))
        elif self._inflow.waiting or self._state is ConnectionState.ANSWER:
            self._inflow.keep(data)
        else:
            self._read(data)

    def eof_received(self) -> bool:
        """Answer a complete request though its client sends no more; without one, close."""
        self._halved = True
        if self._state is ConnectionState.ANSWER or (
            self._inflow.waiting and self._state < ConnectionState.ANSWER
        ):
            return True
        self._leave()
        self._enter(ConnectionState.CLOSING, self._sends_within())
        return False

    def pause_writing(self) -> None:
        """Wait for the client to read."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Go on: it has read."""
        self._writable.set()
        if self._state is ConnectionState.ANSWER and self._cycle is None:
            self._rest()
        elif self._state is ConnectionState.LINGER:
            self._enter(ConnectionState.LINGER, bounds.LINGER_S)

    def shutdown(self) -> None:
        """End after the answer that is under way, if one is."""
        if self._state <= ConnectionState.HEAD:
            self._close()
        elif self._cycle is not None:
            self._cycle.keeps_alive = False
        else:
            self._ends = True

    # What a cycle calls.

    def dated(self) -> bytes:
        """Return the headers that every answer of the server has."""
        now = self._server_state.default_headers
        if now is not self._date:
            self._date, self._dated = now, lines(now)
        return self._dated

    def write(self, data: bytes) -> None:
        """Write what is never waited for."""
        self._transport.write(data)

    async def writable(self) -> None:
        """Wait until the client has read enough of what was written."""
        await self._writable.wait()

    def hold(self, *, back: bool) -> None:
        """Read no more of the body, or go on."""
        if back is not self._inflow.held:
            self._inflow.hold(back=back)
            if self._inflow.waiting and not back:
                self._loop.call_soon(self._next)

    def answered(self, *, close: bool) -> None:
        """Note that the answer is complete, and whether it said that the connection closes."""
        cycle, self._cycle = self._cycle, None
        if cycle is not None:
            self._log(cycle.scope, cycle.status, cycle.sent, cycle.request_id)
        self._inflow.hold(back=False)
        self._answered(close=close)

    def give_up(self) -> None:
        """Close: what was written can be no whole answer any more."""
        self._leave()
        self._transport.abort()

    # Reading.

    def _read(self, data: bytes) -> None:
        framing = self._framing
        try:
            if self._state <= ConnectionState.HEAD:
                data = framing.take(data)
                if framing.headed:
                    self._begin()
                elif self._state is ConnectionState.IDLE and framing.part is MessagePart.HEAD:
                    self._enter(ConnectionState.HEAD, bounds.HEAD_S)
            if data and self._state is ConnectionState.BODY:
                data = framing.take(data)
                self._pass_on()
        except NoRequest as error:
            self._app.rejections.note(error.reason, self._address)
            self._may_drop = bounds.MAX_RUBBISH
            self._refuse(invalid_request(error.detail))
            return
        except Exception as error:
            # A loop would tell nobody but the log, and drop the connection without an answer.
            self._end_with(*instead(error, self._app.request_ids))
            return
        if data and self._state < ConnectionState.LINGER:
            self._inflow.keep(data)
            if self._state is not ConnectionState.ANSWER:
                # Not now: other connections have their turn.
                self._loop.call_soon(self._next)

    def _next(self) -> None:
        """Read what waits, where it may be read now."""
        inflow = self._inflow
        if inflow.waiting and self._state < ConnectionState.ANSWER and not inflow.held:
            self._read(inflow.next())
            inflow.read()
            if self._halved and not inflow.waiting and self._state < ConnectionState.ANSWER:
                self._leave()
                self._close()

    def _begin(self) -> None:
        framing = self._framing
        if (log := self._app.access_log) is not None:
            self._began = log.now()
        path, _, query = framing.target.partition(b"?")
        if framing.complete and (endpoint := self._app.endpoint(path)) is not None:
            method = framing.method
            if endpoint.any_method or method in (b"GET", b"HEAD"):
                self._answer_at_once(endpoint, method.decode("ascii"), path, query)
                return
        self._begin_cycle()

    def _answer_at_once(self, endpoint: Endpoint, method: str, path: bytes, query: bytes) -> None:
        framing = self._framing
        scope = scope_of(framing, method, path, query, self._client)
        try:
            answer, request_id = endpoint.at_once(scope)
        except Proving:
            self._begin_cycle()
            return
        keeps_alive = framing.keeps_alive
        more = connection(framing.version, keeps_alive=keeps_alive)
        if notice := scope.get(NOTICE):
            more += lines(notice)
        body = b"" if method == "HEAD" else answer.body
        self._write(answer, request_id, more, body)
        self._log(scope, answer.status, len(body), request_id)
        self._answered(close=not keeps_alive)

    def _begin_cycle(self) -> None:
        framing = self._framing
        cycle = Cycle(self, framing, self._client)
        self._cycle = cycle
        self._enter(ConnectionState.BODY, bounds.BODY_S)
        if framing.complete:
            self._pass_on()
        task = self._loop.create_task(self._run(cycle))
        self._server_state.tasks.add(task)
        task.add_done_callback(self._server_state.tasks.discard)

    def _pass_on(self) -> None:
        framing, cycle = self._framing, self._cycle
        assert cycle is not None  # noqa: S101
        body, complete = bytes(framing.body), framing.complete
        framing.body.clear()
        if complete:
            self._enter(ConnectionState.ANSWER, bounds.ANSWER_S)
        if body or complete:
            cycle.arrived(body, complete=complete)

    async def _run(self, cycle: Cycle) -> None:
        try:
            await self._app(cycle.scope, cycle.receive, cycle.send)
            if not cycle.done:
                raise RuntimeError("a request was not answered")
        except Exception as error:
            answer, request_id = instead(error, self._app.request_ids)
            if cycle is self._cycle and not cycle.begun:
                self._end_with(answer, request_id)
            elif cycle is self._cycle:
                self.give_up()

    # Ending.

    def _answered(self, *, close: bool) -> None:
        self._server_state.total_requests += 1
        if close:
            self._linger()
        elif self._writable.is_set():
            self._rest()
        else:
            self._enter(ConnectionState.ANSWER, bounds.ANSWER_S)

    def _rest(self) -> None:
        """Be ready for the next request."""
        if self._ends:
            self._close()
            return
        self._enter(ConnectionState.IDLE, bounds.KEEP_ALIVE_S)
        if self._inflow.waiting:
            self._loop.call_soon(self._next)
        elif self._halved:
            self._close()

    def _refuse(self, problem: Problem) -> None:
        if self._transport.is_closing():
            return
        request_id = self._app.request_ids.make(problem.outcome)
        answer = problem.answer(request_id)
        self._app.counters.answered(answer.status, 0)
        self._end_with(answer, request_id)

    def _end_with(self, answer: Answer, request_id: bytes) -> None:
        begun = self._cycle is not None and self._cycle.begun
        scope = None if self._cycle is None else self._cycle.scope
        self._leave()
        if begun:
            self._transport.abort()
        else:
            self._write(answer, request_id, _CLOSE, answer.body)
            self._log(scope, answer.status, len(answer.body), request_id)
            self._linger()

    def _linger(self) -> None:
        """Say no more, and let the client read the last answer."""
        self._drop(self._inflow.drop())
        if self._transport.is_closing():
            return
        if self._halved:
            self._close()
        else:
            self._enter(ConnectionState.LINGER, self._sends_within())
            self._transport.write_eof()

    def _drop(self, number: int) -> None:
        self._may_drop -= number
        if self._may_drop < 0:
            self._transport.abort()

    def _close(self) -> None:
        self._enter(ConnectionState.CLOSING, self._sends_within())
        self._transport.close()

    def _sends_within(self) -> float:
        """Return how long the rest of the last answer may take: LINGER_S where all is sent."""
        if self._transport.is_closing() or not self._transport.get_write_buffer_size():
            return bounds.LINGER_S
        # `resume_writing` is to tell when it is.
        self._transport.set_write_buffer_limits(0)
        return bounds.ANSWER_S

    def _leave(self) -> None:
        """Tell the application that nobody waits."""
        if self._cycle is not None:
            self._cycle.leave()
            self._cycle = None

    def _write(self, answer: Answer, request_id: bytes, more: bytes, body: bytes) -> None:
        self._transport.write(
            b"%s%sx-request-id: %s\r\ncache-control: no-store\r\n%s\r\n%s"
            % (answer.head, self.dated(), request_id, more, body)
        )

    def _log(self, scope: Scope | None, status: int, size: int, request_id: bytes) -> None:
        if (log := self._app.access_log) is not None:
            began = log.now() if scope is None else self._began
            log.note(scope, self._address, status, size, request_id, began)

    # Waiting.

    def _enter(self, state: ConnectionState, seconds: float) -> None:
        self._state = state
        self._deadline.within(seconds)

    def _end_late(self) -> None:
        state = self._state
        if state in SLOW:
            self._app.rejections.note(SLOW[state], self._address)
        if state is ConnectionState.BODY:
            self._refuse(request_timeout(bounds.BODY_S))
        elif state <= ConnectionState.HEAD:
            self._close()
        else:
            self._leave()
            self._transport.abort()
