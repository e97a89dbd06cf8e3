"""A store on SQLite, a worker that serves it, and another program on it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from store.domain.clock import FixedClock, SystemClock
from store.verifier.context import WorkerContext
from tests.conftest import MoveIn
from tests.house import House
from tests.wal_index.shell import Shell


@pytest.fixture
def own_house(move_in: MoveIn, tmp_path: Path) -> Iterator[House]:
    """A house on today's clock for one test."""
    with move_in(tmp_path, FixedClock(SystemClock().now())) as house:
        yield house


@pytest.fixture
def context(own_house: House) -> Iterator[WorkerContext]:
    """A worker that can see its store's header."""
    with closing(WorkerContext(own_house.url, pepper_path=own_house.pepper_path)) as found:
        assert found.lookup.reads_because is None
        yield found


@pytest.fixture
def shell(own_house: House) -> Iterator[Shell]:
    """Another program on the store."""
    with closing(Shell(own_house.store.database.path)) as found:
        yield found
