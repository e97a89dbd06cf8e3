"""One client without a key that sends and sends, wherever on a connection bytes can go.

    python -m tests.verifier.http.flooding [MIB]

sends 1,024 MiB (or MIB) in each place to a verifier as it is delivered, and prints what came of it.
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import psutil

from store.verifier.http import bounds
from tests.house import build
from tests.verifier.serving import API, Server, serving

MIB = 2**20
MOST_MIB = 8.0
"""By how much the worker may grow."""
SLACK_S = 15.0
"""What a busy machine may add to a deadline."""

_HOST = b"HTTP/1.1\r\nHost: x\r\n"
_GET = b"GET /healthz " + _HOST
_EVENTS = f"POST {API}/events ".encode() + _HOST
_NOWHERE = b"POST /nowhere " + _HOST
_WRONG = b"DELETE /healthz " + _HOST
# Whoever registers has no key, and the body is read.
_OPEN = b"POST /oauth/register " + _HOST + b"Content-Type: application/json\r\n"
_CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
_HUGE = b"Content-Length: 100000000000\r\n\r\n"
_TRAILER = b"Authorization: Bearer x\r\n"


class Place(NamedTuple):
    """Where bytes go."""

    before: bytes
    again: bytes
    deadline_s: float
    """Of the state they are sent in."""


def places() -> dict[str, Place]:
    """Return every place, with its deadline as it stands now."""
    linger = bounds.LINGER_S
    head = 2 * bounds.HEAD_S + linger
    body = bounds.BODY_S + linger
    unread = bounds.ANSWER_S + linger
    return {
        "nothing but line ends": Place(b"", b"\r\n", head),
        "method": Place(b"", b"A", head),
        "target": Place(b"GET /", b"a", head),
        "query": Place(f"GET {API}/verify?".encode(), b"%61", head),
        "name of a header": Place(_GET, b"a", head),
        "value of a header": Place(_GET + b"A: ", b"a", head),
        "blanks before a value": Place(_GET + b"A:", b" ", head),
        "headers": Place(_GET, b"ab:cd\r\n", head),
        "body, no key": Place(_EVENTS + _HUGE, b"a", linger),
        "body, no such address": Place(_NOWHERE + _HUGE, b"a", linger),
        "body, no such method": Place(_WRONG + _HUGE, b"a", linger),
        "body, waited for": Place(_EVENTS + b"Expect: 100-continue\r\n" + _HUGE, b"a", linger),
        "body, upgrade": Place(
            _EVENTS + b"Upgrade: h2c\r\nConnection: Upgrade\r\n" + _HUGE, b"a", linger
        ),
        "body of a GET": Place(_GET + _HUGE, b"a", linger),
        "body that is read": Place(_OPEN + _HUGE, b"a", body),
        "chunks that are read": Place(_OPEN + _CHUNKED, b"400\r\n" + b"a" * 1024 + b"\r\n", body),
        "small chunks that are read": Place(_OPEN + _CHUNKED, b"1\r\na\r\n", body),
        "chunks, no key": Place(_EVENTS + _CHUNKED, b"1\r\na\r\n", linger),
        "size of a chunk": Place(_OPEN + _CHUNKED, b"0", body),
        "extension of a chunk": Place(_OPEN + _CHUNKED + b"1;", b"a", body),
        "extensions of chunks": Place(_OPEN + _CHUNKED, b"1;aaaaaaaaaaaaa\r\na\r\n", body),
        "trailers": Place(_OPEN + _CHUNKED + b"0\r\n", b"ab:cd\r\n", body),
        "trailers with a key": Place(_OPEN + _CHUNKED + b"0\r\n", _TRAILER, body),
        "value of a trailer": Place(_OPEN + _CHUNKED + b"0\r\nA: ", b"a", body),
        "trailers, no key": Place(_EVENTS + _CHUNKED + b"0\r\n", b"ab:cd\r\n", linger),
        "after what is no request": Place(b"nonsense\r\n\r\n", b"a", linger),
        "after the last answer": Place(_GET + b"Connection: close\r\n\r\n", b"a", linger),
        "after an answer": Place(_GET + b"\r\n", b"\r\n", head),
        "after an answer, no request": Place(_GET + b"\r\n", b"a", head),
        "requests whose answers nobody reads": Place(b"", _GET + b"\r\n", unread),
    }


class Flood(NamedTuple):
    """What came of it."""

    sent: int
    """Bytes the kernel took."""
    gone_s: float | None
    """When the worker had let go, in seconds from the last byte that was taken; None if never."""
    grown_mib: float
    """By how much the worker was larger than before, at most."""


def flood(server: Server, place: Place, size: int) -> Flood:
    """Send so many bytes, never reading, and wait until the worker has let go."""
    worker = psutil.Process(server.process.pid)
    before = most = worker.memory_info().rss
    block = place.again * max(1, 65536 // len(place.again))
    sent, last = 0, time.monotonic()
    with server.connect() as wire:
        wire.settimeout(0.05)
        data = memoryview(place.before + block)
        port = wire.getsockname()[1]
        while sent < size and time.monotonic() < last + place.deadline_s + SLACK_S:
            try:
                taken = wire.send(data)
            except TimeoutError:
                pass
            except OSError:
                break
            else:
                sent, last = sent + taken, time.monotonic()
                data = data[taken:] or memoryview(block)
            most = max(most, worker.memory_info().rss)
        while _holds(worker, port) and time.monotonic() < last + place.deadline_s + SLACK_S:
            most = max(most, worker.memory_info().rss)
            time.sleep(0.02)
        gone = None if _holds(worker, port) else time.monotonic() - last
    return Flood(sent, gone, (most - before) / MIB)


def _holds(worker: psutil.Process, port: int) -> bool:
    return any(one.raddr and one.raddr.port == port for one in worker.net_connections("tcp"))


def main() -> None:
    """Flood every place and print what came of it; end with 1 where it was too much."""
    size = int(sys.argv[1] if len(sys.argv) > 1 else 1024) * MIB
    bad = 0
    with tempfile.TemporaryDirectory() as name:
        house = build(Path(name))
        print(f"{'MiB sent':>10}{'MiB grown':>11}{'gone in s':>11}  within s  place")
        for where, place in places().items():
            with serving(house, Path(name) / "stderr") as server:
                server.exchange(_GET + b"\r\n")
                found = flood(server, place, size)
            late = found.gone_s is None or found.gone_s > place.deadline_s + 1
            bad += late or found.grown_mib >= MOST_MIB
            print(
                f"{found.sent / MIB:>10.1f}{found.grown_mib:>11.1f}"
                f"{'never' if found.gone_s is None else round(found.gone_s, 1):>11}"
                f"{place.deadline_s:>10.0f}  {where}",
                flush=True,
            )
        house.store.close()
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
