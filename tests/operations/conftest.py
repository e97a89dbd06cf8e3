"""Where a store can be moved to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import Cluster


@pytest.fixture
def elsewhere(engine: str, postgres: Cluster, tmp_path: Path) -> Iterator[str]:
    """A place without a store, on the other engine."""
    if engine == "postgres":
        yield f"sqlite:///{tmp_path / 'moved.db'}"
        return
    with postgres.database() as name:
        yield postgres.url(name)
