"""A process that asks verifiers with valid keys and with keys that are going to be revoked.

Its arguments are a rate and the verifiers' addresses. It asks at that rate, however long answers
take: one that does not come holds up no other. It reads one JSON document a line: `{"valid": [...],
"doomed": [...]}` replaces the keys it uses, the newest last; `{"now": KEY}` is asked at every
verifier at once; at `{"tell": true}` it prints what was asked since the last time, and answered or
given up by now, as one JSON array.
"""

import asyncio
import json
import re
import sys
import time

from uvloop import new_event_loop

RATE = 150
"""Requests a second to each verifier, with each kind of key, unless another is asked for."""
MOST_OPEN = 400
"""Requests under way at one verifier; beyond that they fail unasked."""

_STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)

Asked = list[object]
"""The verifier's number, whether the key was to stay valid, its id, when it was asked and when
answered, and the status; 0 where none came. Times are nanoseconds of the monotonic clock, which all
processes of a machine share."""


class Wire(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self, verifier: "Verifier", request: bytes, asked: Asked) -> None:
        self._verifier = verifier
        self._transport: asyncio.Transport | None = None
        self._request = request
        self._asked: Asked | None = asked
        self._heard = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Send the request that it was opened for."""
        self._transport = transport
        transport.write(self._request)

    def ask(self, request: bytes, asked: Asked) -> bool:
        """Send another request; return whether it could."""
        if self._transport is None or self._transport.is_closing():
            return False
        self._asked = asked
        self._transport.write(request)
        return True

    def data_received(self, data: bytes) -> None:
        """Note the answer once it is complete."""
        self._heard += data
        head, found, body = self._heard.partition(b"\r\n\r\n")
        if not found:
            return
        status, length = _STATUS.match(head), _LENGTH.search(head)
        assert status, head
        assert length, head
        if len(body) < int(length[1]):
            return
        self._heard = b""
        self._settle(int(status[1]))
        self._verifier.idle.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that no answer came."""
        self._settle(0)

    def _settle(self, status: int) -> None:
        if self._asked is not None:
            self._verifier.settle(self._asked, status)
            self._asked = None


class Verifier:
    """What is asked of one verifier, and what came of it."""

    def __init__(self, number: int, host: str, port: int) -> None:
        self._number, self._host, self._port = number, host, port
        self._under_way: set[int] = set()
        self._opening: set[asyncio.Task[None]] = set()
        self.idle: list[Wire] = []
        self.asked: list[Asked] = []

    def ask(self, key: str, *, valid: bool) -> None:
        """Begin a request."""
        asked: Asked = [self._number, valid, key.split("_")[1], time.monotonic_ns(), 0, 0]
        self.asked.append(asked)
        if len(self._under_way) >= MOST_OPEN:
            return
        self._under_way.add(id(asked))
        request = (
            f"GET /api/v1/verify HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n"
        ).encode()
        while self.idle:
            if self.idle.pop().ask(request, asked):
                return
        task = asyncio.get_running_loop().create_task(self._open(request, asked))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _open(self, request: bytes, asked: Asked) -> None:
        try:
            await asyncio.get_running_loop().create_connection(
                lambda: Wire(self, request, asked), self._host, self._port
            )
        except OSError:
            self.settle(asked, 0)

    def settle(self, asked: Asked, status: int) -> None:
        """Note what came of a request."""
        asked[4:] = [time.monotonic_ns(), status]
        self._under_way.discard(id(asked))

    def told(self) -> list[Asked]:
        """Return what is over, and forget it."""
        over = [asked for asked in self.asked if id(asked) not in self._under_way]
        self.asked = [asked for asked in self.asked if id(asked) in self._under_way]
        return over


async def _run(rate: float, addresses: list[str]) -> None:
    verifiers = []
    for number, address in enumerate(addresses):
        host, _, port = address.rpartition(":")
        verifiers.append(Verifier(number, host, int(port)))
    keys: dict[str, list[str]] = {"valid": [], "doomed": []}
    told = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    ticking = loop.create_task(_tick(verifiers, keys, rate))
    while text := await told.readline():
        order = json.loads(text)
        now = order.pop("now", None)
        if order.pop("tell", False):
            print(json.dumps([one for each in verifiers for one in each.told()]), flush=True)
        keys |= order
        if now is not None:
            for verifier in verifiers:
                verifier.ask(now, valid=False)
    ticking.cancel()


async def _tick(verifiers: list[Verifier], keys: dict[str, list[str]], rate: float) -> None:
    turn, at = 0, time.monotonic()
    while True:
        turn, at = turn + 1, at + 1 / rate
        await asyncio.sleep(max(0.0, at - time.monotonic()))
        valid, doomed = keys["valid"], keys["doomed"]
        for verifier in verifiers:
            if valid:
                verifier.ask(valid[turn % len(valid)], valid=True)
            if doomed:
                # Half of it with the newest: those that are in every memory, and soon revoked.
                among = doomed[-8:] if turn % 2 else doomed
                verifier.ask(among[turn // 2 % len(among)], valid=False)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_run(float(sys.argv[1]), sys.argv[2:]))
