"""The high-water mark: what was seen of a store, and when it stands before that."""

from pathlib import Path

from store.persistence.high_water import HighWaterMark, StoreState


def at(revision: int, confirmed_at: int | None = None) -> StoreState:
    """Return how a store stands."""
    return StoreState("jw 1", revision, confirmed_at)


def mark(folder: Path, place: str = "here") -> HighWaterMark:
    """Return the mark of a process that was just started."""
    return HighWaterMark.beside(folder / "pepper", place)


def test_a_store_that_falls_behind_is_not_served_until_it_is_confirmed(tmp_path: Path) -> None:
    assert mark(tmp_path).served(at(5))
    assert not mark(tmp_path).served(at(4))
    # Not even when it has caught up meanwhile.
    assert not mark(tmp_path).served(at(9))
    assert mark(tmp_path).served(at(4, confirmed_at=1))
    assert mark(tmp_path).served(at(5, confirmed_at=1))
    assert not mark(tmp_path).served(at(9))
    assert (tmp_path / "pepper.high-water").stat().st_mode & 0o777 == 0o600


def test_what_a_process_committed_counts(tmp_path: Path) -> None:
    mine = mark(tmp_path)
    assert mine.served(at(5))
    mine.reached(7)
    assert not mark(tmp_path).served(at(6))
    assert mine.highest().revision == 7


def test_a_copy_elsewhere_is_measured_by_the_first_and_not_the_other_way_round(
    tmp_path: Path,
) -> None:
    assert mark(tmp_path).served(at(5))
    assert not mark(tmp_path, "there").served(at(4))
    assert mark(tmp_path, "there").served(at(4, confirmed_at=1))
    assert mark(tmp_path, "there").served(at(9, confirmed_at=1))
    assert mark(tmp_path).served(at(5))
    assert mark(tmp_path).served(StoreState("jw 2", 1, None)), "another store"


def test_where_nothing_can_be_written_a_process_remembers_what_it_saw(tmp_path: Path) -> None:
    for path in (None, tmp_path / "none" / "mark"):
        mine = HighWaterMark(path, "here")
        assert mine.served(at(5))
        assert not mine.served(at(4))
    (tmp_path / "pepper.high-water").write_text("{}\n[1]\nsomebody's letter\n")
    assert mark(tmp_path).served(at(1))
