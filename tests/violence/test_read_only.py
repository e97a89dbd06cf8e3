"""A store where nobody may write: it is read and served, and what is changed elsewhere is seen.

Tried where one may mount, as root may almost everywhere.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from store.domain.clock import FixedClock, SystemClock
from store.errors import StoreBusy, StoreReadOnly
from store.operations.check import check
from store.operations.open import open_store
from store.persistence.database import Database
from tests.house import House, moved_in
from tests.verifier.serving import API, eventually, serving
from tests.violence.disks import keydeck, read_only


@pytest.fixture
def shown(sqlite_pattern: House, tmp_path: Path) -> Iterator[tuple[House, House] | None]:
    """A house that is written here and closed, and the same where nobody can write."""
    folder, there = tmp_path / "here", tmp_path / "there"
    folder.mkdir()
    here = moved_in(sqlite_pattern, folder, FixedClock(SystemClock().now()))
    with read_only(folder, there) as mounted:
        path = there / here.store.database.path.name
        elsewhere = replace(here, url=f"sqlite:///{path}", pepper_path=there / "pepper")
        here.store.close()
        yield (here, elsewhere) if mounted else None
        here.store.close()


def test_reading_needs_no_writing(shown: tuple[House, House] | None, tmp_path: Path) -> None:
    if shown is None:
        return
    here, there = shown
    for arguments in (("keys", "list"), ("store", "backup", str(tmp_path / "copy.db"))):
        assert keydeck(there, tmp_path, *arguments)[0] == 0
    assert check(there.url, pepper_path=there.pepper_path) == []
    shutil.copy(here.pepper_path, tmp_path / "pepper")
    copied = replace(here, url=f"sqlite:///{tmp_path / 'copy.db'}")
    assert check(copied.url, pepper_path=here.pepper_path) == []
    status, said = keydeck(
        there, tmp_path, "keys", "create", "--name", "N", "--scope", "events:read"
    )
    assert (status, said) == (1, str(StoreReadOnly(there.url.removeprefix("sqlite:///"))))


def test_what_is_written_while_it_is_read_is_not_half_seen(
    shown: tuple[House, House] | None,
) -> None:
    if shown is None:
        return
    here, there = shown
    database = Database(there.url)
    with pytest.raises(StoreBusy), database.reading():
        here.create()
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM keys").scalar() == 1
    database.close()


def test_a_verifier_answers_and_misses_no_revocation_made_elsewhere(
    shown: tuple[House, House] | None, tmp_path: Path
) -> None:
    if shown is None:
        return
    here, there = shown
    issued = [here.create(f"Key {number}") for number in range(12)]
    here.store.close()
    with serving(there, tmp_path / "stderr") as server, server.client() as client:

        def ask(number: int) -> str:
            headers = {"Authorization": f"Bearer {issued[number].secret.reveal()}"}
            answer = client.get(f"{API}/verify", headers=headers)
            return "valid" if answer.status_code == 200 else str(answer.json()["code"])

        assert {ask(number) for number in range(12)} == {"valid"}
        eventually(
            lambda: client.get("/readyz").json()["writes_refused_because"] == "it can only be read"
        )
        for number, one in enumerate(issued):
            store = open_store(here.url, pepper_path=here.pepper_path, clock=here.clock)
            store.keys.revoke(here.alice, one.key.id)
            # Every other time whoever wrote has gone, and all is in the file again.
            if number % 2:
                store.close()
            assert ask(number) == "revoked"
            store.close()
            assert ask(number) == "revoked"
        assert server.terminate() == 0
