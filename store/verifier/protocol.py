"""uvicorn's HTTP protocol, where its own answers would break our contract."""

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from store.verifier.answers import new_request_id
from store.verifier.problems import invalid_request

MAX_HEAD = 64 * 1024
"""Bytes of request line and headers; the parser itself would read on for ever."""


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 with a bounded head, and a problem in answer to what cannot be parsed."""

    _head = 0

    def data_received(self, data: bytes) -> None:
        """Feed what arrived, unless an unfinished head has grown too long."""
        # uvicorn names the method when the head is complete.
        unfinished = self.scope is not None and "method" not in self.scope
        self._head = self._head + len(data) if unfinished else 0
        if self._head > MAX_HEAD:
            self._refuse(f"The head of a request may have {MAX_HEAD} bytes at most.")
        else:
            super().data_received(data)

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP, and close."""
        self._refuse("This is not an HTTP/1.1 request.")

    def _refuse(self, detail: str) -> None:
        if self.transport.is_closing():
            return
        request_id = new_request_id()
        answer = invalid_request(detail).answer(request_id)
        headers = [
            *self.server_state.default_headers,
            *answer.headers,
            (b"x-request-id", request_id),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
        ]
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        self.transport.write(STATUS_LINE[answer.status] + lines + b"\r\n" + answer.body)
        self.transport.close()
