"""The desk that every story begins at, on either engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import House
from tests.stories.desk import Desk
from tests.verifier.conftest import own_house
from tests.verifier.serving import API, serving

__all__ = ["own_house"]


@pytest.fixture
def here(own_house: House, tmp_path: Path) -> Iterator[Desk]:
    """Serve a store of the story's own."""
    with serving(own_house, tmp_path / "stderr") as server:
        yield Desk(own_house, f"{server.address}{API}", tmp_path)
