"""uvicorn's HTTP protocol, where its own answers would break our contract, and a short way.

A request that only reads is answered in the moment its head is there. Through ASGI it would cost a
task, an event and a cycle of messages besides, about as much as everything else together.

`Upgrade` is ignored (RFC 9110 7.8): the request is HTTP/1.1 and its body is its body. httptools
cannot be told so. It ends a message at its head where `Connection: Upgrade` and any `Upgrade` stand
in it, and would read the body as the next request. It says where that head ended, so a parser of
its own is given the same head without `Upgrade`, and reads on from there. `CONNECT` ends at its
head in the same way; it is refused, and nothing behind it is read.
"""

from asyncio import Transport
from asyncio.events import TimerHandle
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from store.verifier.answers import NOTICE, Answer, lines
from store.verifier.app import App
from store.verifier.endpoint import Endpoint
from store.verifier.problems import invalid_request

MAX_HEAD = 64 * 1024
"""Bytes of request line and headers; the parser itself would read on for ever."""

HEAD_S = 10.0
"""Seconds from a connection's first byte, or a request's, to the end of its head."""

# What announces a body, or asks before it sends one.
_OF_BODIES = frozenset((b"content-length", b"transfer-encoding", b"expect"))


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 with a bounded head, and a problem in answer to what cannot be parsed."""

    _head = 0
    _prompt = False
    """Whether a request may be answered at once: one of those that arrived together. Those that
    were pipelined behind it wait their turn, as other connections do."""
    _answered = False
    _too_late: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Expect a head within its time."""
        super().connection_made(transport)
        self._too_late = self.loop.call_later(HEAD_S, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing any more."""
        self._expect(head=False)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed what arrived; give up on a head that does not end."""
        before = self.scope if self._in_head() else None
        self._prompt = True
        self._unset_keepalive_if_required()
        try:
            self._feed(data)
        except HttpParserError:
            self.send_400_response("")
        in_head = self._in_head()
        self._expect(head=in_head)
        # What arrived with the end of the request before is not counted.
        self._head = self._head + len(data) if in_head and self.scope is before else 0
        if self._head > MAX_HEAD:
            self._refuse(f"The head of a request may have {MAX_HEAD} bytes at most.")

    def on_headers_complete(self) -> None:
        """Answer at once where that can be done, else begin a cycle of ASGI."""
        if self.parser.should_upgrade():
            # It comes again without what made it so.
            return
        path, _, query = self.url.partition(b"?")
        endpoint = self._answering(path) if self._prompt else None
        if endpoint is None:
            super().on_headers_complete()
            return
        self._prompt, self._answered = False, True
        scope: Any = self.scope
        scope |= {"method": "GET", "path": path.decode("ascii"), "query_string": query}
        answer, request_id = endpoint.at_once(scope)
        told = scope.get(NOTICE)
        self._write(answer, request_id, lines(told) if told else b"")
        self.on_response_complete()

    def on_message_complete(self) -> None:
        """End a request; one that was answered at once has ended before."""
        if self.parser.should_upgrade():
            return
        if self._answered:
            self._answered = False
        else:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Read on only when all that was pipelined is answered.

        uvicorn reads on after each answer, and who pipelines faster than they read could fill the
        memory with requests that wait.
        """
        super().on_response_complete()
        if self.pipeline:
            self.flow.pause_reading()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP, and close."""
        self._refuse("This is not an HTTP/1.1 request.")

    def _feed(self, data: bytes) -> None:
        while not self.transport.is_closing():
            try:
                self.parser.feed_data(data)
            except HttpParserUpgrade as upgrade:
                if self.parser.get_method() == b"CONNECT":
                    self._refuse("Nothing is connected to here: this is no proxy.")
                    return
                data = data[upgrade.args[0] :]
                head = self._without_upgrade()
                self.parser = HttpRequestParser(self)
                self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
                self.parser.feed_data(head)
            else:
                return

    def _without_upgrade(self) -> bytes:
        parser = self.parser
        kept = lines((name, value) for name, value in self.headers if name != b"upgrade")
        version = parser.get_http_version().encode("ascii")
        return b"%s %s HTTP/%s\r\n%s\r\n" % (parser.get_method(), self.url, version, kept)

    def _answering(self, path: bytes) -> Endpoint | None:
        """Return the endpoint of a plain GET that has no body and nobody before it."""
        app, parser = self.app, self.parser
        if (
            parser.get_method() != b"GET"
            or not isinstance(app, App)
            or (endpoint := app.endpoint(path)) is None
            or self.flow.write_paused
            or (self.cycle is not None and not self.cycle.response_complete)
            or parser.get_http_version() != "1.1"
            or not parser.should_keep_alive()
            or b"#" in self.url
            or not _OF_BODIES.isdisjoint(name for name, _ in self.headers)
        ):
            return None
        return endpoint

    def _in_head(self) -> bool:
        # uvicorn names the method when the head is complete.
        return self.scope is not None and "method" not in self.scope

    def _expect(self, *, head: bool) -> None:
        if head and self._too_late is None:
            self._too_late = self.loop.call_later(HEAD_S, self.transport.close)
        elif not head and self._too_late is not None:
            self._too_late.cancel()
            self._too_late = None

    def _refuse(self, detail: str) -> None:
        if self.transport.is_closing():
            return
        problem = invalid_request(detail)
        assert isinstance(self.app, App)  # noqa: S101
        request_id = self.app.request_ids.make(problem.outcome)
        self._write(problem.answer(request_id), request_id, b"connection: close\r\n")
        self.transport.close()

    def _write(self, answer: Answer, request_id: bytes, more: bytes = b"") -> None:
        self.transport.write(
            b"%s%sx-request-id: %s\r\ncache-control: no-store\r\n%s\r\n%s"
            % (answer.head, lines(self.server_state.default_headers), request_id, more, answer.body)
        )
