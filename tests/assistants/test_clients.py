"""Real assistants, from their registry: each stays connected whatever happens to it."""

import shutil
from pathlib import Path

import pytest

from store.domain.clock import FixedClock, SystemClock
from tests.assistants.clients.programs import PROGRAMS, Program
from tests.assistants.clients.story import STEPS, WORKED, told
from tests.conftest import MoveIn
from tests.verifier.serving import Served, serving

pytestmark = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")

TRIED = {
    # It registers. The rest is tried by command: each step starts a Node or several.
    "mcp-remote": STEPS[: STEPS.index("again")],
    "TypeScript SDK 2, by its address": STEPS,
}
"""Cheap ones, that come to be known in either way."""


@pytest.mark.parametrize(
    "program", [one for one in PROGRAMS if one.name in TRIED], ids=lambda one: one.name
)
def test_an_assistant_stays_connected_until_it_is_revoked(
    program: Program, move_in: MoveIn, tmp_path: Path
) -> None:
    steps = TRIED[program.name]
    with (
        move_in(tmp_path, FixedClock(SystemClock().now())) as house,
        # Its first call waits until the protocol is loaded, as anybody's does.
        serving(house, tmp_path / "stderr", fresh=True) as server,
        server.client() as client,
    ):
        found = told(program, Served(house, server, client), tmp_path / "home", steps)
    if missing := found.steps.get("not to be had"):
        pytest.skip(f"{program.package} is not to be had: {missing}")
    assert found.steps == dict.fromkeys(steps, WORKED)
