"""Served stores: one for each file, or one for a test that breaks it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from store.domain.clock import FixedClock, SystemClock
from store.verifier.context import WorkerContext
from tests.conftest import MoveIn
from tests.house import House
from tests.verifier.serving import Served, serving


@pytest.fixture(scope="module")
def served(move_in: MoveIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A house on today's clock behind a real server, and a client."""
    folder = tmp_path_factory.mktemp("served")
    with (
        move_in(folder, FixedClock(SystemClock().now())) as house,
        serving(house, folder / "stderr") as server,
        server.client() as client,
    ):
        yield Served(house, server, client)


@pytest.fixture
def own_house(move_in: MoveIn, tmp_path: Path) -> Iterator[House]:
    """A house on today's clock for one test."""
    with move_in(tmp_path, FixedClock(SystemClock().now())) as house:
        yield house


@pytest.fixture
def own(own_house: House, tmp_path: Path) -> Iterator[Served]:
    """A served store of one test's own, which it may break."""
    with serving(own_house, tmp_path / "stderr") as server, server.client() as client:
        yield Served(own_house, server, client)


@pytest.fixture
def pair(own_house: House, tmp_path: Path) -> Iterator[Served]:
    """A store of one test's own, served by two workers."""
    with serving(own_house, tmp_path / "stderr", workers=2) as server, server.client() as client:
        yield Served(own_house, server, client)


@pytest.fixture
def context(own_house: House) -> Iterator[WorkerContext]:
    """What a worker has, by the house's clock; the proxy at 127.0.0.1 was named to it."""
    with closing(
        WorkerContext(
            own_house.url,
            pepper_path=own_house.pepper_path,
            clock=own_house.clock,
            public_url="https://here.example",
            proxies=["127.0.0.1"],
        )
    ) as found:
        yield found
