"""Served stores: one for each file, or one for a test that breaks it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import House, build
from tests.verifier.serving import Served, moved_in, serving


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house that is closed, to be copied."""
    house = build(tmp_path_factory.mktemp("pattern"))
    house.store.close()
    return house


@pytest.fixture(scope="module")
def served(pattern: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A house on today's clock behind a real server, and a client."""
    folder = tmp_path_factory.mktemp("served")
    house = moved_in(pattern, folder)
    with serving(house, folder / "stderr") as server, server.client() as client:
        yield Served(house, server, client)
    house.store.close()


@pytest.fixture
def own_house(pattern: House, tmp_path: Path) -> Iterator[House]:
    """A house on today's clock for one test."""
    house = moved_in(pattern, tmp_path)
    yield house
    house.store.close()


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
