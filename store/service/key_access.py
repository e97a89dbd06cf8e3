"""Access to a key inside a transaction, for whoever is about to do something with it.

By reference: an id, a shown prefix or a name, looked up in that order. Under an optimistic lock: it
must be what somebody saw when they decided to change it. And out of use, where it is to be ended.
"""

from store.domain.audit.changes import in_full
from store.domain.connections import Connection
from store.domain.key_string import ID_LENGTH, SHOWN_ID_LENGTH, parse, shown
from store.domain.keys import Key, State
from store.domain.people import Actor
from store.domain.rotation import GAPS_OVER, has_left, quiet_window
from store.domain.times import ago
from store.errors import (
    AlreadyRevoked,
    AmbiguousKey,
    ChangedMeanwhile,
    KeyExpired,
    MalformedKey,
    NoSuchKey,
    OlderKeyInUse,
)
from store.persistence.unit import Unit
from store.service.mutation import Mutation
from store.service.transactions import Needs, check_standing

MOST_TOLD = 3
"""Changes that are named to whoever had not seen them."""


def find_key(
    unit: Unit, workspace_id: int, prefix: str, reference: str, *, verb: bool = False
) -> Key:
    """Return the workspace's key that a reference means.

    A reference is the id (with or without the key prefix), the start of it as shown
    (`jw_4fQ2x…`, five characters or more), a name, or a whole key string, of which only the id is
    used. For a `verb` a name means an active key.
    Raises NoSuchKey, or AmbiguousKey naming the candidates.
    """
    found = candidates(unit, workspace_id, prefix, reference, verb=verb)
    return _only(found, reference, prefix, unit.now)


def candidates(
    unit: Unit, workspace_id: int, prefix: str, reference: str, *, verb: bool = False
) -> list[Key]:
    """Return every key a reference may mean, one at least. Raises NoSuchKey."""
    reference = reference.strip()
    key_id = _full_key(reference, prefix)
    if key_id is not None:
        # The reference is a secret: it must not come back in an error.
        key = unit.keys.get(workspace_id, key_id)
        if key is None:
            raise NoSuchKey(shown(prefix, key_id))
        return [key]
    start = reference.removeprefix(f"{prefix}_").removesuffix("…").removesuffix("...")
    if len(start) == ID_LENGTH:
        key = unit.keys.get(workspace_id, start)
        if key is not None:
            return [key]
    if reference.startswith(f"{prefix}_") and SHOWN_ID_LENGTH <= len(start) <= ID_LENGTH:
        found = unit.keys.starting_with(workspace_id, start)
        if found:
            return found
    found = unit.keys.named(workspace_id, reference, active_only=True)
    if not found:
        # Beyond the active ones a name is history: good for looking, and for a clear refusal.
        found = unit.keys.named(workspace_id, reference, active_only=False)
        if verb:
            found = found[:1]
    if not found:
        raise _no_such_key(unit, workspace_id, prefix, reference)
    return found


def _no_such_key(unit: Unit, workspace_id: int, prefix: str, reference: str) -> NoSuchKey:
    """Return the refusal of a reference, with the name that may have been meant."""
    masked = _masked(reference, prefix)
    if masked != reference:
        return NoSuchKey(masked)
    renamed = unit.audit.once_called(workspace_id, reference)
    key = unit.keys.get(workspace_id, renamed) if renamed is not None else None
    if key is not None:
        return NoSuchKey(reference, called_now=key.name)
    return NoSuchKey(reference, tuple(unit.keys.beside(workspace_id, reference)))


def changeable(
    mutation: Mutation, actor: Actor, prefix: str, reference: str, action: str, seen: int | None
) -> Key:
    """Return the active key a reference means, for an admin of a pro workspace.

    Raises NotAllowed, PlanRequired, NotFound, AlreadyRevoked, KeyExpired, or ChangedMeanwhile when
    it is not as it was `seen`.
    """
    check_standing(mutation.unit, actor, Needs.PRO_ADMIN, action)
    key = find_key(mutation.unit, actor.workspace_id, prefix, reference, verb=True)
    if key.revoked_at is not None:
        raise AlreadyRevoked(key.name, key.revoked_at, key.revoked_by)
    if key.state(mutation.now) is State.EXPIRED:
        raise KeyExpired(key.name, key.expires_at or mutation.now)
    check_as_seen(mutation.unit, key, seen)
    return key


def check_as_seen(unit: Unit, found: Key | Connection, seen: int | None) -> None:
    """Raise ChangedMeanwhile, naming the changes, unless a key is at the revision it was seen at.

    An optimistic lock: what If-Match is to an ETag (RFC 9110 13.1.1). None was not seen by anybody,
    as on the command line: whatever it is now is meant.
    """
    if seen is None or found.revision == seen:
        return
    newest = unit.audit.newest(found.workspace_id, limit=MOST_TOLD, subject=found.id)
    since = [entry for entry in newest if entry.revision > seen] or newest[:1]
    raise ChangedMeanwhile(found.name, tuple(in_full(entry) for entry in since))


def check_out_of_use(unit: Unit, prefix: str, older: Key) -> None:
    """Raise OlderKeyInUse unless a key was silent for as long as a rotation's rule asks."""
    used = older.last_used_at
    gap = unit.usage.usual_gap(older.workspace_id, older.id, unit.now - GAPS_OVER)
    if used is None or has_left(used, unit.now, quiet_window(gap)):
        return
    callers = unit.usage.callers(older.workspace_id, (older.id,)).get(older.id, ())
    by = "somebody"
    if callers:
        agent = callers[0].user_agent
        by = f"{callers[0].address or by}{f' ({agent})' if agent else ''}"
    raise OlderKeyInUse(older.name, shown(prefix, older.id), by, used, older.expires_at)


def _full_key(reference: str, prefix: str) -> str | None:
    try:
        return parse(reference, prefix)
    except MalformedKey:
        return None


def _masked(reference: str, prefix: str) -> str:
    # A key with a typing error still holds most of a secret.
    longest = len(prefix) + 1 + ID_LENGTH
    if reference.startswith(f"{prefix}_") and len(reference) > longest:
        return reference[: len(prefix) + 1 + SHOWN_ID_LENGTH] + "…"
    return reference


def _only(found: list[Key], reference: str, prefix: str, now: int) -> Key:
    if len(found) == 1:
        return found[0]
    ids = {key.id for key in found}
    named = tuple(f"{prefix}_{key.id} ({key.name}), {_told(key, ids, now)}" for key in found)
    tied = len(found) == 2 and found[0].id in (found[1].predecessor, found[1].successor)
    raise AmbiguousKey(reference.strip(), named, tied=tied)


def _told(key: Key, beside: set[str], now: int) -> str:
    """Return what tells a key from those it is taken for."""
    used = "never used" if key.last_used_at is None else f"used {ago(key.last_used_at, now)}"
    state = key.state(now)
    if state is not State.ACTIVE:
        return f"{state.value}, {used}"
    if key.successor in beside:
        return f"the old one, {used}"
    return f"the new one, {used}" if key.predecessor in beside else used
