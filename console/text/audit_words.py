"""The audit in words. Pure; nothing here is made safe for a screen yet."""

import json
import re
from collections.abc import Iterable
from datetime import datetime

from console.text.action_words import UNREADABLE_WORDS, WORDS, words_of
from console.text.times import day, to_the_millisecond
from store.domain.audit.actions import Action
from store.domain.audit.changes import not_known_in_force
from store.domain.audit.entry import UNREADABLE, AuditEntry, Committed, Sought
from store.domain.filtering import FIELDS
from store.domain.times import DAY, instant_of, moment
from store.errors.quoting import quoted

_FOR_KEYS = re.compile(rf"-\S|(?:{'|'.join(FIELDS)}):", re.IGNORECASE)


_SIGNED_IN = (
    Action.PERSON_SIGNED_IN,
    Action.PERSON_SIGNED_IN_OVER_SSH,
    Action.PERSON_SIGNED_IN_TO_APPROVE,
    Action.PERSON_SWITCHED_HERE,
    Action.PERSON_LOGGED_IN,
    Action.PERSON_LOGGED_OUT,
    Action.PERSON_ENROLLED,
    Action.PERSON_SIGN_IN_FAILED,
)
"""What is no change that a command tells of."""


def did(entry: AuditEntry) -> str:
    """Return what was done: `revoked key`; an action without words as it is written."""
    words = words_of(entry.action).did
    if not_known_in_force(entry):
        return f"not known: {words}"
    return words


def committed(done: Iterable[Committed]) -> str:
    """Return what was done: `created key Zapier (jw…)`; that somebody signed in is left out."""
    own = [entry for entry in done if entry.action not in _SIGNED_IN]
    return ", ".join(
        f"{words_of(entry.action).did} {entry.subject_name}"
        + (f" ({entry.subject})" if entry.subject != entry.subject_name else "")
        for entry in own
    )


def sought(word: str) -> Sought:
    """Return what a typed word looks for: itself, and every action whose words it is in."""
    folded = word.casefold()
    phrases = {action.value: words.did for action, words in WORDS.items()}
    phrases[UNREADABLE] = UNREADABLE_WORDS.did
    return Sought(
        word, tuple(action for action, did in phrases.items() if folded in did.casefold())
    )


def words_alone(text: str) -> tuple[str, str]:
    """Return a filter without terms that only keys have, and the first of those, or nothing."""
    tokens = text.split()
    foreign = [token for token in tokens if _FOR_KEYS.match(token)]
    return " ".join(token for token in tokens if token not in foreign), (foreign or [""])[0]


def who(entry: AuditEntry) -> str:
    """Return who did it, without the part of an e-mail after the @."""
    # Whoever could not sign in is nobody yet.
    nobody = entry.action == "person.sign_in_failed"
    return "somebody" if nobody else entry.actor.partition("@")[0]


def to_whom(entry: AuditEntry) -> str:
    """Return what it was done to, empty where somebody did it to themselves."""
    of_themselves = entry.subject_name == entry.actor and words_of(entry.action).oneself
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
        return ", ".join(value_in_words(item) for item in value)
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    # As `store.domain.times.rfc3339` writes an instant.
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value):
        at = datetime.fromisoformat(value)
        time = to_the_millisecond(instant_of(at)) if exact else f"{at:%H:%M}"
        return f"{at.day} {at:%b %Y} {time} UTC"
    return value
