"""What a restore keeps to, left out: by its name, and by how a restore goes on without it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pytest import MonkeyPatch  # noqa: PT013

from store.operations.restore import merging, tombstones
from store.operations.restore.rules import RULES, Judged, RowsTaken, copied
from store.persistence.high_water import HighWaterMark, Known, StoreState, Trace
from store.persistence.repositories import people
from store.persistence.repositories import tombstones as tombstone_keys

Patched = Callable[[MonkeyPatch], None]


def _nothing(*arguments: object) -> None:
    return None


def _always(self: HighWaterMark, standing: StoreState, known: Known, found: Trace) -> bool:
    return True


def _put(place: Any, name: str, by: Any) -> Patched:
    return lambda patch: patch.setattr(place, name, by)


def _judged(table: str, *as_copied: str, **otherwise: Any) -> Patched:
    judged: Judged = RULES[table]
    columns = {**judged.columns, **dict.fromkeys(as_copied, copied)}
    other = replace(judged, columns=columns, **otherwise)
    return lambda patch: patch.setitem(RULES, table, other)


LEFT_OUT: Mapping[str, Patched] = {
    "tombstones": _put(tombstones, "bury", _nothing),
    "ends of memberships": _put(merging, "_end", _nothing),
    "leaving for good": _put(people, "forget_gone", _nothing),
    "ids given once": _put(tombstone_keys, "highest_gone", lambda *arguments: 0),
    "the high-water mark": _put(HighWaterMark, "served", _always),
    "revocations": _judged("keys", "revoked_at", "revoked_by", "revoke_reason"),
    "expiries": _judged("keys", "expires_at"),
    "scopes": _judged("keys", "scopes"),
    "secrets": _judged("keys", "digest", "pepper", "confirmed_at", "generation"),
    "leaks": _judged("keys", "leaked_at"),
    "holders": _judged("key_holders", stays=False),
    "plans": _judged("workspaces", "plan"),
    "roles": _judged("memberships", "role"),
    "passwords": _judged("accounts", "password_hash", "password_set_at"),
    "connections": _judged("connections", "revoked_at", "revoked_by", "revoke_reason"),
    "scopes of connections": _judged("connections", "scopes"),
    "tokens": _judged("refresh_tokens", taken=RowsTaken.FROM_COPY),
}
"""What nothing may do without."""


@contextmanager
def without(what: str) -> Iterator[None]:
    """Let restores go on without something."""
    with MonkeyPatch.context() as patch:
        LEFT_OUT[what](patch)
        yield
