"""Archiving an audit: whatever cuts it off, beside backups, moves and restores, all is kept."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from store.domain.audit.chain import anchor as anchor_of
from store.operations import audit_archive
from store.operations.audit_archive import archive
from store.operations.backup import back_up
from store.operations.check import check
from store.operations.move import copy_store
from store.operations.open import open_store
from store.operations.restore import restore
from store.service import audit_archiving
from tests.house import House
from tests.operations.archives import anchor, findings, numbers, remember

COLUMNS = """
workspace_id, at, actor, action, subject, subject_name, details, revision, pepper, previous_mac, mac
"""


@pytest.fixture
def history(house: House) -> House:
    """A house with an audit of some length."""
    return remember(house)


class Cut(BaseException):
    """What ends a process without a word."""


@pytest.mark.both_engines
@pytest.mark.parametrize("instant", range(6))
def test_an_archiving_that_was_cut_off_is_gone_on_with(
    history: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, instant: int
) -> None:
    monkeypatch.setattr(audit_archiving, "REMOVED_AT_ONCE", 3)
    file, store = tmp_path / "audit.jsonl", history.store
    until = anchor_of(anchor(history))
    workspace = store.operator.workspace("acme-events")
    steps = iter(range(instant, -1, -1))

    def step() -> None:
        if next(steps, 1) == 0:
            raise Cut

    def cutting(name: str, on: object) -> None:
        real = getattr(on, name)

        def call(*given: object) -> object:
            step()
            return real(*given)

        monkeypatch.setattr(on, name, call)

    # Before it is written, before it has its name, before the audit says so, between removals.
    for name in ("_write", "sync", "_checked"):
        cutting(name, audit_archive)
    cutting("remove_some", audit_archiving.AuditArchiving)
    with pytest.raises(Cut):
        archive(store, workspace, file, until)
    assert findings(history) == []
    assert store.audit_trail.verify(history.alice).trouble is None
    history.create("Meanwhile")
    monkeypatch.undo()
    done = archive(store, workspace, file, until)
    assert (done.first, done.last) == (1, until.seq)
    assert numbers(history)[0] == until.seq + 1
    opened = [audit_archive.open_archive(file)]
    found = store.audit_trail.verify(history.alice, until, archives=opened)
    assert (found.trouble, found.since) == (None, 0)
    assert findings(history) == []
    assert [one.name for one in tmp_path.glob("*.jsonl")] == ["audit.jsonl"]


def test_half_an_archiving_is_backed_up_and_moved_and_finished_there(
    history: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_archiving, "REMOVED_AT_ONCE", 3)
    file, store = tmp_path / "audit.jsonl", history.store
    workspace = store.operator.workspace("acme-events")
    until = anchor_of(anchor(history))
    back_up(history.url, tmp_path / "before.db")
    real, calls = audit_archiving.AuditArchiving.remove_some, iter(range(2))

    def cut_later(*given: object) -> int:
        if next(calls, None) is None:
            raise Cut
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(audit_archiving.AuditArchiving, "remove_some", cut_later)
    with pytest.raises(Cut):
        archive(store, workspace, file, until)
    assert 1 < numbers(history)[0] < until.seq
    monkeypatch.undo()
    back_up(history.url, tmp_path / "half.db")
    store.close()
    moved = f"sqlite:///{tmp_path / 'moved.db'}"
    shutil.copy(tmp_path / "half.db", tmp_path / "left.db")
    copy_store(f"sqlite:///{tmp_path / 'left.db'}", moved, pepper_path=history.pepper_path)
    there = open_store(moved, pepper_path=history.pepper_path, clock=history.clock)
    assert check(moved, pepper_path=history.pepper_path) == []
    archive(there, workspace, file, until)
    assert there.audit_trail.newest(history.alice, limit=1000)[-1].seq == until.seq + 1
    there.close()
    # Moved whole, too.
    again = f"sqlite:///{tmp_path / 'again.db'}"
    copy_store(moved, again, pepper_path=history.pepper_path)
    assert check(again, pepper_path=history.pepper_path) == []
    # A backup of before brings back what was archived since; one of meanwhile, what was left.
    for backup, first in (("before.db", 1), ("half.db", 7)):
        restore(
            history.url, tmp_path / backup, pepper_path=history.pepper_path, clock=history.clock
        )
        assert findings(history) == []
        with open_store(
            history.url, pepper_path=history.pepper_path, clock=history.clock
        ).database.reading() as connection:
            lowest = "SELECT min(seq) FROM audit WHERE workspace_id = 1"
            assert connection.execute(text(lowest)).scalar_one() == first


def test_archived_again_after_a_restore_the_same_file_is_taken_for_what_it_is(
    history: House, tmp_path: Path
) -> None:
    file, store = tmp_path / "audit.jsonl", history.store
    workspace = store.operator.workspace("acme-events")
    until = anchor_of(anchor(history))
    back_up(history.url, tmp_path / "before.db")
    archive(store, workspace, file, until)
    written = file.read_bytes()
    store.close()
    restore(
        history.url, tmp_path / "before.db", pepper_path=history.pepper_path, clock=history.clock
    )
    reopened = open_store(history.url, pepper_path=history.pepper_path, clock=history.clock)
    archive(reopened, workspace, file, until)
    assert file.read_bytes() == written
    assert reopened.audit_trail.verify(
        history.alice, archives=[audit_archive.open_archive(file)]
    ) == reopened.audit_trail.verify(history.alice, archives=[audit_archive.open_archive(file)])
    assert check(history.url, pepper_path=history.pepper_path) == []
    reopened.close()


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit WHERE workspace_id = 1 AND seq = 1",
        "DELETE FROM audit WHERE workspace_id = 1",
        "DELETE FROM audit",
    ],
)
def test_the_database_lets_go_of_no_entry_that_no_entry_says_was_archived(
    history: House, tmp_path: Path, statement: str
) -> None:
    with (
        pytest.raises(IntegrityError, match="append-only"),
        history.store.database.writing() as connection,
    ):
        connection.execute(text(statement))
    archive(
        history.store,
        history.store.operator.workspace("acme-events"),
        tmp_path / "audit.jsonl",
        anchor_of(anchor(history)),
    )
    before = numbers(history)
    with (
        pytest.raises(IntegrityError, match="append-only"),
        history.store.database.writing() as connection,
    ):
        connection.execute(text(statement.replace(" AND seq = 1", "")))
    # Nor does what is gone begin anew: somebody could write another history.
    for seq in (1, before[0] - 1):
        again = f"INSERT INTO audit (seq, {COLUMNS}) SELECT {seq}, {COLUMNS} FROM audit LIMIT 1"
        with (
            pytest.raises(IntegrityError, match="audit"),
            history.store.database.writing() as connection,
        ):
            connection.execute(text(again))
    assert numbers(history) == before


@pytest.mark.both_engines
def test_what_is_removed_at_once_does_not_grow(
    history: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_archiving, "REMOVED_AT_ONCE", 3)
    removed: list[int] = []
    real = audit_archiving.AuditArchiving.remove_some

    def counted(*given: object) -> int:
        removed.append(real(*given))  # type: ignore[arg-type]
        return removed[-1]

    monkeypatch.setattr(audit_archiving.AuditArchiving, "remove_some", counted)
    until = anchor_of(anchor(history))
    workspace = history.store.operator.workspace("acme-events")
    archive(history.store, workspace, tmp_path / "audit.jsonl", until)
    assert sum(removed) == until.seq
    assert max(removed) == 3
