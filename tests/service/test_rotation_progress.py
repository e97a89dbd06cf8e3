"""A rotation from its beginning to its end, on a real store, with real counts."""

from itertools import product
from typing import Any

import pytest
from sqlalchemy import event

from store.domain.audit.entry import AuditEntry
from store.domain.credential import Credential
from store.domain.due import due
from store.domain.keys import Key, State
from store.domain.listing import KeyQuery
from store.domain.people import Plan
from store.domain.rotation import RotationStatus
from store.domain.times import DAY, HOUR, MINUTE, WEEK
from store.domain.verdicts import Verdict
from store.errors import (
    AdminsOnly,
    AmbiguousKey,
    Invalid,
    NoSuchKey,
    NoSuchRotation,
    NotSafeToRevoke,
    OlderKeyInUse,
    PlanRequired,
    RotationEnded,
)
from store.service.keys import NewKey
from store.verifier.usage.batch import Batch
from store.verifier.usage.rows import write
from tests.house import House, granted_scopes

pytestmark = pytest.mark.both_engines


def rotated(
    house: House,
    name: str = "Zapier",
    expires_in: int | None = 90 * DAY,
    overlap: int | None = WEEK,
) -> tuple[str, str]:
    """Make a key, rotate it, and return the ids of the old and the new one."""
    ends = None if expires_in is None else house.clock.now() + expires_in
    wanted = NewKey(name, granted_scopes("events:read"), ends)
    old = house.store.keys.create(house.alice, wanted).key.id
    done = house.store.rotations.rotate(house.alice, old, overlap_ms=overlap).unwaited()
    return old, done.successor.id


def call(
    house: House, key_id: str, verdict: Verdict = Verdict.VALID, agent: bytes = b"Zapier"
) -> None:
    """Count a request with a key, now, as a verifier does."""
    row = Credential(
        key_id, house.alice.workspace_id, "", "", "", b"", "", "events:read", None, None
    )
    batch = Batch()
    batch.count(row, verdict, house.clock.now(), "10.0.3.7", ["events:read"], agent)
    write(house.store.database, batch)


def status(house: House, reference: str) -> RotationStatus:
    """Return where a rotation stands now."""
    return house.store.rotation_progress.watch(house.alice, reference).progress.status(
        house.clock.now()
    )


def shown(house: House, key_id: str) -> Key:
    """Return a key as it is now."""
    return house.store.keys.show(house.alice, key_id)


def history(house: House, key_id: str) -> AuditEntry:
    """Return the newest entry about a key."""
    return house.store.keys.details(house.alice, key_id).history[0]


def test_a_rotation_goes_from_prepared_to_done_by_what_its_keys_did(house: House) -> None:
    old, new = rotated(house)
    call(house, old)
    assert status(house, old) is RotationStatus.PREPARED
    house.store.keys.confirm(house.alice, new)
    assert status(house, old) is RotationStatus.BOTH_LIVE
    call(house, new, Verdict.SCOPE)
    assert status(house, old) is RotationStatus.BOTH_LIVE, "a refused request is no move"
    house.clock.advance(HOUR)
    call(house, new)
    assert status(house, new) is RotationStatus.MOVING
    house.clock.advance(DAY - HOUR - 1)
    assert status(house, new) is RotationStatus.MOVING
    house.clock.advance(1)
    assert status(house, new) is RotationStatus.QUIET
    finished = house.store.rotation_progress.finish(house.alice, "Zapier").unwaited()
    assert finished.status(house.clock.now()) is RotationStatus.DONE
    assert shown(house, old).state(house.clock.now()) is State.REVOKED
    assert shown(house, new).state(house.clock.now()) is State.ACTIVE
    assert (history(house, old).action, history(house, old).details["although"]) == (
        "key.revoked",
        None,
    )
    assert history(house, new).action == "key.rotation_finished"
    for act in (house.store.rotation_progress.finish, house.store.rotation_progress.abandon):
        with pytest.raises(RotationEnded, match="is done"):
            act(house.alice, new)


def test_a_predecessor_that_calls_once_a_week_is_not_quiet_after_a_day(house: House) -> None:
    old, new = rotated(house, overlap=None)
    for _ in range(3):
        for _ in range(30):
            call(house, old)
            house.clock.advance(MINUTE)
        house.clock.advance(WEEK - 30 * MINUTE)
    call(house, new)
    watched = house.store.rotation_progress.watch(house.alice, old)
    assert watched.progress.usual_gap == WEEK
    assert watched.progress.quiet_window == 10 * WEEK
    assert status(house, old) is RotationStatus.MOVING


def test_finishing_while_somebody_calls_names_them_and_wants_the_name(house: House) -> None:
    old, new = rotated(house)
    call(house, old, agent=b"python-requests/2.32")
    with pytest.raises(NotSafeToRevoke, match="nothing has used the new key, and 10"):
        house.store.rotation_progress.finish(house.alice, old)
    call(house, new)
    for typed in (None, "", "zap", "jw_Zapier"):
        with pytest.raises(NotSafeToRevoke, match=r"10\.0\.3\.7 \(python-requests/2\.32\) used"):
            house.store.rotation_progress.finish(house.alice, old, typed)
    assert shown(house, old).state(house.clock.now()) is State.ACTIVE
    house.store.rotation_progress.finish(house.alice, old, " Zapier ")
    assert shown(house, old).state(house.clock.now()) is State.REVOKED
    assert "python-requests" in history(house, old).details["although"]


def test_an_overlap_is_extended_but_never_beyond_the_life_the_old_key_had(house: House) -> None:
    old, _ = rotated(house, expires_in=30 * DAY)
    house.clock.advance(3 * DAY)
    now = house.clock.now()
    assert (
        house.store.rotation_progress.extend(house.alice, old, WEEK)
        .unwaited()
        .predecessor.expires_at
        == now + WEEK
    )
    assert history(house, old).action == "key.overlap_extended"
    assert house.store.rotation_progress.extend(
        house.alice, old, 40 * DAY
    ).unwaited().predecessor.expires_at == (now + 27 * DAY)
    progress = house.store.rotation_progress.extend(house.alice, old, None).unwaited()
    assert (progress.rotation.overlap_ends_at, progress.predecessor.expires_at) == (
        None,
        now + 27 * DAY,
    )
    never, _ = rotated(house, "Never", expires_in=None)
    assert (
        house.store.rotation_progress.extend(house.alice, never, None)
        .unwaited()
        .predecessor.expires_at
        is None
    )
    with pytest.raises(Invalid):
        house.store.rotation_progress.extend(house.alice, old, 0)
    house.clock.advance(27 * DAY)
    with pytest.raises(RotationEnded):
        house.store.rotation_progress.extend(house.alice, old, WEEK)


def test_abandoned_the_new_key_is_dead_and_the_old_one_expires_as_before(house: House) -> None:
    for name, expires_in in (("Yearly", 365 * DAY), ("Never", None)):
        old, new = rotated(house, name, expires_in)
        before = None if expires_in is None else house.clock.now() + expires_in
        house.store.rotation_progress.extend(house.alice, old, 2 * WEEK)
        progress = house.store.rotation_progress.abandon(house.alice, new).unwaited()
        assert progress.status(house.clock.now()) is RotationStatus.ABANDONED
        assert shown(house, new).state(house.clock.now()) is State.REVOKED
        assert shown(house, old).expires_at == before
        assert history(house, old).action == "key.rotation_abandoned"
        # It is free for another attempt, and that is then what its key stands in.
        again = house.store.rotations.rotate(house.alice, old).unwaited().successor.id
        assert house.store.rotation_progress.watch(house.alice, old).progress.successor.id == again
        assert (status(house, new), status(house, again)) == (
            RotationStatus.ABANDONED,
            RotationStatus.PREPARED,
        )


def test_rotating_a_successor_ends_the_older_key_unasked_only_where_nobody_uses_it(
    house: House,
) -> None:
    rotations = house.store.rotations
    old, new = rotated(house, overlap=3 * WEEK)
    call(house, old, agent=b"curl/8")
    with pytest.raises(OlderKeyInUse, match=r"10\.0\.3\.7 \(curl/8\) used on .* would work until"):
        rotations.rotate(house.alice, new)
    assert shown(house, old).state(house.clock.now()) is State.ACTIVE
    third = rotations.rotate(house.alice, new, end_older=True).unwaited().successor.id
    assert shown(house, old).state(house.clock.now()) is State.EXPIRED
    # Silent for a day, nobody is cut off; never used, neither.
    call(house, new)
    house.clock.advance(DAY)
    rotations.rotate(house.alice, third)
    assert shown(house, new).state(house.clock.now()) is State.EXPIRED


def test_a_rotation_is_found_by_its_id_and_by_either_key_however_named(house: House) -> None:
    old, new = rotated(house)
    meant = house.store.rotation_progress.watch(house.alice, old).progress.rotation.id
    for reference in (str(meant), new, f"jw_{old}", f"jw_{new[:7]}…", "zapier", " Zapier "):
        assert (
            house.store.rotation_progress.watch(house.alice, reference).progress.rotation.id
            == meant
        )
    house.create("Lonely")
    with pytest.raises(NoSuchRotation):
        house.store.rotation_progress.watch(house.alice, "Lonely")
    for nobody in ("Nobody", "99"):
        with pytest.raises(NoSuchKey):
            house.store.rotation_progress.watch(house.alice, nobody)
    for reference in (str(meant), old):
        with pytest.raises(NoSuchKey):
            house.store.rotation_progress.watch(house.bob, reference)
    assert house.store.rotation_progress.all(house.bob) == []
    house.store.rotation_progress.finish(house.alice, str(meant), "Zapier")
    second, _ = rotated(house, "Other")
    third = house.store.rotations.rotate(house.alice, new).unwaited().successor.id
    assert house.store.rotation_progress.watch(house.alice, "Zapier").progress.successor.id == third
    assert [one.predecessor.id for one in house.store.rotation_progress.all(house.alice)] == [
        new,
        second,
        old,
    ]
    house.store.rotation_progress.finish(house.alice, third, "Zapier")
    house.store.keys.revoke(house.alice, third)
    with pytest.raises(AmbiguousKey, match=f"rotation {meant}; rotation"):
        house.store.rotation_progress.watch(house.alice, "Zapier")


def test_finding_what_a_name_means_asks_the_store_no_more_often_for_more_rotations(
    house: House,
) -> None:
    statements: list[str] = []

    def look(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    asked = []
    for number in range(4):
        old, new = rotated(house)
        house.store.rotation_progress.finish(house.alice, old, "Zapier")
        house.store.keys.revoke(house.alice, new)
        if number == 0:
            continue
        event.listen(house.store.database.engine, "before_cursor_execute", look)
        with pytest.raises(AmbiguousKey) as caught:
            house.store.rotation_progress.watch(house.alice, "Zapier")
        event.remove(house.store.database.engine, "before_cursor_execute", look)
        assert len(caught.value.candidates) == number + 1
        asked.append(len(statements))
        statements.clear()
    assert len(set(asked)) == 1, asked


def test_only_admins_and_only_on_pro_except_for_the_revocation(house: House) -> None:
    old, _ = rotated(house)
    mia, courses = house.add_member(), house.store.rotation_progress
    for forbidden in (
        lambda: courses.watch(mia, old),
        lambda: courses.all(mia),
        lambda: courses.finish(mia, old, "Zapier"),
        lambda: courses.abandon(mia, old),
        lambda: house.store.due.within(mia, DAY),
    ):
        with pytest.raises(AdminsOnly):
            forbidden()
    house.store.operator.set_plan("acme-events", Plan.FREE)
    for unpaid in (
        lambda: courses.extend(house.alice, old, DAY),
        lambda: courses.abandon(house.alice, old),
        lambda: courses.all(house.alice),
    ):
        with pytest.raises(PlanRequired):
            unpaid()
    assert courses.watch(house.alice, old).progress.predecessor.id == old
    courses.finish(house.alice, old, "Zapier")


def test_what_is_due_is_there_with_who_would_be_cut_off_the_next_first(house: House) -> None:
    now = house.clock.now()
    granted = granted_scopes("events:read")

    def made(name: str, ends: int | None, every: int | None = None) -> str:
        wanted = NewKey(name, granted, ends, every, ("alice@acme.example",))
        return house.store.keys.create(house.alice, wanted).key.id

    made("Far", now + 90 * DAY)
    soon = made("Soon", now + 20 * DAY)
    made("Rotated monthly", None, 30)
    dead = made("Dead", now + 19 * DAY)
    house.store.keys.revoke(house.alice, dead)
    house.create("Bob's", actor=house.bob)
    call(house, soon, agent=b"long ago")
    house.clock.advance(18 * DAY)
    call(house, soon)
    replaced, _ = rotated(house, "Replaced", overlap=DAY)
    found = house.store.due.within(house.alice, 14 * DAY)
    assert [(one.key.name, one.why.value, one.at - now) for one in found] == [
        ("Replaced", "overlap ends", 19 * DAY),
        ("Soon", "expires", 20 * DAY),
        ("Rotated monthly", "rotation due", 30 * DAY),
    ]
    assert [caller.user_agent for caller in found[1].callers] == ["Zapier", "long ago"]
    assert {holder.email for holder in found[1].holders} == {"alice@acme.example"}
    assert found[0].key.id == replaced
    assert house.store.due.within(house.alice, MINUTE) == []
    house.clock.advance(14 * DAY)
    overdue = house.store.due.within(house.alice, MINUTE)
    assert [one.key.name for one in overdue] == ["Rotated monthly"]
    assert len(house.store.due.within(house.alice, 365 * DAY, limit=1)) == 1


def test_the_next_of_what_is_due_are_the_first_of_all_however_many_dates_a_key_has(
    house: House,
) -> None:
    now = house.clock.now()
    granted = granted_scopes("events:read")
    lives = (None, 9 * DAY, 40 * DAY, 400 * DAY)
    for number, (life, every) in enumerate(product(lives, (None, 1, 7, 30, 365))):
        wanted = NewKey(f"Key {number}", granted, life and now + life, every)
        house.store.keys.create(house.alice, wanted)
        house.clock.advance(MINUTE)
    house.clock.advance(10 * DAY)
    with house.store.transactions.reading() as unit:
        until = unit.now + 35 * DAY
        everyone = unit.pages.page(house.alice.workspace_id, KeyQuery(), limit=100).keys
        first = {
            key.id: min(at for _, at in dates)
            for key in everyone
            if (dates := due(key, until, unit.now))
        }
        expected = sorted(first, key=lambda one: (first[one], one))
        assert len(expected) > 8
        for limit in (None, *range(1, len(expected) + 2)):
            found = unit.keys.with_date(house.alice.workspace_id, until, limit)
            assert found == expected[:limit]
