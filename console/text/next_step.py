"""The one thing to do next about a key, if there is any. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.text.leak_words import first
from console.text.situation import Situation
from console.text.stop_words import stopped
from console.text.times import ago, distance, expiry
from store.domain.key_string import shown
from store.domain.keys import Key, Note
from store.domain.limits import Subject
from store.domain.right_sizing import Proposal
from store.domain.scopes import canonical
from store.domain.times import SECOND
from store.domain.usage import Refusal
from store.domain.verdicts import Verdict

if TYPE_CHECKING:
    from store.service.keys import Details

MOST_SEEN = 3
"""Scopes in use that a proposal to trim names."""
MOST_ROUTES = 2
"""Routes that it names."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do, and the key of the console that does it, if one does."""

    key: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about the keys that something applies to."""

    about: str
    applies: Callable[[Situation], object]
    """Whether it does, by what it returns being true; the rows before do not."""
    step: Callable[[Situation], NextStep | None]
    """What to do then; None where it is certain that nothing is."""


def next_step(details: "Details", now: int, prefix: str) -> NextStep | None:
    """Return the most pressing thing to do about a key, or None where there is none."""
    situation = Situation(details, now, prefix)
    row = next((row for row in ADVICE if row.applies(situation)), None)
    return row.step(situation) if row is not None else None


def _nothing(_: Situation) -> None:
    return None


def _presented(at: Situation) -> str:
    last = at.still_presented()[0]
    return f"Still presented {ago(last.at, at.now)} by {last.address or 'an unknown address'}."


def _put_successor(at: Situation) -> NextStep:
    put = f"Put {at.replaced_by} there."
    return NextStep("", f"{_presented(at)} {first(at.key, put)}")


def _find_out(at: Situation) -> NextStep:
    # It may be whoever it was revoked for.
    then = "Find out who that is; what is yours needs a new key."
    return NextStep("n", f"{_presented(at)} {then}")


def _replace_leaked(at: Situation) -> NextStep:
    rotate = "Rotate it, put the new one in place, and revoke this one."
    return NextStep("r", f"{_found_leaked(at)} {first(at.key, rotate)}")


def _revoke_leaked(at: Situation) -> NextStep:
    return NextStep("X", f"{_found_leaked(at)} Revoke it.")


def _found_leaked(at: Situation) -> str:
    return f"Found leaked {ago(at.key.leaked_at, at.now)}."


def _go_on(at: Situation) -> NextStep:
    stops = at.details.stops
    told = " ".join(stopped(stops, at.now)) if stops else "It was stopped."
    return NextStep("p", f"{told} Let it go on, or revoke it.")


_LOST = "Nobody said that it is stored. If it was lost,"


def _rotate_older_again(at: Situation) -> NextStep:
    # Rotating it would end the predecessor at once, which is the key in use.
    return NextStep("X", f"{_LOST} revoke it and rotate {at.replaces} again.")


def _rotate_lost(_: Situation) -> NextStep:
    return NextStep("r", f"{_LOST} rotate it.")


def _rotate_expiring(at: Situation) -> NextStep:
    return NextStep("r", f"Rotate it: it stops {expiry(at.key.expires_at, at.now)}.")


def _await_successor(at: Situation) -> NextStep:
    by = at.details.traffic.last_address
    used = ago(at.key.last_used_at, at.now) + (f" by {by}" if by else "")
    then = f"Once {at.replaced_by} is in use there, finish the rotation."
    return NextStep("r", f"Used {used}. {then}")


def _finish(at: Situation) -> NextStep:
    return NextStep(
        "r", f"This one is quiet. See whether {at.replaced_by} has taken over, and finish."
    )


def _put_in_place(at: Situation) -> NextStep:
    return NextStep("", f"Put it where {at.replaces} is used.")


def _rotate_due(at: Situation) -> NextStep:
    due = at.key.rotation_due_at() or at.now
    if due > at.now:
        return NextStep("r", f"Rotate it: that is due {expiry(due, at.now)}.")
    when = "now" if at.now - due < SECOND else f"{distance(at.now - due)} ago"
    return NextStep("r", f"Rotate it: that was due {when}.")


def _raise_limit(at: Situation) -> NextStep:
    last = next(iter(at.refused(Verdict.LIMITED)), None)
    asked = f": {_request(last)}" if last is not None else ""
    refused = f"Refused {ago(at.key.over_limit_at, at.now)} by a limit{asked}."
    limits = at.details.limits
    own = not limits or any(used.limit.subject is Subject.KEY for used in limits)
    if own:
        return NextStep("l", f"{refused} Raise it, or tell its holder.")
    return NextStep("", f"{refused} Raise it with keydeck limits set, or tell its holder.")


def _grant(at: Situation) -> NextStep:
    last = at.refused(Verdict.SCOPE)[0]
    lacked = f"{', '.join(last.needed)}, which" if last.needed else "a scope"
    asked = f"{_refused(at, last)} for {lacked} it lacks: {_request(last)}."
    return NextStep("s", f"{asked} Grant it, or tell its holder.")


def _name_route(at: Situation) -> NextStep:
    last = at.refused(Verdict.ROUTE)[0]
    asked = f"{_refused(at, last)}: no route names {_request(last)}."
    return NextStep("", f"{asked} If it may pass, add one: 6, then n.")


def _refused(at: Situation, refusal: Refusal) -> str:
    return f"Refused {ago(refusal.at, at.now)}"


def _request(refusal: Refusal) -> str:
    return f"{refusal.method} {refusal.path.partition('?')[0]}"


def _revoke_never_used(at: Situation) -> NextStep:
    age = distance(at.now - at.key.created_at)
    return NextStep("X", f"Never used in {age}. If nobody needs it, revoke it.")


def _revoke_idle(at: Situation) -> NextStep:
    silent = distance(at.now - (at.key.last_used_at or 0))
    return NextStep("X", f"Unused for {silent}. If nobody misses it, revoke it.")


def _trim(at: Situation) -> NextStep | None:
    proposal = at.details.unneeded
    if proposal is None:
        return None
    return NextStep("X" if proposal.revoke else "t", f"{unneeded(proposal, at.now)}.")


ADVICE: tuple[Advice, ...] = (
    Advice(
        "presented, and replaced",
        lambda at: at.still_presented() and at.key.successor is not None,
        _put_successor,
    ),
    Advice("presented", lambda at: at.still_presented(), _find_out),
    Advice("ended", lambda at: at.ended, _nothing),
    Advice("stopped", lambda at: at.key.stopped_at is not None, _go_on),
    Advice(
        "leaked, in use",
        lambda at: at.key.leaked_at is not None and at.in_use and at.key.successor is None,
        _replace_leaked,
    ),
    Advice("leaked", lambda at: at.key.leaked_at is not None, _revoke_leaked),
    Advice(
        "unconfirmed successor",
        lambda at: at.has(Note.UNCONFIRMED) and at.newer and not at.older,
        _rotate_older_again,
    ),
    Advice("unconfirmed", lambda at: at.has(Note.UNCONFIRMED) and not at.older, _rotate_lost),
    Advice(
        "expiring",
        lambda at: at.has(Note.EXPIRING) and not at.key.rotating and not at.unused,
        _rotate_expiring,
    ),
    Advice(
        "rotating, in use",
        lambda at: at.older and at.in_use,
        _await_successor,
    ),
    Advice("rotating, quiet", lambda at: at.older, _finish),
    Advice(
        "rotating, not taken over",
        lambda at: at.newer and at.key.last_used_at is None,
        _put_in_place,
    ),
    Advice("rotating", lambda at: at.key.rotating, _nothing),
    Advice("rotation due", lambda at: at.has(Note.ROTATION_DUE), _rotate_due),
    Advice("over a limit", lambda at: at.has(Note.OVER_LIMIT), _raise_limit),
    Advice("lacking a scope", lambda at: at.refused(Verdict.SCOPE), _grant),
    Advice("asking for what no route names", lambda at: at.refused(Verdict.ROUTE), _name_route),
    Advice("never used", lambda at: at.key.last_used_at is None and at.unused, _revoke_never_used),
    Advice("new", lambda at: at.key.last_used_at is None, _nothing),
    Advice("idle", lambda at: at.has(Note.IDLE), _revoke_idle),
    Advice("with scopes it does not use", lambda at: at.details.unneeded is not None, _trim),
)
"""What may press, the most pressing first: the first that applies is what to do."""


def successor_keeps(key: Key, prefix: str) -> str:
    """Return what to add where a trimmed key is being replaced by one with its old scopes."""
    if not key.rotating or key.successor is None:
        return ""
    return f" Its successor, {shown(prefix, key.successor)}, still has what was taken away."


def unneeded(proposal: Proposal, now: int) -> str:
    """Return what a key could do without and what was seen, without a full stop.

    “events:write: never used in 84 days, nor was POST /events called, 12,430 requests with
    events:read”
    """
    scopes = canonical(proposal.unused).replace(" ", ", ")
    since = "never used" if proposal.never else "not used"
    seen = ", ".join(f"{count:,} with {scope}" for scope, count in proposal.used[1:MOST_SEEN])
    words = f"{scopes}: {since} in {proposal.days(now)} days"
    if proposal.routes:
        words += f", nor was {_named(proposal.routes)} called"
    if proposal.used:
        scope, count = proposal.used[0]
        words += f", {count:,} {'request' if count == 1 else 'requests'} with {scope}"
    return f"{words}, {seen}" if seen else words


def _named(routes: Sequence[str]) -> str:
    more = len(routes) - MOST_ROUTES
    named = [*routes[:MOST_ROUTES], *([f"{more:,} more"] if more > 0 else [])]
    return " or ".join(named)
