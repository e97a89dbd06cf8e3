"""One address: every answer of it is counted, however long was waited for it."""

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Scope

from store.domain.clock import SystemClock
from store.domain.request_ids import RequestIds
from store.errors import StoreUnusable
from store.verifier.answers import Answer, answer
from store.verifier.counters import Counters
from store.verifier.endpoint import Endpoint
from store.verifier.problems import unavailable
from store.verifier.proofs import Proving

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """The verifier's own."""
    return "asyncio"


@pytest.mark.parametrize(
    ("waits", "raised", "status"),
    [
        (0, None, 200),
        (3, None, 200),
        (1000, None, 503),
        (1, unavailable(), 503),
        (1, StoreUnusable(), 503),
        (1, ValueError(), 500),
    ],
)
async def test_what_was_waited_for_is_counted_once_whatever_became_of_it(
    waits: int, raised: Exception | None, status: int
) -> None:
    asked: list[Scope] = []

    def read(scope: Scope) -> Answer:
        asked.append(scope)
        if len(asked) <= waits:
            settled = asyncio.get_running_loop().create_future()
            if raised is None:
                settled.set_result(True)
            else:
                settled.set_exception(raised)
            raise Proving(settled)
        return answer(200, b"", b"text/plain")

    async def receive() -> Message:
        raise AssertionError("a GET has no body that is read")

    sent: list[Any] = []

    async def send(message: Message) -> None:
        sent.append(message)

    counters = Counters()
    endpoint = Endpoint(counters, RequestIds(b"key", SystemClock()), read, "/here")
    await endpoint({"type": "http", "method": "GET", "headers": []}, receive, send)
    assert sent[0]["status"] == status
    assert counters.responses() == {("/here", str(status)): 1}
