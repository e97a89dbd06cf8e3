"""Whatever is restored in whatever order, nothing that ended begins again."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from tests.house import House
from tests.restores.history import ORDERS, lived, restored, tell
from tests.restores.left_out import LEFT_OUT, without
from tests.restores.machine import search
from tests.restores.world import Revived, World


@pytest.fixture(scope="module")
def history(sqlite_pattern: House, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A store that has lived, to be twinned."""
    world = lived(sqlite_pattern, tmp_path_factory.mktemp("lived"))
    world.close()
    return world


@pytest.fixture
def world(history: World, tmp_path: Path) -> Iterator[World]:
    """A store of a test's own that has lived."""
    twin = history.twin(tmp_path / "world")
    yield twin
    twin.close()


def test_the_story_of_three_backups(world: World) -> None:
    tell(world)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: f"first {order[0]}")
def test_in_every_order_of_three_backups(world: World, order: tuple[int, ...]) -> None:
    restored(world, order)


def test_those_are_all_orders() -> None:
    found = [three for row in ORDERS for three in zip(row, row[1:], row[2:], strict=False)]
    assert sorted(found) == sorted(product(range(3), repeat=3))
    assert {row[0] for row in ORDERS} == set(range(3))


@pytest.mark.parametrize("what", LEFT_OUT)
def test_nothing_of_it_can_be_left_out(world: World, what: str) -> None:
    with without(what), pytest.raises(Revived):
        tell(world)


def test_chance_finds_nothing(sqlite_pattern: House) -> None:
    assert search(sqlite_pattern, 5).examples >= 5


def test_chance_finds_that_tombstones_are_left_out(sqlite_pattern: House) -> None:
    found = search(sqlite_pattern, 40, broken=lambda: without("tombstones"))
    assert found.revived is not None
