"""Lists are printed while they are read: their length is nobody's memory, and nobody waits for it.

Every command that is named `list` is one, and those below: a new one is asked at once.
"""

import gc
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import pytest
from sqlalchemy import Engine, event, func, insert, select

from console.commands import tables
from console.commands.groups import keydeck as top
from store.domain.clock import FixedClock
from store.persistence.schema import limits, memberships, people
from tests.commands.driven import Reader, call
from tests.conftest import MoveIn
from tests.growth.stores import grow
from tests.house import NOON, House

SHORT, LONG = 700, 2100
ALLOWED = 2
"""A list that is held grows by as much as it is longer: by 2.5 and more."""

SMALL = {
    ("connections", "clients", "list"): "A workspace adds a hundred at the most.",
    ("resources", "list"): "The catalogue is written by hand.",
    ("routes", "list"): "A verifier holds them all, so there is a most.",
    ("tools", "list"): "Clients take 128 at most, and so does a store.",
    ("stops", "list"): "A stop stands until somebody lifts it, and people look at all of them.",
    ("people", "ssh-keys", "list"): "A person has twenty at the most.",
    ("people", "offboarding", "list"): "A row for somebody who left, however many keys they knew.",
}
"""Lists that are held whole, and why they may be."""


def lists(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield every command named `list`."""
    if path[-1:] == ("list",):
        yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from lists(below, (*path, name))


ASKED = [
    *(path for path in lists(top) if path not in SMALL),
    ("audit",),
    ("audit", "export"),
]


@contextmanager
def statements() -> Iterator[list[str]]:
    """Note down the statements that are executed."""
    executed: list[str] = []

    def note(_: object, __: object, statement: str, *___: Any) -> None:
        executed.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield executed
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def lengthen(house: House, number: int) -> None:
    """Give the house so many of everything there are lists of."""
    grow(house, number)
    with house.store.database.writing() as connection:
        row = dict(connection.execute(select(people)).mappings().first() or {})
        last = connection.execute(select(func.max(people.c.id))).scalar_one()
        more = []
        for one in range(1, number + 1):
            email = f"guest{one}@acme.example"
            same = {**row, "workspace_id": 1, "account_id": None}
            more.append({**same, "id": last + one, "email": email, "email_folded": email})
        connection.execute(insert(people), more)
        joined = {"workspace_id": 1, "role": "member", "joined_at": row["created_at"]}
        same = {"workspace_id": 1, "kind": "owner", "windows": "100/1m"}
        by = {"set_at": row["created_at"], "set_by": row["id"]}
        connection.execute(insert(limits), [{**same, **by, "value": one["email"]} for one in more])
        connection.execute(
            insert(memberships), [{**joined, "person_id": one["id"]} for one in more]
        )


@contextmanager
def collected_at_once() -> Iterator[None]:
    """Let no garbage of before, nor what goes round in circles, be counted for memory in use."""
    usual = gc.get_threshold()
    gc.collect()
    gc.set_threshold(500, 5, 5)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


Measured = dict[tuple[str, ...], list[tuple[int, int, int]]]


def most_of(house: House, asked: tuple[str, ...]) -> tuple[int, Reader]:
    """Return the most memory that a list took, and who read it."""
    reader = Reader()
    with collected_at_once():
        tracemalloc.start()
        call(house, asked, reader)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return most, reader


def measure(house: House, into: Measured) -> None:
    """Add of each list how long it was, the most memory it took, and what a closed pipe cost."""
    for path in ASKED:
        for asked in (path, (*path, "--json")):
            # It imports, too, what is kept for good: that is not the list's.
            with statements() as executed:
                call(house, asked, Reader(0))
            most, reader = most_of(house, asked)
            before = into.setdefault(asked, [])
            for _ in range(2):
                # What else goes on in this process adds to it: a list that grows does so each time.
                if before and most >= ALLOWED * before[0][1]:
                    most = min(most, most_of(house, asked)[0])
            before.append((reader.written, most, len(executed)))


def test_a_list_of_any_length_is_printed_while_it_is_read(
    move_in: MoveIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Of rotations there are fewer than of all else.
    monkeypatch.setattr(tables, "AT_ONCE", 100)
    found: Measured = {}
    for number in (SHORT, LONG):
        folder = tmp_path / str(number)
        folder.mkdir()
        with move_in(folder, FixedClock(NOON)) as house:
            lengthen(house, number)
            measure(house, found)
    told = "\n".join(f"{' '.join(asked)}: {numbers}" for asked, numbers in found.items())
    for (written, little, asked), (more, much, asked_again) in found.values():
        assert more > 2.5 * written, told
        assert much < ALLOWED * little, told
        # Whoever has seen enough is not read for any more, and hears nothing of it.
        assert asked_again <= asked, told
    assert capsys.readouterr().err == ""
