"""The key object: what `--json` says of a key."""

from typing import Any

from store.domain.keys import Key
from store.domain.times import rfc3339, rfc3339_or_none
from store.domain.usage import Caller


def key_object(key: Key, now: int) -> dict[str, Any]:
    """Return a key as JSON has it at an instant; times are RFC 3339 UTC, null where none."""
    return {
        "id": key.id,
        "name": key.name,
        "state": key.state(now).value,
        "notes": [note.value for note in key.notes(now)],
        "scopes": [str(one) for one in sorted(key.scopes)],
        "created_at": rfc3339_or_none(key.created_at),
        "created_by": key.created_by,
        "expires_at": rfc3339_or_none(key.expires_at),
        "revoked_at": rfc3339_or_none(key.revoked_at),
        "last_used_at": rfc3339_or_none(key.last_used_at),
        "rotate_every_days": key.rotate_every_days,
        "predecessor": key.predecessor,
        "successor": key.successor,
    }


def caller_object(caller: Caller) -> dict[str, Any]:
    """Return who called with a key as JSON has it."""
    return {
        **caller._asdict(),
        "first_at": rfc3339(caller.first_at),
        "last_at": rfc3339(caller.last_at),
    }
