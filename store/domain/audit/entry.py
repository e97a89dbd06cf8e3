"""Audit entries, and the chain of MACs that ties a workspace's entries together."""

import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from store.domain.times import moment

GENESIS = bytes(32)
"""The previous MAC of a workspace's first entry."""

PURPOSE = "keydeck audit chain"
"""What the chain's key is derived from a pepper for."""

UNREADABLE = "audit.unreadable"
"""The action of an entry that stands for a row which holds none any more."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to whom, when. Append-only."""

    workspace_id: int
    seq: int
    """Counts a workspace's entries from 1."""
    at: int
    actor_id: int | None
    """None for the operator."""
    actor: str
    action: str
    subject: str
    subject_name: str
    details: dict[str, Any]
    revision: int


@dataclass(frozen=True, slots=True)
class Committed:
    """What the audit says was done, and to what."""

    action: str
    subject: str
    subject_name: str


@dataclass(frozen=True, slots=True)
class Sought:
    """What an entry is looked for by: a word in one of its columns, or an action."""

    word: str
    actions: tuple[str, ...] = ()
    """Actions that are meant by the word, though it is not in their name."""


def mac(entry: AuditEntry, previous: bytes, key: bytes, details: str | None = None) -> bytes:
    """Return HMAC-SHA-256 over the previous MAC and every column of the entry.

    `details` is their text where it is stored already.
    """
    columns = [
        entry.workspace_id,
        entry.seq,
        entry.at,
        entry.actor_id,
        entry.actor,
        entry.action,
        entry.subject,
        entry.subject_name,
        written(entry.details) if details is None else details,
        entry.revision,
    ]
    return hmac.digest(key, previous + json.dumps(columns).encode(), "sha256")


def written(details: dict[str, Any]) -> str:
    """Return an entry's details as stored: JSON with sorted keys."""
    return json.dumps(details, sort_keys=True, ensure_ascii=False)


def changed(entry: AuditEntry) -> str:
    """Return what an entry changed of a key or connection: `+ quotes:write`, `to 21 Feb 2027 …`.

    Of a revocation it is the reason; empty where there is nothing to say.
    """
    try:
        return str(_changed(entry))
    except (AttributeError, TypeError, ValueError):
        # Somebody wrote other details into the table: that is for the chain to tell.
        return ""


_STAYED = {
    "revoked": "revoked",
    "ended": "ended, or to end sooner",
    "narrowed": "narrowed",
    "secret": "with its newer secret",
}


def _changed(entry: AuditEntry) -> str:
    told = entry.details
    match entry.action:
        case "key.created" | "connection.approved":
            return ", ".join(
                [told.get("scopes", ""), f"expires {_day(told.get('expires_at'))}"]
            ).removeprefix(", ")
        case "key.scoped" | "key.trimmed" | "connection.scoped":
            signs = (("+", "added"), ("-", "removed"))
            return " ".join(
                f"{sign} {scope}" for sign, field in signs for scope in told.get(field, "").split()
            )
        case "key.carried_over" | "connection.carried_over":
            return ", ".join(_STAYED[one] for one in told.get("still", ()))
        case "key.extended":
            return f"to {_day(told.get('expires_at'))}, was {_day(told.get('before'))}"
        case "key.rotated":
            ends = told.get("overlap_ends_at")
            return f"both work until {_day(ends) if ends else 'one is revoked'}"
        case "key.overlap_extended":
            return f"both work until {_day(told.get('expires_at'))}"
        case "key.rotation_abandoned":
            return f"expires {_day(told.get('expires_at'))}"
        case "key.revoked" | "connection.revoked" | "connection.ended":
            return told.get("reason") or ""
        case "key.in_force" | "connection.in_force" | "workspace.plan_in_force":
            return _in_force(told)
        case "leak.reported":
            return " ".join(filter(None, (told.get("url"), f"from {told.get('reporter')}")))
        case "key.decided":
            why = f": {told['reason']}" if told.get("reason") else ""
            return f"{told.get('leaver')} left, {told.get('decision')}{why}"
    return ""


def not_known_in_force(entry: AuditEntry) -> bool:
    """Return whether an entry is the receipt of what nobody knows to be in force."""
    return entry.action.endswith("in_force") and entry.details.get("in_force_at", "") is None


def _in_force(told: dict[str, Any]) -> str:
    if told.get("in_force_at") is None:
        return f"not known: {told.get('trouble')}"
    committed, in_force = (
        datetime.fromisoformat(told[one]) for one in ("committed_at", "in_force_at")
    )
    of = len(told["verifiers"])
    where = "on 1 verifier " if of == 1 else f"on {of} verifiers " if of else ""
    return f"{where}after {(in_force - committed) // timedelta(milliseconds=1)} ms"


def in_full(entry: AuditEntry) -> str:
    """Return who did what when: `scoped by bob@acme.example at 14:03:47 UTC (+ quotes:write)`."""
    did = entry.action.rpartition(".")[2].replace("_", " ")
    what = changed(entry)
    said = f"{did} by {entry.actor} at {moment(entry.at):%H:%M:%S} UTC"
    return f"{said} ({what})" if what else said


def _day(written_instant: str | None) -> str:
    if written_instant is None:
        return "never"
    day = datetime.fromisoformat(written_instant)
    return f"{day.day} {day:%b %Y}"
