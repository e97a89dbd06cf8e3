"""The one thing to do next about a key, if there is any. Pure."""

from dataclasses import dataclass

from console.text.leak_words import first
from console.text.times import ago, distance, expiry
from store.domain.key_string import shown
from store.domain.keys import Key, Note, State
from store.domain.right_sizing import Proposal
from store.domain.scopes import canonical
from store.domain.times import DAY, SECOND
from store.domain.usage import Refusal
from store.domain.verdicts import Verdict
from store.service.keys import Details

QUIET = DAY
"""A key that is being replaced and was not used for this long can go."""
RECENT = DAY
"""A refusal within this time is somebody waiting for an answer."""
MOST_SEEN = 3
"""Scopes in use that a proposal to trim names."""
UNUSED_AFTER = 14 * DAY
"""A key that nobody has used for this long may not be needed."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do, and the key of the console that does it, if one does."""

    key: str
    sentence: str


def next_step(details: Details, now: int, prefix: str) -> NextStep | None:
    """Return the most pressing thing to do about a key, or None where there is none."""
    key = details.key
    if key.state(now) is not State.ACTIVE:
        return _for_the_dead(details, now, prefix)
    notes = key.notes(now)
    if key.leaked_at is not None:
        return _for_the_leaked(key, now)
    unused = now - (key.last_used_at or key.created_at) >= UNUSED_AFTER
    if Note.UNCONFIRMED in notes and not (key.rotating and key.successor is not None):
        lost = "Nobody said that it is stored. If it was lost,"
        if key.rotating and key.predecessor is not None:
            # Rotating it would end the predecessor at once, which is the key in use.
            older = shown(prefix, key.predecessor)
            return NextStep("X", f"{lost} revoke it and rotate {older} again.")
        return NextStep("r", f"{lost} rotate it.")
    if Note.EXPIRING in notes and not key.rotating and not unused:
        return NextStep("r", f"Rotate it: it stops {expiry(key.expires_at, now)}.")
    if Note.ROTATING in notes:
        return _while_rotating(details, now, prefix)
    if Note.ROTATION_DUE in notes:
        due = key.rotation_due_at() or now
        if due > now:
            return NextStep("r", f"Rotate it: that is due {expiry(due, now)}.")
        when = "now" if now - due < SECOND else f"{distance(now - due)} ago"
        return NextStep("r", f"Rotate it: that was due {when}.")
    if (refusal := _latest(details, now, Verdict.SCOPE)) is not None:
        when = ago(refusal.at, now)
        lacked = f"{', '.join(refusal.needed)}, which" if refusal.needed else "a scope"
        return NextStep("s", f"Refused {when} for {lacked} it lacks. Grant it, or tell its holder.")
    return _for_the_unused(details, now)


def _for_the_dead(details: Details, now: int, prefix: str) -> NextStep | None:
    refusal = _latest(details, now, Verdict.REVOKED, Verdict.EXPIRED)
    if refusal is None:
        return None
    by = refusal.address or "an unknown address"
    said = f"Still presented {ago(refusal.at, now)} by {by}."
    if details.key.successor is not None:
        put = f"Put {shown(prefix, details.key.successor)} there."
        return NextStep("", f"{said} {first(details.key, put)}")
    # It may be whoever it was revoked for.
    return NextStep("n", f"{said} Find out who that is; what is yours needs a new key.")


def _for_the_leaked(key: Key, now: int) -> NextStep:
    found = f"Found leaked {ago(key.leaked_at, now)}."
    if key.successor is None and key.last_used_at and now - key.last_used_at < QUIET:
        rotate = "Rotate it, put the new one in place, and revoke this one."
        return NextStep("r", f"{found} {first(key, rotate)}")
    return NextStep("X", f"{found} Revoke it.")


def _while_rotating(details: Details, now: int, prefix: str) -> NextStep | None:
    key = details.key
    if key.successor is not None:
        successor = shown(prefix, key.successor)
        if key.last_used_at is not None and now - key.last_used_at < QUIET:
            by = details.traffic.last_address
            used = ago(key.last_used_at, now) + (f" by {by}" if by else "")
            return NextStep(
                "r", f"Used {used}. Once {successor} is in use there, finish the rotation."
            )
        return NextStep(
            "r", f"This one is quiet. See whether {successor} has taken over, and finish."
        )
    if key.predecessor is not None and key.last_used_at is None:
        return NextStep("", f"Put it where {shown(prefix, key.predecessor)} is used.")
    return None


def _for_the_unused(details: Details, now: int) -> NextStep | None:
    key = details.key
    if key.last_used_at is None:
        age = now - key.created_at
        if age < UNUSED_AFTER:
            return None
        return NextStep("X", f"Never used in {distance(age)}. If nobody needs it, revoke it.")
    if Note.IDLE in key.notes(now):
        silent = distance(now - key.last_used_at)
        return NextStep("X", f"Unused for {silent}. If nobody misses it, revoke it.")
    if details.unneeded is not None:
        verb = "X" if details.unneeded.revoke else "t"
        return NextStep(verb, f"{unneeded(details.unneeded, now)}.")
    return None


def successor_keeps(key: Key, prefix: str) -> str:
    """Return what to add where a trimmed key is being replaced by one with its old scopes."""
    if not key.rotating or key.successor is None:
        return ""
    return f" Its successor, {shown(prefix, key.successor)}, still has what was taken away."


def unneeded(proposal: Proposal, now: int) -> str:
    """Return what a key could do without and what was seen, without a full stop.

    “events:write: never used in 84 days, 12,430 requests with events:read”
    """
    scopes = canonical(proposal.unused).replace(" ", ", ")
    since = "never used" if proposal.never else "not used"
    seen = ", ".join(f"{count:,} with {scope}" for scope, count in proposal.used[1:MOST_SEEN])
    told = f"{scopes}: {since} in {proposal.days(now)} days"
    if proposal.used:
        scope, count = proposal.used[0]
        told += f", {count:,} {'request' if count == 1 else 'requests'} with {scope}"
    return f"{told}, {seen}" if seen else told


def _latest(details: Details, now: int, *verdicts: Verdict) -> Refusal | None:
    recent = (one for one in details.usage.refusals if now - one.at < RECENT)
    return next((one for one in recent if one.verdict in verdicts), None)
