"""The audit in words. Pure; nothing here is made safe for a screen yet."""

import json
import re
from collections.abc import Iterable
from datetime import datetime

from console.text.times import day, to_the_millisecond
from store.audit import UNREADABLE, AuditEntry, Sought, not_known_in_force
from store.filtering import FIELDS
from store.quoting import quoted
from store.service.committed import Committed
from store.times import DAY, instant_of, moment

_DID = {
    "key.created": "created key",
    "key.confirmed": "stored key",
    "key.shown": "was shown key",
    "key.copied": "copied key",
    "key.filed": "wrote to a file key",
    "key.piped": "piped to a command key",
    "key.scoped": "scoped key",
    "key.trimmed": "trimmed key",
    "key.decided": "decided for a leaver about key",
    "key.extended": "moved expiry of key",
    "key.rotated": "rotated key",
    "key.minted_anew": "was shown anew key",
    "key.overlap_ended": "ended overlap of key",
    "key.overlap_extended": "extended overlap of key",
    "key.rotation_finished": "finished rotation to key",
    "key.rotation_abandoned": "abandoned rotation of key",
    "key.revoked": "revoked key",
    "key.in_force": "change in force of key",
    "key.found_leaked": "found leaked key",
    "leak.reported": "told of leaked key",
    "leak.dismissed": "dismissed the leak of key",
    "key.carried_over": "restored a backup but not key",
    "connection.approved": "connected",
    "connection.denied": "denied",
    "connection.opened": "opened connection",
    "connection.scoped": "narrowed connection",
    "connection.revoked": "revoked connection",
    "connection.ended": "ended connection",
    "connection.in_force": "change in force of connection",
    "connection.carried_over": "restored a backup but not connection",
    "person.added": "added",
    "person.code_issued": "gave a code to",
    "person.left": "let go",
    "person.offboarded": "offboarded",
    "person.role_changed": "changed role of",
    "person.signed_in": "signed in",
    "person.signed_in_over_ssh": "signed in over SSH",
    "person.signed_in_to_approve": "signed in to approve",
    "person.switched_here": "switched here",
    "person.enrolled": "enrolled",
    "person.password_chosen": "chose a password",
    "person.sign_in_failed": "failed sign-in of",
    "workspace.created": "made the workspace",
    "workspace.plan_changed": "changed the plan",
    "workspace.plan_in_force": "change in force of the plan",
    "workspace.colour_changed": "changed the colour",
    "resource.added": "added resource",
    "resource.removed": "removed resource",
    "store.restored": "restored the store",
    "store.confirmed": "confirmed the store",
    "store.leak_policy_changed": "changed what a leak report does",
    UNREADABLE: "unreadable entry",
}
_FOR_KEYS = re.compile(rf"-\S|(?:{'|'.join(FIELDS)}):", re.IGNORECASE)
_OF_ONESELF = (
    "person.signed_in",
    "person.signed_in_over_ssh",
    "person.signed_in_to_approve",
    "person.switched_here",
    "person.enrolled",
    "person.password_chosen",
)
GRAVE = (
    *("key.revoked", "key.found_leaked", "leak.reported"),
    *("connection.revoked", "connection.ended"),
    *("person.left", "person.sign_in_failed", UNREADABLE),
)


def did(entry: AuditEntry) -> str:
    """Return what was done: `revoked key`; an action without words as it is written."""
    words = _DID.get(entry.action, entry.action.replace(".", " ").replace("_", " "))
    if not_known_in_force(entry):
        return f"not known: {words}"
    return words


def committed(done: Iterable[Committed]) -> str:
    """Return what was done: `created key Zapier (jw…)`; that somebody signed in is left out."""
    own = [one for one in done if one.action not in (*_OF_ONESELF[:-1], "person.sign_in_failed")]
    return ", ".join(
        f"{_DID.get(one.action, one.action)} {one.subject_name}"
        + (f" ({one.subject})" if one.subject != one.subject_name else "")
        for one in own
    )


def sought(word: str) -> Sought:
    """Return what a typed word looks for: itself, and every action whose words it is in."""
    folded = word.casefold()
    return Sought(word, tuple(name for name, words in _DID.items() if folded in words.casefold()))


def words_alone(text: str) -> tuple[str, str]:
    """Return a filter without terms that only keys have, and the first of those, or nothing."""
    tokens = text.split()
    foreign = [token for token in tokens if _FOR_KEYS.match(token)]
    return " ".join(one for one in tokens if one not in foreign), (foreign or [""])[0]


def who(entry: AuditEntry) -> str:
    """Return who did it, without the part of an e-mail after the @."""
    # Whoever could not sign in is nobody yet.
    nobody = entry.action == "person.sign_in_failed"
    return "somebody" if nobody else entry.actor.partition("@")[0]


def to_whom(entry: AuditEntry) -> str:
    """Return what it was done to, empty where somebody did it to themselves."""
    of_themselves = entry.subject_name == entry.actor and entry.action in _OF_ONESELF
    if of_themselves:
        return ""
    # Only an assistant chose its name without anybody of ours.
    if entry.action.startswith("connection.") and entry.subject_name:
        return quoted(entry.subject_name)
    return entry.subject_name or entry.subject


def when(instant: int, now: int) -> str:
    """Return an instant in UTC as a list shows it: the time of today, the day of before."""
    at = moment(instant)
    if now // DAY == instant // DAY:
        return f"{at:%H:%M:%S}"
    return f"{day(instant):>11} {at:%H:%M}"


def told(details: dict[str, object]) -> list[tuple[str, str]]:
    """Return an entry's details as names and values; what is empty is left out."""
    return [
        (name.replace("_", " "), value_in_words(value, exact=name in _EXACT))
        for name, value in details.items()
        if value not in (None, "", [])
    ]


_EXACT = ("committed_at", "in_force_at", "in_force_by")
"""Instants that are told to the millisecond: what lies between them is a matter of few."""


def value_in_words(value: object, *, exact: bool = False) -> str:
    """Return one of an entry's details; an `exact` instant is told to the millisecond."""
    if isinstance(value, dict) and {"host", "process", "how", "after_ms"} <= value.keys():
        who = f"{value['host']} ({value['process']})"
        if value["after_ms"] is None:
            return f"{who} waited for"
        return f"{who} {value['how']} after {value['after_ms']} ms"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value_in_words(one) for one in value)
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    # As `store.times.rfc3339` writes an instant.
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value):
        at = datetime.fromisoformat(value)
        time = to_the_millisecond(instant_of(at)) if exact else f"{at:%H:%M}"
        return f"{at.day} {at:%b %Y} {time} UTC"
    return value
