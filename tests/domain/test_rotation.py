"""What a rotation does to expiry, case by case."""

from dataclasses import replace

import pytest

from store.domain.keys import Key, State
from store.domain.rotation import (
    NO_OVERLAP,
    Expiries,
    Rotation,
    RotationProgress,
    RotationStatus,
    check_rotatable,
    expiries,
    expiry_restored,
    quiet_at,
    quiet_window,
    rotations_of,
    status,
    the_one_meant,
)
from store.domain.times import DAY, HOUR
from store.errors import AlreadyRevoked, AlreadyRotating, KeyExpired, RefusedByRule
from tests.domain.test_keys import KEY, NOW


@pytest.mark.parametrize(
    ("expires_at", "lifetime", "overlap", "successor", "predecessor"),
    [
        (None, None, 7 * DAY, None, NOW + 7 * DAY),
        (None, None, None, None, None),
        (NOW + 60 * DAY, 90 * DAY, 7 * DAY, NOW + 90 * DAY, NOW + 7 * DAY),
        (NOW + HOUR, 90 * DAY, 7 * DAY, NOW + 90 * DAY, NOW + HOUR),
        (NOW + 60 * DAY, 90 * DAY, None, NOW + 90 * DAY, NOW + 60 * DAY),
    ],
)
def test_the_successor_lives_as_long_and_the_predecessor_never_longer_than_it_would_have(
    expires_at: int | None,
    lifetime: int | None,
    overlap: int | None,
    successor: int | None,
    predecessor: int | None,
) -> None:
    key = replace(KEY, expires_at=expires_at, lifetime_ms=lifetime)
    assert expiries(key, overlap, NOW) == Expiries(successor, predecessor)


def test_an_overlap_counts_from_when_both_keys_begin_to_work_and_none_is_none() -> None:
    begins = NOW + 30 * DAY
    key = replace(KEY, expires_at=begins + 90 * DAY, lifetime_ms=90 * DAY, not_before=begins)
    assert expiries(key, DAY, NOW) == Expiries(begins + 90 * DAY, begins + DAY)
    assert expiries(key, NO_OVERLAP, NOW).predecessor == NOW + NO_OVERLAP
    assert expiries(key, DAY, begins + HOUR).predecessor == begins + HOUR + DAY
    # What is told of the rotation is what its key does, when it is extended too.
    progress = RotationProgress(rotation(key.expires_at, begins + DAY), key, NEW, None)
    assert progress.ends(7 * DAY, NOW) == begins + 7 * DAY


@pytest.mark.parametrize(
    ("change", "standing", "refusal"),
    [
        ({"revoked_at": NOW}, None, AlreadyRevoked),
        ({"revoked_at": NOW, "expires_at": NOW}, None, AlreadyRevoked),
        ({"expires_at": NOW}, None, KeyExpired),
        ({}, "jw_abcde…", AlreadyRotating),
    ],
)
def test_the_dead_and_the_already_replaced_are_refused(
    change: dict[str, int], standing: str | None, refusal: type[RefusedByRule]
) -> None:
    with pytest.raises(refusal):
        check_rotatable(replace(KEY, **change), standing, NOW)  # type: ignore[arg-type]


def test_an_active_key_without_a_successor_can_be_rotated() -> None:
    check_rotatable(KEY, None, NOW)


OLD = replace(KEY, created_at=NOW - 80 * DAY, last_used_at=NOW - HOUR, expires_at=NOW + 7 * DAY)
NEW = replace(KEY, id="successor000", created_at=NOW, confirmed_at=None, last_used_at=None)
STORED = replace(NEW, confirmed_at=NOW)
USED = replace(STORED, last_used_at=NOW)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (OLD, NEW, RotationStatus.PREPARED),
        (OLD, STORED, RotationStatus.BOTH_LIVE),
        (OLD, USED, RotationStatus.MOVING),
        # That it works somewhere says more than that nobody has said so.
        (OLD, replace(NEW, last_used_at=NOW), RotationStatus.MOVING),
        (replace(OLD, last_used_at=NOW - DAY + 1), USED, RotationStatus.MOVING),
        (replace(OLD, last_used_at=NOW - DAY), USED, RotationStatus.QUIET),
        # A silence that nobody has filled is no move.
        (replace(OLD, last_used_at=NOW - 9 * DAY), STORED, RotationStatus.BOTH_LIVE),
        (replace(OLD, last_used_at=None), USED, RotationStatus.QUIET),
        (replace(OLD, last_used_at=None, created_at=NOW - HOUR), USED, RotationStatus.MOVING),
        (replace(OLD, revoked_at=NOW), USED, RotationStatus.DONE),
        (replace(OLD, revoked_at=NOW), NEW, RotationStatus.DONE),
        (replace(OLD, expires_at=NOW), NEW, RotationStatus.DONE),
        (OLD, replace(USED, revoked_at=NOW), RotationStatus.ABANDONED),
        (OLD, replace(USED, expires_at=NOW), RotationStatus.ABANDONED),
        # What ended first decides, whatever ends later.
        (replace(OLD, expires_at=NOW - 1), replace(USED, revoked_at=NOW), RotationStatus.DONE),
        (replace(OLD, revoked_at=NOW), replace(USED, revoked_at=NOW - 1), RotationStatus.ABANDONED),
        (replace(OLD, revoked_at=NOW), replace(USED, revoked_at=NOW), RotationStatus.DONE),
        (replace(OLD, expires_at=None), replace(USED, expires_at=None), RotationStatus.MOVING),
        # Revoked after it had expired, it ended when it expired.
        (
            replace(OLD, revoked_at=NOW - 1),
            replace(USED, expires_at=NOW - 2, revoked_at=NOW),
            RotationStatus.ABANDONED,
        ),
    ],
)
def test_where_a_rotation_stands_follows_from_its_two_keys(
    old: Key, new: Key, expected: RotationStatus
) -> None:
    assert status(old, new, quiet_window(None), NOW) is expected


@pytest.mark.parametrize(
    ("gap", "window"),
    [(None, DAY), (0, DAY), (2 * HOUR, DAY), (DAY, 10 * DAY), (7 * DAY, 70 * DAY)],
)
def test_a_key_is_quiet_after_a_day_or_ten_of_its_usual_gaps(gap: int | None, window: int) -> None:
    assert quiet_window(gap) == window
    assert quiet_at(OLD, USED, window) == NOW - HOUR + window
    assert quiet_at(OLD, STORED, window) is None


def rotation(expires_before: int | None, overlap_ends_at: int | None) -> Rotation:
    """Return a rotation of a key that expired so, with an overlap that ends then."""
    return Rotation(
        *(1, 1, OLD.id, NEW.id, NOW, "alice@acme.example", overlap_ends_at, expires_before, None)
    )


@pytest.mark.parametrize(
    ("before", "overlap", "now_expires", "restored"),
    [
        (NOW + 60 * DAY, NOW + 7 * DAY, NOW + 7 * DAY, NOW + 60 * DAY),
        (None, NOW + 7 * DAY, NOW + 7 * DAY, None),
        (None, None, None, None),
        (NOW + DAY, NOW + 7 * DAY, NOW + DAY, NOW + DAY),
        (NOW + 60 * DAY, None, NOW + 60 * DAY, NOW + 60 * DAY),
        # Somebody has moved it since.
        (NOW + 60 * DAY, NOW + 7 * DAY, NOW + 9 * DAY, NOW + 9 * DAY),
        (NOW + 60 * DAY, NOW + 7 * DAY, None, None),
        (NOW + 60 * DAY, None, None, None),
        (None, NOW + 7 * DAY, NOW + 9 * DAY, NOW + 9 * DAY),
    ],
)
def test_abandoned_a_predecessor_expires_as_it_would_have_unless_somebody_moved_that(
    before: int | None, overlap: int | None, now_expires: int | None, restored: int | None
) -> None:
    key = replace(OLD, expires_at=now_expires)
    assert expiry_restored(rotation(before, overlap), key) == restored


def test_without_an_overlap_the_old_key_stops_as_the_new_one_begins() -> None:
    old = replace(KEY, expires_at=expiries(KEY, NO_OVERLAP, NOW).predecessor)
    assert (old.state(NOW), old.state(NOW + 1)) == (State.ACTIVE, State.EXPIRED)


def test_a_refusal_tells_when_the_key_expired_or_which_successor_stands() -> None:
    with pytest.raises(KeyExpired) as expired:
        check_rotatable(replace(KEY, expires_at=NOW - DAY), None, NOW)
    assert expired.value.expired_at == NOW - DAY
    with pytest.raises(AlreadyRotating) as rotating:
        check_rotatable(KEY, "jw_abcde…", NOW)
    assert rotating.value.successor == "jw_abcde…"


def test_nothing_is_left_to_decide_of_a_rotation_that_is_done_or_abandoned() -> None:
    assert {one for one in RotationStatus if one.ended} == {
        RotationStatus.DONE,
        RotationStatus.ABANDONED,
    }


@pytest.mark.parametrize(
    ("gap", "successor", "quiet", "now", "expected"),
    [
        (None, USED, NOW + DAY - HOUR, NOW + DAY - HOUR, RotationStatus.QUIET),
        (DAY, USED, NOW + 10 * DAY - HOUR, NOW + DAY - HOUR, RotationStatus.MOVING),
        (DAY, STORED, None, NOW, RotationStatus.BOTH_LIVE),
    ],
)
def test_a_rotation_s_usual_gap_says_when_its_predecessor_is_quiet(
    gap: int | None, successor: Key, quiet: int | None, now: int, expected: RotationStatus
) -> None:
    course = RotationProgress(rotation(None, None), replace(OLD, expires_at=None), successor, gap)
    assert course.quiet_window == quiet_window(gap)
    assert course.quiet_at == quiet
    assert course.status(now) is expected


def between(rotation_id: int, old: str, new: str) -> Rotation:
    """Return a rotation between two keys."""
    made = rotation(None, None)
    return replace(made, id=rotation_id, predecessor_id=old, successor_id=new)


@pytest.mark.parametrize(
    ("key_ids", "expected"),
    [
        # Replaced twice, because the first successor came to nothing: the latest.
        (["a"], [3]),
        # What replaces a key, and not what made it.
        (["b"], [2]),
        (["c"], [2]),
        (["d"], [3]),
        # Both keys of one rotation have its name.
        (["b", "c"], [2]),
        (["a", "b", "c", "d"], [3, 2]),
        (["e"], []),
        ([], []),
    ],
)
def test_a_key_stands_in_the_latest_rotation_that_replaces_it_or_else_in_its_own(
    key_ids: list[str], expected: list[int]
) -> None:
    newest_first = [between(3, "a", "d"), between(2, "b", "c"), between(1, "a", "b")]
    assert [one.id for one in rotations_of(key_ids, newest_first)] == expected


def test_of_the_rotations_of_a_name_the_only_one_that_goes_on_is_meant() -> None:
    on = RotationProgress(between(1, "a", "b"), OLD, NEW, None)
    also_on = RotationProgress(between(2, "c", "d"), OLD, USED, None)
    done = RotationProgress(between(3, "e", "f"), replace(OLD, revoked_at=NOW), USED, None)
    ended = RotationProgress(between(4, "g", "h"), OLD, replace(NEW, revoked_at=NOW), None)
    assert the_one_meant([done], NOW) is done
    assert the_one_meant([done, on, ended], NOW) is on
    assert the_one_meant([done, ended], NOW) is None
    assert the_one_meant([on, done, also_on], NOW) is None
    assert the_one_meant([], NOW) is None
