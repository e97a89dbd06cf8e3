"""Audit entries, and the chain of MACs that ties a workspace's entries together."""

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from store.domain.audit.actions import SIGN_INS

GENESIS = bytes(32)
"""The previous MAC of a workspace's first entry."""

PURPOSE = "keydeck audit chain"
"""What the chain's key is derived from a pepper for."""

UNREADABLE = "audit.unreadable"
"""The action of an entry that stands for a row which holds none any more."""


class Told(NamedTuple):
    """What an entry is about, and what it says of that."""

    subject: str
    subject_name: str
    details: dict[str, Any]


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


def name_sign_ins(sought: Iterable[Sought]) -> bool:
    """Return whether one of the words looks for those who came in."""
    return any(
        action in term.actions or term.word.casefold() in action
        for term in sought
        for action in SIGN_INS
    )


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
