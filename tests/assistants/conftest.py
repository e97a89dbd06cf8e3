"""Served houses as the verifier's tests have them, and an assistant in front of one."""

from collections.abc import Iterator
from random import randrange

import pytest

from store.domain.clock import FixedClock, SystemClock
from tests.assistants.walking import Walk, walking
from tests.conftest import MoveIn
from tests.verifier.conftest import own, own_house, pair
from tests.verifier.serving import Served, serving

__all__ = ["own", "own_house", "pair"]


@pytest.fixture
def anyio_backend() -> str:
    """The SDK's client runs on asyncio here."""
    return "asyncio"


@pytest.fixture(scope="module")
def behind(move_in: MoveIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A house behind a proxy, so that assistants can come from different networks."""
    folder = tmp_path_factory.mktemp("behind")
    with (
        move_in(folder, FixedClock(SystemClock().now())) as house,
        serving(house, folder / "stderr", proxies=["127.0.0.1/32"]) as server,
        server.client() as client,
    ):
        yield Served(house, server, client)


@pytest.fixture
def walk(behind: Served) -> Iterator[Walk]:
    """An assistant from a network of its own."""
    network = f"10.0.{randrange(256)}.{randrange(256)}"
    with walking(behind, {"X-Forwarded-For": network}) as made:
        yield made


@pytest.fixture
def own_walk(own: Served) -> Iterator[Walk]:
    """An assistant in front of a server of one test's own."""
    with walking(own) as made:
        yield made
