"""The frame of an approval page while there is nobody to ask."""

import asyncio
import threading
from typing import Any

from store.verifier.context import WorkerContext
from store.verifier.oauth import cookies
from store.verifier.oauth.approve import Approve
from store.verifier.oauth.executor import MOST_WAITING, Executor
from store.verifier.urls import Urls
from tests.house import House


async def looked(desk: Executor, house: House, over: threading.Event) -> tuple[int, str]:
    """Look while as many wait as may, and return what that is answered."""
    where, brought = Urls("https://here.example"), house.ask()
    cookie = f"{cookies.name(where, brought.ask.id)}={brought.browser.reveal()}".encode()
    query = f"ask={brought.ask.id}&look=1".encode()
    crowd = [asyncio.create_task(desk.run(lambda _: over.wait())) for _ in range(MOST_WAITING)]
    await asyncio.sleep(0)
    scope: dict[str, Any] = {"query_string": query, "headers": [(b"cookie", cookie)]}
    answer = await Approve(desk, where).get(scope, asyncio.Queue().get)
    over.set()
    await asyncio.gather(*crowd)
    return answer.status, answer.body.decode()


def test_a_frame_that_cannot_be_told_now_looks_again(
    own_house: House, context: WorkerContext
) -> None:
    desk, over = Executor(context), threading.Event()
    try:
        status, said = asyncio.run(looked(desk, own_house, over))
    finally:
        over.set()
        desk.close()
    assert status == 503
    assert 'http-equiv="refresh"' in said
