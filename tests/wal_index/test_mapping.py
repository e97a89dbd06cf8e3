"""The mapping of a wal-index: that it does no harm, of which file it is, and where it is none."""

import platform
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from store.operations.backup import back_up
from store.persistence.database import sqlite_library
from store.verifier.context import WorkerContext
from store.verifier.lookup.sqlite import SqliteLookup
from store.verifier.wal_index import conditions, mapping
from tests.house import House
from tests.wal_index.shell import Shell

pytestmark = pytest.mark.sqlite_only

# SQLite's "WAL-Index Format": the byte by which whoever has a wal-index open holds it.
_HELD = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 128)
    except OSError:
        print("held")
    else:
        print("free")
"""


def held(index: Path) -> bool:
    """Return whether another process finds the wal-index in use."""
    said = subprocess.run(
        [sys.executable, "-c", _HELD, str(index)], check=True, capture_output=True, text=True
    ).stdout
    return said == "held\n"


def index_of(house: House) -> Path:
    path = house.store.database.path
    return path.with_name(f"{path.name}-shm")


def test_mapping_it_drops_no_lock_and_closing_what_was_mapped_would(own_house: House) -> None:
    own_house.store.close()
    index = index_of(own_house)
    with closing(SqliteLookup(own_house.store.database.path)) as lookup:
        assert lookup.wal_index is not None
        assert held(index)
        lookup.close()
        lookup.watch()
        assert lookup.wal_index is not None
        assert held(index)
        with index.open("rb"):
            pass
        assert not held(index), "a file may be opened and closed here after all"


def test_it_is_mapped_once_however_often_the_store_is_opened(own_house: House) -> None:
    with closing(SqliteLookup(own_house.store.database.path)) as lookup:
        before = len(mapping._fds)
        for _ in range(5):
            lookup.close()
            lookup.watch()
        assert lookup.wal_index is not None
        assert len(mapping._fds) == before


def test_the_last_other_connection_that_closes_leaves_the_files(own_house: House) -> None:
    own_house.create()
    own_house.store.close()
    index = index_of(own_house)
    with closing(SqliteLookup(own_house.store.database.path)) as lookup:
        with closing(Shell(own_house.store.database.path)) as shell:
            shell.run("UPDATE workspaces SET name = name || '.'")
            for refused in ("PRAGMA journal_mode = DELETE", "PRAGMA wal_checkpoint(TRUNCATE)"):
                assert lookup.wal_index is not None
                if "journal" in refused:
                    with pytest.raises(AssertionError, match="locked"):
                        shell.run(refused)
                else:
                    shell.run(refused)
        assert index.exists()
        assert lookup.wal_index is not None
        assert lookup.wal_index.still_there()
    assert not index.exists(), "the last of all does remove it"


def test_a_store_that_was_replaced_is_seen_by_its_own_header(
    own_house: House, tmp_path: Path
) -> None:
    path = own_house.store.database.path
    copy = tmp_path / "copy.db"
    back_up(own_house.url, copy)
    with closing(SqliteLookup(path)) as lookup:
        before = lookup.wal_index
        own_house.store.close()
        for ending in ("-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        shutil.move(copy, path)
        lookup.watch()
        after = lookup.wal_index
        assert before is not None
        assert after is not None
        assert before.identity != after.identity
        header = after.published()
        with closing(Shell(path)) as shell:
            shell.run("UPDATE workspaces SET name = name || '.'")
        assert after.published() != header


def test_another_wal_index_than_the_one_that_is_open_is_not_looked_at(own_house: House) -> None:
    path, index = own_house.store.database.path, index_of(own_house)
    with closing(SqliteLookup(path)) as lookup:
        strange = index.with_name("strange")
        shutil.copyfile(index, strange)
        strange.replace(index)
        lookup.watch()
        assert lookup.wal_index is None
        assert lookup.reads_because == "its wal-index is not the one that is open here"


def test_a_link_to_a_store_leads_to_its_wal_index(own_house: House, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(own_house.store.database.path)
    with closing(SqliteLookup(link)) as lookup:
        assert lookup.reads_because is None
        assert lookup.wal_index is not None
        assert lookup.wal_index.path == index_of(own_house).resolve()


@pytest.fixture
def mounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the system says is mounted."""
    found = tmp_path / "mountinfo"
    monkeypatch.setattr(conditions, "_MOUNTS", found)
    return found


_ROOT = "22 1 254:0 / / rw,relatime - ext4 /dev/root rw\n"


@pytest.mark.parametrize(
    ("point", "kind", "reason"),
    [
        ("{folder}", "nfs4", "it is on a file system of the kind nfs4"),
        ("{folder}", "fuse.sshfs", "it is on a file system of the kind fuse.sshfs"),
        ("{folder}", "xfs", None),
        ("{folder}-beside", "nfs4", None),
        ("/elsewhere", "nfs4", None),
    ],
)
def test_a_file_system_of_several_machines_has_no_header_to_rely_on(
    own_house: House, mounts: Path, point: str, kind: str, reason: str | None
) -> None:
    path = own_house.store.database.path.resolve()
    where = point.format(folder=path.parent).replace(" ", r"\040")
    mounts.write_text(f"{_ROOT}36 22 0:40 / {where} rw shared:1 - {kind} there rw\n")
    with closing(SqliteLookup(path)) as lookup:
        assert lookup.reads_because == reason
        assert (lookup.wal_index is None) is (reason is not None)


def test_what_is_mounted_last_counts_and_what_cannot_be_read_is_unknown(
    own_house: House, mounts: Path
) -> None:
    path = own_house.store.database.path.resolve()
    mounts.write_text(
        f"{_ROOT}36 22 0:40 / {path.parent} rw - ext4 a rw\n"
        f"37 22 0:41 / {path.parent} rw - cifs b rw\n"
    )
    with closing(SqliteLookup(path)) as lookup:
        assert lookup.reads_because == "it is on a file system of the kind cifs"
    mounts.unlink()
    with closing(SqliteLookup(path)) as lookup:
        assert lookup.reads_because == "it is on a file system of the kind unknown"


def test_on_another_processor_every_request_reads_and_is_answered(
    own_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    issued = own_house.create()
    with closing(WorkerContext(own_house.url, pepper_path=own_house.pepper_path)) as context:
        assert context.lookup.reads_because == "the processor is no x86-64 but aarch64"
        assert context.memory is not None
        ticket = context.memory.ticket()
        assert ticket is None
        row = context.lookup.key(issued.key.id)
        assert row is not None
        context.memory.keep_key(ticket, issued.secret.reveal(), row)
        assert context.memory.key(issued.secret.reveal(), "jw") is None


def test_the_header_says_what_sqlite_itself_has_published(own_house: House) -> None:
    path = own_house.store.database.path
    with (
        closing(SqliteLookup(path)) as lookup,
        closing(sqlite_library().connect(str(path), isolation_level=None)) as other,
    ):
        assert lookup.wal_index is not None
        before = lookup.wal_index.published()
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE workspaces SET name = name || '.'")
        assert lookup.wal_index.published() == before, "nothing has been committed"
        other.execute("COMMIT")
        committed = lookup.wal_index.published()
        assert committed is not None
        assert committed != before
        other.execute("SELECT count(*) FROM keys").fetchall()
        assert lookup.wal_index.published() == committed
