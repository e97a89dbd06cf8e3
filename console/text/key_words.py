"""What the details of a key say, in words. Pure; nothing here is made safe for a screen yet."""

from collections.abc import Sequence
from itertools import pairwise

from console.text.times import ago, day, distance, expiry
from store.audit import AuditEntry
from store.keys import Key, Note, State
from store.people import How
from store.scopes import canonical
from store.secrets import shown
from store.service.keys import Details
from store.times import HOUR, MINUTE, SECOND
from store.usage import Refusal

RECENT = HOUR
"""A key used within this time is in use: revoking it will be noticed."""

_BARS = {False: " ▁▂▃▄▅▆▇█", True: " .:-=+*#%"}
_DID = {
    "key.created": "created it",
    "key.confirmed": "stored it",
    "key.scoped": "scoped it",
    "key.extended": "moved its expiry",
    "key.rotated": "rotated it",
    "key.minted_anew": "was shown it anew",
    "key.overlap_ended": "ended its overlap",
    "key.revoked": "revoked it",
    "key.found_leaked": "found it where it should not be",
}
_HOW = {How.CREATED: "", How.SHOWN: " (was shown it)", How.CUSTODIAN: " (custodian)"}


def held_by(details: Details) -> str:
    """Return who may have known the key's secret: `alice, bob (custodian)`."""
    return ", ".join(f"{one.name}{_HOW[one.how]}" for one in details.holders) or "nobody known"


def traffic(details: Details, now: int) -> tuple[bool, str]:
    """Return whether the key is in use, and a sentence on that.

    “last used 4 s ago by 10.0.3.7, 1,204 requests in the last hour”
    """
    used = details.key.last_used_at
    if used is None:
        return False, "never used"
    said = f"last used {ago(used, now)}"
    if details.traffic.last_address:
        said += f" by {details.traffic.last_address}"
    return now - used < RECENT, f"{said}, {requests(details)}"


def requests(details: Details) -> str:
    """Return the last hour in numbers: `1,204 requests in the last hour, 3 refused`."""
    allowed, refused = details.traffic.allowed, details.traffic.refused
    total = allowed + refused
    if not total:
        return "no requests in the last hour"
    noun = "request" if total == 1 else "requests"
    said = f"{total:,} {noun} in the last hour"
    return f"{said}, {refused:,} refused" if refused else said


def refusals(details: Details) -> str:
    """Return why requests were refused in the last hour, most first: `scope 12, expired 3`."""
    counted = details.traffic.by_verdict.items()
    refused = [(count, verdict.value) for verdict, count in counted if verdict.value != "valid"]
    return ", ".join(f"{word} {count:,}" for count, word in sorted(refused, reverse=True))


def sparkline(details: Details, now: int, width: int, *, ascii_only: bool) -> str:
    """Return the last hour's allowed requests as bars, oldest first, `width` cells."""
    this = now // MINUTE
    minutes = [details.traffic.by_minute.get(this - 59 + place, 0) for place in range(60)]
    return bars(minutes, width, ascii_only=ascii_only)


def bars(counts: Sequence[int], width: int, *, ascii_only: bool) -> str:
    """Return counts as bars in `width` cells or less, empty where all are zero."""
    width = min(width, len(counts))
    edges = [len(counts) * place // width for place in range(width + 1)]
    sums = [sum(counts[begin:end]) for begin, end in pairwise(edges)]
    most = max(sums)
    glyphs = _BARS[ascii_only]
    if not most:
        return ""
    # Never blank where there was something: one request is as real as a thousand.
    return "".join(glyphs[-(-one * (len(glyphs) - 1) // most)] for one in sums)


def month(details: Details) -> str:
    """Return the last 30 days in numbers: `30 days: 12,345 allowed, 12 refused`."""
    allowed = sum(day.allowed for day in details.month)
    refused = sum(day.refused for day in details.month)
    return f"{len(details.month)} days: {allowed:,} allowed, {refused:,} refused"


def scope_uses(details: Details, now: int) -> list[tuple[str, str, bool]]:
    """Return each scope granted or ever used, what is known of its use, and if it could go.

    A scope counts as used when a request was allowed that needed it.
    """
    granted = set(canonical(details.key.scopes).split(" "))
    used = {one.scope: one for one in details.usage.scopes}
    said = []
    for scope in sorted(granted | set(used)):
        words = f"used {ago(used[scope].last_used_at, now)}" if scope in used else "never used"
        if scope not in granted:
            words += ", no longer granted"
        said.append((scope, words, scope not in used))
    return said


def refusal(one: Refusal, now: int) -> str:
    """Return one line about a refusal: `4 min ago  expired  10.0.3.7  GET /api/v1/events`."""
    agent = f"  {one.user_agent}" if one.user_agent else ""
    where = f"{one.address or 'unknown'}{agent}"
    return f"{ago(one.at, now):<10} {one.verdict.value:<8} {one.method} {one.path}  {where}"


def ends(key: Key, now: int) -> str:
    """Return when a key ends or ended: `21 Feb 2027, in 90 d`, `never`, `revoked 9 d ago`."""
    if key.revoked_at is not None:
        return f"revoked {ago(key.revoked_at, now)}"
    if key.expires_at is None:
        return "never"
    return f"{day(key.expires_at)}, {expiry(key.expires_at, now)}"


def next_steps(key: Key, now: int, prefix: str) -> list[str]:
    """Return what to do next about a key, most pressing first; empty when nothing is."""
    state = key.state(now)
    if state is State.REVOKED:
        reason = f": {key.revoke_reason}" if key.revoke_reason else ""
        return [f"Revoked by {key.revoked_by or 'the operator'}{reason}. n makes a new key."]
    if state is State.EXPIRED:
        return ["It no longer works. n makes a new key."]
    return [sentence for note in key.notes(now) if (sentence := _step(note, key, now, prefix))]


def _step(note: Note, key: Key, now: int, prefix: str) -> str | None:
    match note:
        case Note.ROTATING if key.successor is not None:
            return f"{shown(prefix, key.successor)} takes over. Once it is in use, X ends this one."
        case Note.ROTATING if key.predecessor is not None:
            return (
                f"Takes over from {shown(prefix, key.predecessor)}: exchange it where it is used."
            )
        case Note.EXPIRING:
            return "r gives it a successor before it stops." if not key.rotating else None
        case Note.UNCONFIRMED if key.rotating and key.successor is not None:
            # Its successor is there already.
            return None
        case Note.UNCONFIRMED if key.rotating and key.predecessor is not None:
            # Rotating it would end the predecessor at once, which is the key in use.
            older = shown(prefix, key.predecessor)
            return f"Nobody said that it is stored. If it was lost: X ends it, then r on {older}."
        case Note.UNCONFIRMED:
            return "Nobody said that it is stored. If it was lost: r replaces it, X ends it."
        case Note.ROTATION_DUE:
            due = key.rotation_due_at() or now
            late = f"{distance(now - due)} ago" if now - due >= SECOND else "now"
            return f"Its rotation was due {late}. r rotates it."
        case Note.IDLE:
            return "Unused for a month. If nobody misses it, revoke it."
    return None


def event(entry: AuditEntry, now: int) -> str:
    """Return one line of a key's history: `6 d ago  alice created it`."""
    did = _DID.get(entry.action, entry.action)
    return f"{ago(entry.at, now):<9} {entry.actor.partition('@')[0]} {did}"
