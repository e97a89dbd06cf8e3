"""A process that stands between verifiers and PostgreSQL and can be told to misbehave.

It has several lines, each a port of its own. It prints their ports as a JSON array, then reads one
JSON document a line and prints `done` when it has done it: `{"line": 0, "mode": "stall"}` changes
how a line behaves, `{"line": 0, "to": PATH}` which Unix socket its connections lead to.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from enum import Enum
from functools import partial

from uvloop import new_event_loop

SLOW_S = 0.02
_NOTIFICATION = b"A"


class Mode(Enum):
    """How a line behaves."""

    PASS = "pass"
    CUT = "cut"
    """What is open is closed, and what is opened, too."""
    STALL = "stall"
    """Bytes are taken and kept: whoever waits for an answer hears nothing, not even an end."""
    SLOW = "slow"
    """Everything arrives later, in both directions."""
    DEAF = "deaf"
    """The server's notifications are lost, everything else arrives."""


class Line:
    """One port, and every connection through it."""

    def __init__(self, to: str) -> None:
        self.to = to
        self.mode = Mode.PASS
        self.pairs: set[Pair] = set()

    def behave(self, mode: Mode) -> None:
        """Change how it behaves, for connections that are open as well."""
        self.mode = mode
        for pair in list(self.pairs):
            if mode is Mode.CUT:
                pair.close()
            elif mode is not Mode.STALL:
                pair.release()


class Pair:
    """A client's connection and the server's that belongs to it."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.client = Side(self, self._to_server)
        self._server = Side(self, self._to_client)
        self._kept: list[Callable[[], None]] = []
        self._frames = b""
        self._closed = False
        self.reaching: asyncio.Task[None] | None = None
        line.pairs.add(self)

    async def reach(self) -> None:
        """Connect to the server; what the client sends meanwhile is kept."""
        if self._line.mode is Mode.CUT:
            self.close()
            return
        try:
            await asyncio.get_running_loop().create_unix_connection(
                lambda: self._server, self._line.to
            )
        except OSError:
            self.close()
            return
        self.release()

    def _to_server(self, data: bytes) -> None:
        self._forward(lambda: self._server.write(data))

    def _to_client(self, data: bytes) -> None:
        # Whole messages only, so that a mode changes between two of them: a type, a length that
        # counts itself, a body. Nobody asks for TLS here, whose answer would be none.
        self._frames += data
        end = 0
        passed = b""
        while len(self._frames) >= end + 5:
            after = end + 1 + int.from_bytes(self._frames[end + 1 : end + 5], "big")
            if len(self._frames) < after:
                break
            if self._line.mode is not Mode.DEAF or self._frames[end : end + 1] != _NOTIFICATION:
                passed += self._frames[end:after]
            end = after
        self._frames = self._frames[end:]
        if passed:
            self._forward(lambda: self.client.write(passed))

    def _forward(self, write: Callable[[], None]) -> None:
        if self._line.mode is Mode.STALL or self._server.transport is None or self._kept:
            self._kept.append(write)
        elif self._line.mode is Mode.SLOW:
            asyncio.get_running_loop().call_later(SLOW_S, write)
        else:
            write()

    def release(self) -> None:
        """Forward what was kept."""
        if self._server.transport is not None and self._line.mode is not Mode.STALL:
            kept, self._kept = self._kept, []
            for write in kept:
                write()

    def close(self) -> None:
        """End both connections, and what is opened later, too."""
        self._closed = True
        self._line.pairs.discard(self)
        for side in (self.client, self._server):
            if side.transport is not None:
                side.transport.abort()

    def opened(self) -> None:
        """One side is connected."""
        if self._closed:
            self.close()

    def ended(self) -> None:
        """One side has hung up: so does the other, unless the line lets nothing through."""
        if self._line.mode is Mode.STALL:
            self._kept.append(self.close)
        else:
            self.close()


class Side(asyncio.Protocol):
    """One of the two connections of a pair."""

    def __init__(self, pair: Pair, forward: Callable[[bytes], None]) -> None:
        self._pair = pair
        self._forward = forward
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Send on this connection from now on."""
        self.transport = transport
        self._pair.opened()

    def data_received(self, data: bytes) -> None:
        """Hand on what arrived."""
        self._forward(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Hand on that it ended."""
        self._pair.ended()

    def write(self, data: bytes) -> None:
        """Send, unless it has ended."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)


def _accepted(line: Line) -> Side:
    pair = Pair(line)
    pair.reaching = asyncio.get_running_loop().create_task(pair.reach())
    return pair.client


async def _run(to: str, number: int) -> None:
    loop = asyncio.get_running_loop()
    lines = [Line(to) for _ in range(number)]
    ports = []
    for line in lines:
        # Everywhere: a verifier may be in a network of its own.
        server = await loop.create_server(partial(_accepted, line), "0.0.0.0")  # noqa: S104
        ports.append(server.sockets[0].getsockname()[1])
    print(json.dumps(ports), flush=True)
    told = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    while text := await told.readline():
        order = json.loads(text)
        line = lines[order["line"]]
        line.to = order.get("to", line.to)
        if "mode" in order:
            line.behave(Mode(order["mode"]))
        print("done", flush=True)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_run(sys.argv[1], int(sys.argv[2])))
