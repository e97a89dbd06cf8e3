"""The one sentence that decides about a rotation, case by case."""

from dataclasses import replace

import pytest

from console.text.rotation_words import decide, works_until
from store.domain.keys import Key
from store.domain.rotation import Rotation, RotationProgress
from store.domain.times import DAY, HOUR, MINUTE, SECOND
from store.domain.usage import Caller, Traffic
from store.service.rotation_progress import RotationKey, WatchedRotation
from tests.domain.test_keys import KEY, NOW

OLD = replace(
    KEY,
    name="Zapier",
    created_at=NOW - 80 * DAY,
    expires_at=NOW + 6 * DAY,
    successor="successor000",
    rotating=True,
)
NEW = replace(OLD, id="successor000", created_at=NOW - DAY, successor=None, predecessor=OLD.id)
CRON = Caller("10.0.3.7", "python-requests", NOW - DAY, NOW - 4 * SECOND, 12)


def watched(old: Key, new: Key, *callers: Caller, gap: int | None = None) -> WatchedRotation:
    """Return a rotation as the store would tell of it."""
    rotation = Rotation(1, 1, old.id, new.id, NOW - DAY, "alice@acme.example", None, None, None)
    silent = Traffic(NOW - HOUR, {}, {}, {}, None)
    return WatchedRotation(
        RotationProgress(rotation, old, new, gap),
        RotationKey(old, silent, 0, callers),
        RotationKey(new, silent, 0, ()),
    )


@pytest.mark.parametrize(
    ("seen", "sentence", "then"),
    [
        (
            watched(replace(OLD, last_used_at=NOW - 4 * SECOND), NEW, CRON),
            "Not yet: 10.0.3.7 (python-requests) used the old key 4 s ago.",
            "Safe from 25 Nov 2026 11:59 UTC on, if it stays away.",
        ),
        (
            watched(replace(OLD, last_used_at=NOW - 41 * MINUTE), NEW),
            "Not yet: the old key was used 41 min ago.",
            "Safe from 25 Nov 2026 11:19 UTC on, if it stays away.",
        ),
        (
            watched(replace(OLD, last_used_at=NOW - 2 * DAY), NEW, gap=7 * DAY),
            "Not yet: the old key was used 2 d ago.",
            "It is used every 7 d or so. Safe from 31 Jan 2027 12:00 UTC on, if it stays away.",
        ),
        (
            watched(replace(OLD, last_used_at=NOW - DAY), NEW),
            "Safe to revoke: Zapier moved 24 h ago, nothing has used the old key since.",
            "",
        ),
        (
            watched(replace(OLD, last_used_at=None), NEW),
            "Safe to revoke: Zapier uses the new key, and nothing ever used the old.",
            "",
        ),
        (
            watched(OLD, replace(NEW, last_used_at=None), CRON),
            "Not yet: nothing has used the new key.",
            "Put it where the old one is used: 10.0.3.7 (python-requests).",
        ),
        (
            watched(OLD, replace(NEW, last_used_at=None, confirmed_at=None)),
            "Not yet: nobody has said that the new key is stored.",
            "If it was lost, abandon this rotation and rotate again.",
        ),
        (
            watched(replace(OLD, revoked_at=NOW - 9 * DAY, revoked_by="bob@acme.example"), NEW),
            "Done: the old key was revoked 9 d ago by bob.",
            "",
        ),
        (
            watched(replace(OLD, expires_at=NOW - HOUR), NEW),
            "Done: the old key expired 1 h ago.",
            "",
        ),
        (
            watched(OLD, replace(NEW, revoked_at=NOW - HOUR)),
            "Abandoned: the new key was revoked 1 h ago by the operator. "
            "The old one works on, and expires in 6 d.",
            "",
        ),
    ],
)
def test_a_rotation_comes_to_one_sentence(seen: WatchedRotation, sentence: str, then: str) -> None:
    decision = decide(seen, NOW)
    assert (decision.sentence, decision.then) == (sentence, then)
    assert decision.safe == sentence.startswith("Safe")


def test_it_is_said_until_when_both_keys_work() -> None:
    assert (
        works_until(watched(OLD, NEW).progress, NOW)
        == "both work until 30 Nov 2026 12:00 UTC, in 6 d"
    )
    never = replace(OLD, expires_at=None)
    assert works_until(watched(never, NEW).progress, NOW) == "both keys work until you finish"
    assert works_until(watched(replace(OLD, revoked_at=NOW), NEW).progress, NOW) == ""
