"""The high-water mark: what was seen of a store, and when it stands before that."""

from pathlib import Path

import pytest

from store.persistence.high_water import Found, HighWaterMark, SeenEntry, StoreState, Trace, trace


def at(revision: int, confirmed_at: int | None = None) -> StoreState:
    """Return how a store stands."""
    return StoreState("jw 1", revision, confirmed_at)


def mark(folder: Path, place: str = "here") -> HighWaterMark:
    """Return the mark of a process that was just started."""
    return HighWaterMark.beside(folder / "pepper", place)


def served(mark: HighWaterMark, standing: StoreState, found: Trace = Trace.THERE) -> bool:
    """Return whether a store is served that is asked while nobody else does anything."""
    return mark.served(standing, mark.known(), found)


def entry(seq: int, revision: int, history: str = "") -> SeenEntry:
    """Return an entry of the audit, as it was seen."""
    return SeenEntry(1, seq, f"{seq:02}", revision, history)


def test_a_store_that_falls_behind_is_not_served_until_it_is_confirmed(tmp_path: Path) -> None:
    assert served(mark(tmp_path), at(5))
    assert not served(mark(tmp_path), at(4))
    # Not even when it has caught up meanwhile.
    assert not served(mark(tmp_path), at(9))
    assert served(mark(tmp_path), at(4, confirmed_at=1))
    assert served(mark(tmp_path), at(5, confirmed_at=1))
    assert not served(mark(tmp_path), at(9))
    assert (tmp_path / "pepper.high-water").stat().st_mode & 0o777 == 0o600


def test_what_a_process_committed_counts(tmp_path: Path) -> None:
    mine = mark(tmp_path)
    assert served(mine, at(5))
    mine.reached(7, 1, 1, b"")
    assert not served(mark(tmp_path), at(6))
    assert mine.highest().revision == 7


def test_a_copy_elsewhere_is_measured_by_the_first_and_not_the_other_way_round(
    tmp_path: Path,
) -> None:
    assert served(mark(tmp_path), at(5))
    assert not served(mark(tmp_path, "there"), at(4))
    assert served(mark(tmp_path, "there"), at(4, confirmed_at=1))
    assert served(mark(tmp_path, "there"), at(9, confirmed_at=1))
    assert served(mark(tmp_path), at(5))
    assert served(mark(tmp_path), StoreState("jw 2", 1, None)), "another store"


def test_where_nothing_can_be_written_a_process_remembers_what_it_saw(tmp_path: Path) -> None:
    for path in (None, tmp_path / "none" / "mark"):
        mine = HighWaterMark(path, "here")
        assert served(mine, at(5))
        assert not served(mine, at(4))
    (tmp_path / "pepper.high-water").write_text(
        '{}\n[1]\nsomebody\'s letter\n{"place": "here", "store": "jw 1", "revision": "9",'
        ' "confirmed_at": null, "behind": false}\n'
    )
    assert served(mark(tmp_path), at(1))


def test_who_reads_while_others_commit_takes_no_store_for_one_that_was_set_back(
    tmp_path: Path,
) -> None:
    others = mark(tmp_path)
    assert served(others, at(5))
    # Just started, and running since: each asks, another commits, and only then it hears.
    for mine in (mark(tmp_path), others):
        known, standing = mine.known(), at(mine.highest().revision)
        others.reached(standing.revision + 1, 1, 1, b"")
        assert mine.served(standing, known, Trace.THERE)
        assert served(mine, at(standing.revision + 1))
        assert not served(mark(tmp_path, "elsewhere"), standing)


@pytest.mark.parametrize("revision", [5, 6, 9])
def test_a_store_that_lacks_what_was_seen_is_not_served_whatever_its_revision(
    tmp_path: Path, revision: int
) -> None:
    seen = at(5)._replace(newest=entry(7, 5))
    assert served(mark(tmp_path), seen)
    changed = at(revision)._replace(newest=entry(8, revision))
    mine = mark(tmp_path)
    assert mine.to_find(changed, mine.known()) == entry(7, 5)
    assert served(mine, changed, Trace.REMOVED)
    assert not served(mark(tmp_path, "elsewhere"), changed, Trace.LOST)
    mine = mark(tmp_path)
    # What is there by now is gone by from there on.
    assert (mine.to_find(changed, mine.known()) is None) is (revision > 5)


def test_only_a_server_that_must_have_an_entry_is_asked_for_it(tmp_path: Path) -> None:
    mine = mark(tmp_path)
    assert served(mine, at(5)._replace(newest=entry(7, 5, "primary")))
    # A standby may lag behind, also one that was promoted; nobody asks twice for what was found.
    for newest in (None, entry(6, 5, "promoted"), entry(7, 5, "primary")):
        assert mine.to_find(at(5)._replace(newest=newest), mine.known()) is None
    gone_on = at(5)._replace(newest=entry(8, 5, "primary"))
    assert mine.to_find(gone_on, mine.known()) == entry(7, 5, "primary")
    assert served(mine, gone_on)
    assert mine.to_find(gone_on, mine.known()) is None


@pytest.mark.parametrize(
    ("found", "became"),
    [
        (Found(b"\x07", 1, None), Trace.THERE),
        (Found(b"\x08", 1, None), Trace.LOST),
        (Found(None, 1, None), Trace.LOST),
        (Found(None, None, None), Trace.LOST),
        (Found("07", 1, None), Trace.LOST),
        (Found(None, 8, None), Trace.REMOVED),
        (Found(b"\x08", 8, None), Trace.LOST),
        (Found(b"\x08", 1, 6), Trace.REMOVED),
    ],
)
def test_an_entry_is_there_or_keydeck_removed_it_or_it_was_lost(
    found: Found, became: Trace
) -> None:
    assert trace(SeenEntry(1, 7, "07", 5, ""), found) is became
