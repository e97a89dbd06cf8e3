"""What the commands about a leaver's keys share: one rotation, what is printed, how to go on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from console.commands import standard_input
from console.commands.connection_usage import tool_object
from console.commands.ending import NotAgreed, asks
from console.commands.ending_keys import ask_to_rotate
from console.commands.hand_over import Sink, hand_over
from console.commands.in_force import report, wait
from console.commands.line import Line
from console.commands.output import say
from console.commands.tables import table

if TYPE_CHECKING:
    from store.domain.offboarding import KnownKey, Offboarding
    from store.domain.people import Actor
    from store.operations.store import Store


@dataclass(frozen=True, slots=True)
class Length:
    """How long a leaver's copy works beside the new key: milliseconds, or None for open."""

    milliseconds: int | None


def rotate_one(
    line: Line,
    store: "Store",
    actor: "Actor",
    reference: str | int,
    key: str,
    overlap: "Length | None",
    into: Sink | None,
    *,
    end_older: bool = False,
    told: bool = False,
) -> None:
    """Rotate one of the keys, hand the new one over and write the decision down.

    `reference` is the offboarding's id, or an e-mail. Without an `overlap` it is asked for at a
    terminal, with the key's use in view unless that was `told` just now; there is none for a key
    that was never used.
    """
    from store.errors import NotReplaced, SuccessorNotStored

    known = store.offboardings.meant(actor, reference, key)
    try:
        theirs = store.offboardings.rotated(actor, reference, known.key.id)
    except (NotReplaced, SuccessorNotStored) as refusal:
        if isinstance(refusal, SuccessorNotStored):
            name = known.key.name
            say(f"“{name}” was rotated, but nobody stored the new key: it is made anew.")
            done = store.rotations.again(actor, known.key.id)
        else:
            length = overlap or _asked_length(line, store, known, told=told)
            key_id, may_end = ask_to_rotate(
                line, store, actor, known.key.id, None, end_older=end_older
            )
            done = store.rotations.rotate(
                actor, key_id, overlap_ms=length.milliseconds, end_older=may_end
            )
        made, commits = done.unpack()
        old, new = (f"{store.prefix}_{key.id}" for key in (made.predecessor, made.successor))
        way_out = f"{old} works on, and nobody has {new}: say it once more for another."
        hand_over(line, store, actor, made.successor, made.secret, into, way_out)
        store.keys.confirm(actor, made.successor.id)
        store.offboardings.rotated(actor, reference, known.key.id)
        wait(store, commits, silent=line.json)
    else:
        sentence = f"“{known.key.name}” was rotated already: now it is decided."
        report(line, store, (), sentence, offboarding_object(theirs, store.clock.now()))


def length_of(text: str) -> Length:
    """Return a length that was typed; `none` and `open` are lengths, too. Raises Invalid."""
    from store.domain.rotation import NO_OVERLAP
    from store.domain.times import duration

    if text in ("none", "open"):
        return Length(NO_OVERLAP if text == "none" else None)
    return Length(duration(text, "overlap"))


def _asked_length(line: Line, store: "Store", known: "KnownKey", *, told: bool) -> Length:
    """Return how long a key that a leaver knows is to work on: whoever is there is asked."""
    from console.text import key_words
    from store.domain.rotation import DEFAULT_OVERLAP, NO_OVERLAP
    from store.errors import Invalid

    key, now = known.key, store.clock.now()
    if key.last_used_at is None:
        say(f"“{key.name}” was never used, so the copy they know stops at once.")
        return Length(NO_OVERLAP)
    if not asks(line):
        return Length(DEFAULT_OVERLAP)
    use = "" if told else f"{key_words.use(key, known.traffic, now)}."
    question = (
        f"“{key.name}”: how long does the copy they know work on? (none, 1h, 24h, 7d, open): "
    )
    while True:
        typed = standard_input.answer(question, use)
        if not typed:
            raise NotAgreed
        try:
            return length_of(typed)
        except Invalid as error:
            say(str(error))


def print_keys(store: "Store", theirs: "Offboarding") -> None:
    """Print the keys of an offboarding, one a line."""
    from console.text import key_words
    from console.text.offboarding_words import outcome
    from console.text.times import ago

    now = store.clock.now()
    table(
        ("KEY", "ID", "KNOWN", "SINCE", "USE", "DECISION"),
        [
            (
                known_key.key.name,
                f"{store.prefix}_{known_key.key.id}",
                key_words.ways(known_key.ways),
                ago(known_key.since, now),
                key_words.use(known_key.key, known_key.traffic, now),
                outcome(known_key, now, store.prefix),
            )
            for known_key in theirs.keys
        ],
    )


def print_assistants(store: "Store", theirs: "Offboarding") -> None:
    """Print the assistants that ended with their membership, and what those called."""
    from console.text.offboarding_words import called
    from console.text.times import ago

    if not theirs.assistants:
        return
    now = store.clock.now()
    print()
    table(
        ("ASSISTANT", "CONNECTION", "REVOKED", "CALLED", "LAST USED"),
        [
            (
                ended.connection.name,
                ended.connection.id,
                ago(ended.connection.revoked_at, now),
                called(ended),
                ago(ended.connection.last_used_at, now),
            )
            for ended in theirs.assistants
        ],
    )


def how_to_go_on(theirs: "Offboarding", now: int) -> None:
    """Say what is left to decide, and how, and until when they can use what they know."""
    from console.text.offboarding_words import still_working

    left = len(theirs.waiting(now))
    if theirs.finished_at is not None:
        if works := still_working(theirs, now):
            say(works)
        say(f"All is decided. The record: keydeck people offboarding show {theirs.email}")
    elif left:
        noun = "key waits" if left == 1 else "keys wait"
        say(f"{left:,} {noun} for a decision: rotate, revoke or keep each.")
        say(f"keydeck people offboarding rotate|revoke|keep {theirs.email} KEY")
    else:
        say(f"Nothing is left to decide: keydeck people offboarding finish {theirs.email}")


def offboarding_object(theirs: "Offboarding", now: int) -> dict[str, Any]:
    """Return an offboarding as JSON has it; times are RFC 3339 UTC, null where none."""
    from store.domain.times import rfc3339, rfc3339_or_none

    keys = []
    for known_key in theirs.keys:
        decided = known_key.decided
        keys.append(
            {
                "id": known_key.key.id,
                "name": known_key.key.name,
                "state": known_key.key.state(now).value,
                "known": [way.value for way in known_key.ways],
                "since": rfc3339(known_key.since),
                "expires_at": rfc3339_or_none(known_key.key.expires_at),
                "last_used_at": rfc3339_or_none(known_key.key.last_used_at),
                "last_address": known_key.traffic.last_address,
                "allowed_last_hour": known_key.traffic.allowed,
                "refused_last_hour": known_key.traffic.refused,
                "decision": decided.what.value if decided else None,
                "unstored_successor": known_key.unstored,
                "reason": decided.reason if decided else None,
                "successor": decided.successor if decided else None,
                "decided_at": rfc3339(decided.at) if decided else None,
                "decided_by": decided.by if decided else None,
            }
        )
    return {
        "id": theirs.id,
        "email": theirs.email,
        "name": theirs.name,
        "started_at": rfc3339(theirs.started_at),
        "started_by": theirs.started_by,
        "finished_at": rfc3339_or_none(theirs.finished_at),
        "finished_by": theirs.finished_by,
        "waiting": len(theirs.waiting(now)),
        "keys": keys,
        "connections": [
            {
                "id": ended.connection.id,
                "name": ended.connection.name,
                "revoked_at": rfc3339_or_none(ended.connection.revoked_at),
                "last_used_at": rfc3339_or_none(ended.connection.last_used_at),
                "tools": [tool_object(use) for use in ended.called],
            }
            for ended in theirs.assistants
        ],
    }
