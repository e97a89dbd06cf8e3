"""The audit in words. Pure; nothing here is made safe for a screen yet."""

import json

from console.text.times import day
from store.audit import AuditEntry
from store.times import DAY, moment

_DID = {
    "key.created": "created key",
    "key.confirmed": "stored key",
    "key.scoped": "scoped key",
    "key.extended": "moved expiry of key",
    "key.rotated": "rotated key",
    "key.minted_anew": "was shown anew key",
    "key.overlap_ended": "ended overlap of key",
    "key.revoked": "revoked key",
    "key.found_leaked": "found leaked key",
    "person.added": "added",
    "person.left": "let go",
    "person.role_changed": "changed role of",
    "person.signed_in": "signed in",
    "person.signed_in_over_ssh": "signed in over SSH",
    "person.switched_here": "switched here",
    "person.enrolled": "chose a password",
    "person.sign_in_failed": "failed sign-in of",
    "workspace.plan_changed": "changed the plan",
}
GRAVE = ("key.revoked", "key.found_leaked", "person.left", "person.sign_in_failed")


def did(entry: AuditEntry) -> str:
    """Return what was done: `revoked key`; an action without words as it is written."""
    return _DID.get(entry.action, entry.action.replace(".", " ").replace("_", " "))


def who(entry: AuditEntry) -> str:
    """Return who did it, without the part of an e-mail after the @."""
    return entry.actor.partition("@")[0]


def to_whom(entry: AuditEntry) -> str:
    """Return what it was done to, empty where somebody did it to themselves."""
    return "" if entry.subject_name == entry.actor else entry.subject_name or entry.subject


def when(instant: int, now: int) -> str:
    """Return an instant in UTC as a list shows it: the time of today, the day of before."""
    at = moment(instant)
    if now // DAY == instant // DAY:
        return f"{at:%H:%M:%S}"
    return f"{day(instant)} {at:%H:%M}"


def told(details: dict[str, object]) -> list[tuple[str, str]]:
    """Return an entry's details as names and values; what is empty is left out."""
    return [
        (
            name.replace("_", " "),
            value if isinstance(value, str) else json.dumps(value, ensure_ascii=False),
        )
        for name, value in details.items()
        if value not in (None, "", [])
    ]
