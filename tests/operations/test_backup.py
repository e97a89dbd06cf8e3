"""Copying a store while it is in use."""

import threading
from pathlib import Path

import pytest

from store.domain.keys import State
from store.errors import Invalid, StoreMissing
from store.operations.backup import back_up
from store.operations.check import check
from store.operations.open import open_store
from store.persistence.database import sqlite_library
from tests.house import House

# A file is copied. A store on a server is refused with what copies it, in `test_postgres`.
pytestmark = pytest.mark.sqlite_only


def test_a_copy_is_a_store_of_its_own_and_its_owners_alone(house: House, tmp_path: Path) -> None:
    issued = house.create()
    house.store.keys.revoke(house.alice, issued.key.id)
    target = tmp_path / "copy.db"
    back_up(house.url, target)
    assert target.stat().st_mode & 0o777 == 0o600
    url = f"sqlite:///{target}"
    assert check(url, pepper_path=house.pepper_path) == []
    copy = open_store(url, pepper_path=house.pepper_path, clock=house.clock)
    assert copy.keys.show(house.alice, issued.key.id).state(house.clock.now()) is State.REVOKED
    assert copy.revision() == house.store.revision()
    copy.close()


def test_a_copy_made_while_others_write_is_whole(house: House, tmp_path: Path) -> None:
    for number in range(200):
        house.create(f"Before {number}")
    going = threading.Event()
    written: list[str] = []

    def write() -> None:
        while not going.is_set():
            written.append(house.create(f"Meanwhile {len(written)}").key.id)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(written) < 3:
            going.wait(0.01)
        for number in range(3):
            target = tmp_path / f"copy{number}.db"
            back_up(house.url, target)
            assert check(f"sqlite:///{target}", pepper_path=house.pepper_path) == []
    finally:
        going.set()
        writer.join()
    connection = sqlite_library().connect(target)
    (keys,) = connection.execute("SELECT count(*) FROM keys").fetchone()
    (entries,) = connection.execute(
        "SELECT count(*) FROM audit WHERE action = 'key.created'"
    ).fetchone()
    connection.close()
    assert keys == entries >= 203


@pytest.mark.parametrize("taken", ["file", "link", "folder"])
def test_nothing_that_is_there_is_overwritten(house: House, tmp_path: Path, taken: str) -> None:
    target, elsewhere = tmp_path / "copy.db", tmp_path / "elsewhere"
    if taken == "file":
        target.write_text("mine")
    elif taken == "link":
        target.symlink_to(elsewhere)
    else:
        target.mkdir()
    before = sorted(tmp_path.iterdir())
    with pytest.raises(Invalid, match="exists already"):
        back_up(house.url, target)
    assert sorted(tmp_path.iterdir()) == before
    assert not elsewhere.exists()


def test_a_folder_that_is_not_there_is_said(house: House, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no such file or directory"):
        back_up(house.url, tmp_path / "none" / "copy.db")


def test_no_store_is_no_copy(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing):
        back_up(f"sqlite:///{tmp_path / 'none.db'}", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []
