"""What the tests of recipes share: a proxy is started once for all of them."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from console.recipes import PROXIES
from store.domain.clock import FixedClock, SystemClock
from tests.conftest import MoveIn
from tests.proxies.guarded import Guarded


@pytest.fixture(scope="package", params=list(PROXIES))
def guarded(
    move_in: MoveIn, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Guarded]:
    """A proxy as the command configures it, in front of an API that wants a scope."""
    folder = tmp_path_factory.mktemp("guarded")
    with ExitStack() as stack:
        house = stack.enter_context(move_in(folder, FixedClock(SystemClock().now())))
        yield Guarded(request.param, house, folder, stack)
