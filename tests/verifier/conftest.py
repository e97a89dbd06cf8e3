"""A served store, once for each file."""

from collections.abc import Iterator

import pytest

from tests.verifier.serving import Served, house_of_now, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A house on today's clock behind a real server, and a client."""
    folder = tmp_path_factory.mktemp("served")
    house = house_of_now(folder)
    try:
        with serving(house, folder / "stderr") as server, server.client() as client:
            yield Served(house, server, client)
    finally:
        house.store.close()
