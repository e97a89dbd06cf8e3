"""What the server does for nothing: a constant answer, as plain ASGI and through Starlette."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil
import uvicorn

from store.credentials.peppers import Peppers
from store.domain.clock import SystemClock
from store.domain.request_ids import PURPOSE, RequestIds
from store.domain.verdicts import ANSWERED
from store.verifier.answers import json_answer, send_answer
from tests.benchmarks.verify.measure import pin


@contextmanager
def floor(kind: str) -> Iterator[tuple[psutil.Process, str]]:
    """Serve a constant answer of the size of a verification's; `kind` is plain or starlette."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(2048)
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, kind, str(listening.fileno())],
            pass_fds=[listening.fileno()],
        )
        try:
            found = psutil.Process(process.pid)
            pin(found)
            yield found, f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            process.terminate()
            process.wait()


def _plain() -> Any:
    headers = [(b"x-key-id", b"x" * 12), (b"x-key-name", b"x" * 8), (b"x-workspace", b"x" * 11)]
    headers.append((b"x-key-scopes", b"x" * 43))
    answer = json_answer({"valid": True, "filler": "x" * 180}, headers=headers)

    ids = RequestIds(Peppers([bytes(32)]).derive_newest(PURPOSE), SystemClock())

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send_answer(send, answer, ids.make(ANSWERED))

    return app


def _starlette() -> Any:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def answer(request: Request) -> JSONResponse:
        return JSONResponse({"valid": True, "filler": "x" * 180})

    return Starlette(routes=[Route("/", answer)])


def _serve(kind: str, descriptor: int) -> None:
    from uvloop import new_event_loop

    config = uvicorn.Config(
        {"plain": _plain, "starlette": _starlette}[kind](),
        http="httptools",
        ws="none",
        lifespan="off",
        log_level="critical",
        access_log=False,
    )
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve([socket.socket(fileno=descriptor)]))


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]))
