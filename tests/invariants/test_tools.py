"""Tools in what an operator does with a whole store: no copy of it sends calls elsewhere again."""

from pathlib import Path

import pytest

from store.operations.backup import back_up
from store.operations.restore import restore
from tests.house import House
from tests.invariants import prepared as made

pytestmark = pytest.mark.sqlite_only


def test_a_restore_leaves_tools_and_where_they_are_called_as_they_are(
    house: House, tmp_path: Path
) -> None:
    tools, copy = house.store.tools, tmp_path / "copy.db"
    moved, gone = made.tools(house), made.tool(house)
    tools.put(moved, "http://before.example").unwaited()
    back_up(house.url, copy)
    tools.put(moved, "http://now.example").unwaited()
    tools.remove(gone).unwaited()
    made.tool(house)
    before = tools.all()
    restore(house.url, copy, pepper_path=house.pepper_path, clock=house.clock)
    assert tools.all() == before
