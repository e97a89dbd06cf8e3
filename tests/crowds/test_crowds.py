"""Commands side by side: each waits for its turn, and takes few of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event

from tests.commands.conftest import Keydeck, keydeck
from tests.crowds.creating import refused
from tests.house import House
from tests.verifier.conftest import own_house

__all__ = ["keydeck", "own_house"]

pytestmark = pytest.mark.both_engines


def test_commands_wait_for_longer_than_a_verifier_does_and_all_succeed(
    own_house: House, tmp_path: Path
) -> None:
    # Longer than whoever serves requests would wait.
    assert refused(own_house, tmp_path, 4, held_s=8) == []
    assert own_house.store.keys.counts(own_house.alice).total == 4


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Each time that somebody takes the lock under which changes are made."""
    taken: list[str] = []
    statements = ("BEGIN IMMEDIATE", "FOR UPDATE")

    def see(connection: Connection, cursor: object, statement: str, *_: object) -> None:
        if any(one in statement for one in statements):
            taken.append(statement)

    event.listen(Engine, "before_cursor_execute", see)
    yield taken
    event.remove(Engine, "before_cursor_execute", see)


@pytest.mark.parametrize(
    ("command", "most"),
    [
        (("keys", "create", "--name", "Website", "--scope", "events:read"), 4),
        (("keys", "list"), 1),
    ],
    ids=["create", "list"],
)
def test_a_command_takes_the_lock_as_seldom_as_it_can(
    turns: list[str], keydeck: Keydeck, command: tuple[str, ...], most: int
) -> None:
    assert keydeck(*command).status == 0
    assert len(turns) <= most, turns
