"""An offboarding in words: what was decided, how far it is, and the record of it. Pure."""

import re
from collections.abc import Iterable

from console.text import key_words
from console.text.safe import safe
from console.text.times import ago, exact
from store.domain.key_string import shown
from store.domain.keys import State
from store.domain.offboarding import Decision, EndedAssistant, KnownKey, Leaver, Offboarding

_STEERS = re.compile(r"([\\`*_\[\]<>|#~])")
"""What Markdown reads as more than text."""
MOST_CALLED = 5
"""Tools of an assistant that are named."""


DONE = {Decision.KEEP: "kept", Decision.REVOKE: "revoked", Decision.ROTATE: "rotated"}
"""What a decision is once it is made, in a word."""


def outcome(known_key: KnownKey, now: int, prefix: str) -> str:
    """Return what becomes of a key: `kept: no data in it`, `to decide`, `expired otherwise`."""
    decided, key = known_key.decided, known_key.key
    if decided is None:
        state = key.state(now)
        if state is not State.ACTIVE:
            return f"{state.value} otherwise"
        if known_key.unstored is not None:
            return f"rotated, but nobody stored the new key, {shown(prefix, known_key.unstored)}"
        if key.rotating and key.successor is not None:
            return f"to decide; {shown(prefix, key.successor)} is replacing it"
        return "to decide"
    match decided.what:
        case Decision.KEEP:
            return f"kept: {decided.reason}"
        case Decision.REVOKE:
            return f"revoked: {key.revoke_reason}" if key.revoke_reason else "revoked"
        case Decision.ROTATE:
            new = shown(prefix, decided.successor) if decided.successor else "another key"
            if key.state(now) is not State.ACTIVE:
                return f"replaced by {new}"
            ends = f"works until {exact(key.expires_at)}" if key.expires_at else "works on"
            return f"replaced by {new}, the old one {ends}"


def progress(theirs: Offboarding, now: int) -> str:
    """Return how far it is: `2 of 5 decided`."""
    total = len(theirs.keys)
    return f"{total - len(theirs.waiting(now))} of {total} decided"


def still_working(theirs: Offboarding, now: int) -> str:
    """Return until when a leaver can go on with keys that were rotated; empty where they cannot.

    “Tom can go on with “Shop” until 6 Dec 2026 12:00 UTC, with “Site” until it is revoked.”
    """
    copies = [
        f"with “{known_key.key.name}” until "
        + (exact(known_key.key.expires_at) if known_key.key.expires_at else "it is revoked")
        for known_key in theirs.keys
        if known_key.decided is not None
        and known_key.decided.what is Decision.ROTATE
        and known_key.key.state(now) is State.ACTIVE
    ]
    return f"{theirs.name} can go on {', '.join(copies)}." if copies else ""


def called(assistant: EndedAssistant) -> str:
    """Return what an assistant called, latest first: `list_events 12, create_event 3`."""
    latest = sorted(assistant.called, key=lambda use: -use.last_used_at)
    named = [f"{use.tool} {use.calls:,}" for use in latest[:MOST_CALLED]]
    if len(latest) > MOST_CALLED:
        named.append(f"and {len(latest) - MOST_CALLED:,} more")
    return ", ".join(named) or "nothing"


def still_open(leavers: Iterable[Leaver], email: str) -> str:
    """Return what is to be said of somebody who is back while keys still wait; else nothing."""
    waiting = sum(leaver.waiting for leaver in leavers if leaver.email == email)
    if not waiting:
        return ""
    keys = "1 key waits" if waiting == 1 else f"{waiting:,} keys wait"
    return f"From when they left, {keys} for a decision; it stays open."


def known(known_key: KnownKey, now: int) -> str:
    """Return how a key is known and since when: `created it, copied it, 9 d ago`."""
    return f"{key_words.ways(known_key.ways)}, {ago(known_key.since, now)}"


def markdown(theirs: Offboarding, workspace: str, now: int, prefix: str) -> str:
    """Return the record for a ticket, in Markdown. No foreign string in it is more than text."""
    lines = [
        f"# {_plain(theirs.name)} left {_plain(workspace)}",
        "",
        f"- Who: {_plain(theirs.name)}, {_plain(theirs.email)}",
        f"- Membership ended: {exact(theirs.started_at)}, by {_plain(theirs.started_by)}",
        _finished(theirs, now),
        "",
        "| Key | Id | How they know it | Since | Use when this was written | Outcome | By | At |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for known_key in theirs.keys:
        decided = known_key.decided
        cells = (
            known_key.key.name,
            shown(prefix, known_key.key.id),
            key_words.ways(known_key.ways),
            exact(known_key.since),
            key_words.use(known_key.key, known_key.traffic, now),
            outcome(known_key, now, prefix),
            decided.by if decided else "",
            exact(decided.at) if decided else "",
        )
        lines.append(f"| {' | '.join(_plain(cell) for cell in cells)} |")
    if theirs.assistants:
        lines += [
            "",
            "| Assistant they had connected | Connection | Revoked | Called in its last 30 days |",
            "|---|---|---|---|",
        ]
    for ended in theirs.assistants:
        one = ended.connection
        at = exact(one.revoked_at) if one.revoked_at is not None else ""
        told = (one.name, one.id, at, called(ended))
        lines.append(f"| {' | '.join(map(_plain, told))} |")
    return "\n".join(lines) + "\n"


def _finished(theirs: Offboarding, now: int) -> str:
    if theirs.finished_at is None:
        return f"- Not finished on {exact(now)}: {progress(theirs, now)}"
    return f"- Finished: {exact(theirs.finished_at)}, by {_plain(theirs.finished_by or '')}"


def _plain(text: str) -> str:
    return _STEERS.sub(r"\\\1", safe(text))
