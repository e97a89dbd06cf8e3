"""Who waits for whom where passwords are checked: whoever keeps failing, for the others who do."""

import asyncio
import threading

import pytest

from store.errors import SignInFailed
from store.operations.store import Store
from store.verifier.context import WorkerContext
from store.verifier.oauth.executor import MOST_PASSWORDS_WAITING, Executor
from store.verifier.problems import Problem
from tests.house import House

CROWD = [f"203.0.113.{number}" for number in range(24)]


def wrong(_: Store) -> int:
    """Do what a wrong password does."""
    raise SignInFailed


async def besieged(desk: Executor, over: threading.Event) -> None:
    """Let a crowd fail once each, keep it at it for ever, and let others come."""
    for network in CROWD:
        with pytest.raises(SignInFailed):
            await desk.prove(network, wrong)
    waiting = [asyncio.create_task(desk.prove(network, lambda _: over.wait())) for network in CROWD]
    await asyncio.sleep(0)
    refused = [one for one in waiting if one.done()]
    assert len(refused) == len(CROWD) - MOST_PASSWORDS_WAITING
    for one in refused:
        with pytest.raises(Problem):
            one.result()
    assert await desk.prove("198.51.100.7", lambda _: 4711) == 4711
    # Whoever is being looked at already has no second place beside it.
    first = asyncio.create_task(desk.prove("192.0.2.1", lambda _: over.wait()))
    await asyncio.sleep(0)
    with pytest.raises(Problem):
        await desk.prove("192.0.2.1", lambda _: 4711)
    over.set()
    await asyncio.gather(first, *waiting, return_exceptions=True)
    # Who got in has made up for it.
    assert await desk.prove(CROWD[0], lambda _: 4711) == 4711


def test_a_crowd_that_keeps_failing_keeps_nobody_else_out(house: House) -> None:
    context = WorkerContext(house.url, pepper_path=house.pepper_path, clock=house.clock)
    desk, over = Executor(context), threading.Event()
    try:
        asyncio.run(besieged(desk, over))
    finally:
        over.set()
        desk.close()
        context.close()
