"""States and notes, each on both sides of its boundary."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.keys import Inherited, Key, Note, State, due_ahead
from store.domain.limits import limits, shared
from store.domain.scopes import from_canonical
from store.domain.times import DAY

NOW = 1_795_521_600_000
KEY = Key(
    id="4fQ2xAbCdEfG",
    workspace_id=1,
    name="Website",
    scopes=from_canonical("events:read"),
    created_at=NOW - DAY,
    created_by="alice@acme.example",
    expires_at=NOW + 90 * DAY,
    lifetime_ms=91 * DAY,
    rotate_every_days=None,
    confirmed_at=NOW - DAY,
    revoked_at=None,
    revoked_by=None,
    revoke_reason=None,
    last_used_at=NOW,
    predecessor=None,
    successor=None,
    rotating=False,
    revision=1,
)


@pytest.mark.parametrize(
    ("expires_at", "revoked_at", "state"),
    [
        (None, None, State.ACTIVE),
        (NOW + 1, None, State.ACTIVE),
        (NOW, None, State.EXPIRED),
        (NOW - 1, None, State.EXPIRED),
        (NOW + 1, NOW, State.REVOKED),
        (NOW - 1, NOW, State.REVOKED),
        # Revoked is for good, whatever a clock that was set back says.
        (None, NOW + DAY, State.REVOKED),
    ],
)
def test_the_state_is_derived(expires_at: int | None, revoked_at: int | None, state: State) -> None:
    assert replace(KEY, expires_at=expires_at, revoked_at=revoked_at).state(NOW) is state


def test_a_key_in_use_far_from_its_end_has_no_note() -> None:
    assert KEY.notes(NOW) == ()


@pytest.mark.parametrize(
    ("change", "at", "note"),
    [
        ({"expires_at": NOW + 14 * DAY}, NOW, Note.EXPIRING),
        ({"confirmed_at": None}, NOW, Note.UNCONFIRMED),
        ({"rotating": True}, NOW, Note.ROTATING),
        # A fortnight ahead of its date, of a short interval half.
        ({"rotate_every_days": 40, "created_at": NOW - 26 * DAY}, NOW, Note.ROTATION_DUE),
        ({"rotate_every_days": 2}, NOW, Note.ROTATION_DUE),
        ({"last_used_at": None}, NOW, Note.NEVER_USED),
        ({"last_used_at": NOW - 30 * DAY}, NOW, Note.IDLE),
        ({"leaked_at": NOW}, NOW, Note.LEAKED),
        ({"limits": limits(["100/1m"])}, NOW, Note.LIMITED),
        ({"shared_limits": shared("workspace 100/1m;", None)}, NOW, Note.LIMITED),
        ({"shared_limits": shared("owner 100/1m?;", "mia")}, NOW, Note.OBSERVING),
        ({"over_limit_at": NOW - DAY + 1}, NOW, Note.OVER_LIMIT),
    ],
)
def test_each_note_appears_at_its_boundary_and_not_before(
    change: dict[str, Any], at: int, note: Note
) -> None:
    key = replace(KEY, **change)
    assert key.notes(at) == (note,)
    if note in (Note.EXPIRING, Note.ROTATION_DUE, Note.IDLE):
        assert note not in key.notes(at - 1)
    if note is Note.OVER_LIMIT:
        assert note not in key.notes(at + 1)


def test_notes_come_most_pressing_first() -> None:
    everything = replace(
        KEY,
        leaked_at=NOW,
        rotating=True,
        expires_at=NOW + DAY,
        confirmed_at=None,
        rotate_every_days=1,
        last_used_at=None,
    )
    assert everything.notes(NOW) == (
        Note.LEAKED,
        Note.ROTATING,
        Note.EXPIRING,
        Note.UNCONFIRMED,
        Note.ROTATION_DUE,
        Note.NEVER_USED,
    )


@given(st.sampled_from([State.EXPIRED, State.REVOKED]), st.booleans(), st.booleans())
def test_only_an_active_key_has_notes(state: State, rotating: bool, confirmed: bool) -> None:
    dead = replace(
        KEY,
        rotating=rotating,
        confirmed_at=NOW if confirmed else None,
        expires_at=NOW - 1,
        revoked_at=NOW if state is State.REVOKED else None,
        last_used_at=None,
    )
    assert dead.state(NOW) is state
    assert dead.notes(NOW) == ()


@given(st.integers(0, 2 * NOW), st.none() | st.integers(0, 2 * NOW))
def test_once_dead_a_key_stays_dead(later: int, expires_at: int | None) -> None:
    key = replace(KEY, expires_at=expires_at)
    if key.state(NOW) is State.EXPIRED:
        assert key.state(NOW + later) is State.EXPIRED


def test_no_interval_is_never_due() -> None:
    assert KEY.rotation_due_at() is None
    assert replace(KEY, rotate_every_days=30).rotation_due_at() == KEY.created_at + 30 * DAY


@pytest.mark.parametrize(
    "unlimited", [{"expires_at": None}, {"last_used_at": NOW - 30 * DAY + 1}, {"created_at": 0}]
)
def test_what_never_ends_and_is_not_silent_for_long_has_no_note(unlimited: dict[str, int]) -> None:
    assert replace(KEY, **unlimited).notes(NOW) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "notes"),
    [
        ({"revoked_at": NOW, "still_used_at": NOW}, (Note.STILL_USED,)),
        ({"expires_at": NOW, "still_used_at": NOW - DAY + 1}, (Note.STILL_USED,)),
        ({"revoked_at": NOW, "still_used_at": NOW - DAY}, ()),
        ({"revoked_at": NOW, "still_used_at": None}, ()),
        # It works: whoever goes on with it may.
        ({"still_used_at": NOW}, ()),
    ],
)
def test_a_dead_key_that_was_presented_within_a_day_is_still_used(
    change: dict[str, int | None], notes: tuple[Note, ...]
) -> None:
    assert replace(KEY, **change).notes(NOW) == notes  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("confirmed_at", "last_used_at", "lost"),
    [(None, None, True), (NOW, None, False), (None, NOW, False), (NOW, NOW, False)],
)
def test_a_secret_may_be_lost_that_nobody_stored_and_nothing_used(
    confirmed_at: int | None, last_used_at: int | None, lost: bool
) -> None:
    key = replace(KEY, confirmed_at=confirmed_at, last_used_at=last_used_at)
    assert key.reached_nobody is lost


def test_a_successor_gets_what_a_key_carries() -> None:
    carrying = replace(KEY, rotate_every_days=30)
    assert carrying.inherited == Inherited("Website", KEY.scopes, 91 * DAY, 30)


@pytest.mark.parametrize(
    ("every_days", "ahead"),
    [(None, 0), (1, DAY // 2), (27, 27 * DAY // 2), (28, 14 * DAY), (365, 14 * DAY)],
)
def test_a_rotation_is_due_a_fortnight_ahead_or_half_its_interval(
    every_days: int | None, ahead: int
) -> None:
    assert due_ahead(every_days) == ahead
