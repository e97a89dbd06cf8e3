"""What an entry of the audit changed, in words: one function for each action. Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from store.domain.audit.actions import Action
from store.domain.audit.entry import AuditEntry
from store.domain.labels import from_stored, in_words
from store.domain.times import moment

Details = dict[str, Any]
"""What an entry tells besides who did what: JSON, as it was stored."""


def changed(entry: AuditEntry) -> str:
    """Return what an entry changed of a key or connection: `+ quotes:write`, `to 21 Feb 2027 …`.

    Of a revocation it is the reason; empty where there is nothing to say.
    """
    tell = _CHANGED.get(entry.action)
    if tell is None:
        return ""
    try:
        return str(tell(entry.details))
    except (AttributeError, LookupError, TypeError, ValueError):
        # Somebody wrote other details into the table: that is for the chain to tell.
        return ""


def in_full(entry: AuditEntry) -> str:
    """Return who did what when: `scoped by bob@acme.example at 14:03:47 UTC (+ quotes:write)`."""
    did = entry.action.rpartition(".")[2].replace("_", " ")
    what = changed(entry)
    sentence = f"{did} by {entry.actor} at {moment(entry.at):%H:%M:%S} UTC"
    return f"{sentence} ({what})" if what else sentence


def not_known_in_force(entry: AuditEntry) -> bool:
    """Return whether an entry is the receipt of what nobody knows to be in force."""
    return entry.action in _RECEIPTS and entry.details.get("in_force_at", "") is None


def _granted(details: Details) -> str:
    ends = f"expires {_day(details.get('expires_at'))}"
    begins = details.get("not_before") and f"begins {_day(details['not_before'])}"
    return ", ".join(filter(None, (details.get("scopes"), begins, ends)))


def _scopes(details: Details) -> str:
    signs = (("+", "added"), ("-", "removed"))
    return " ".join(
        f"{sign} {scope}" for sign, field in signs for scope in details.get(field, "").split()
    )


_STAYED = {
    "revoked": "revoked",
    "ended": "ended, or to end sooner",
    "narrowed": "narrowed",
    "delayed": "to begin later",
    "networks": "with its stricter networks",
    "limits": "with its stricter limits",
    "secret": "with its newer secret",
}


def _stayed(details: Details) -> str:
    return ", ".join(_STAYED[how] for how in details.get("still", ()))


def _moved(details: Details) -> str:
    return f"to {_day(details.get('expires_at'))}, was {_day(details.get('before'))}"


def _begins(details: Details) -> str:
    after, before = (details.get(which) for which in ("not_before", "before"))
    return f"to {_day(after) if after else 'at once'}, was {_day(before)}"


def _belongs(details: Details) -> str:
    return f"to {details['after'] or 'nobody'}, was {details['before'] or 'nobody'}"


def _labelled(details: Details) -> str:
    after, before = (in_words(from_stored(details[which])) for which in ("after", "before"))
    return f"{after or 'none'}, was {before or 'none'}"


def _remarked(details: Details) -> str:
    after, before = (
        f"“{details[which]}”" if details[which] else "" for which in ("after", "before")
    )
    return f"{after or 'nothing'}, was {before or 'nothing'}"


def _limited(details: Details) -> str:
    return f"{details['limits'] or 'none'}, was {details['before'] or 'none'}"


def _overlap(details: Details) -> str:
    ends = details.get("overlap_ends_at")
    return f"both work until {_day(ends) if ends else 'one is revoked'}"


def _overlap_moved(details: Details) -> str:
    return f"both work until {_day(details.get('expires_at'))}"


def _expires_again(details: Details) -> str:
    return f"expires {_day(details.get('expires_at'))}"


def _called(details: Details) -> str:
    return f"was {details['before']}"


def _named(details: Details) -> str:
    return ", ".join(details["holders"])


def _reason(details: Details) -> str:
    return details.get("reason") or ""


def _again(details: Details) -> str:
    first = details.get("first_network") or "unknown"
    return f"from {details['network']}, {details['after_seconds']} s after {first}"


def _in_force(details: Details) -> str:
    if details.get("in_force_at") is None:
        return f"not known: {details.get('trouble')}"
    committed, in_force = (
        datetime.fromisoformat(details[instant]) for instant in ("committed_at", "in_force_at")
    )
    of = len(details["verifiers"])
    where = "on 1 verifier " if of == 1 else f"on {of} verifiers " if of else ""
    return f"{where}after {(in_force - committed) // timedelta(milliseconds=1)} ms"


def _reported(details: Details) -> str:
    return " ".join(filter(None, (details.get("url"), f"from {details.get('reporter')}")))


def _decided(details: Details) -> str:
    why = f": {details['reason']}" if details.get("reason") else ""
    return f"{details.get('leaver')} left, {details.get('decision')}{why}"


def _takes(details: Details) -> str:
    before = details.get("before")
    return f"takes {details['needs']}{f', took {before}' if before else ''}"


def _took(details: Details) -> str:
    return f"took {details['before']}"


def _offered(details: Details) -> str:
    return f"{details['tools']} tools, called at {details['upstream']}"


def _offered_before(details: Details) -> str:
    return f"had {details['tools']}"


def _imported(details: Details) -> str:
    return ", ".join(
        f"{details[what]} {what}" for what in ("added", "changed", "removed") if details[what]
    )


def _day(written_instant: str | None) -> str:
    if written_instant is None:
        return "never"
    day = datetime.fromisoformat(written_instant)
    return f"{day.day} {day:%b %Y}"


_RECEIPTS: dict[str, Callable[[Details], str]] = {
    Action.KEY_IN_FORCE: _in_force,
    Action.CONNECTION_IN_FORCE: _in_force,
    Action.WORKSPACE_PLAN_IN_FORCE: _in_force,
    Action.WORKSPACE_STOP_IN_FORCE: _in_force,
    Action.OWNER_IN_FORCE: _in_force,
    Action.LABEL_IN_FORCE: _in_force,
    Action.OWNER_LIMITS_IN_FORCE: _in_force,
    Action.WORKSPACE_LIMITS_IN_FORCE: _in_force,
    Action.ROUTE_IN_FORCE: _in_force,
    Action.TOOLS_IN_FORCE: _in_force,
}
_CHANGED: dict[str, Callable[[Details], str]] = {
    Action.KEY_CREATED: _granted,
    Action.KEY_IMPORTED: _granted,
    Action.KEY_SCOPED: _scopes,
    Action.KEY_TRIMMED: _scopes,
    Action.KEY_DECIDED: _decided,
    Action.KEY_EXTENDED: _moved,
    Action.KEY_BEGINNING_MOVED: _begins,
    Action.KEY_RENAMED: _called,
    Action.KEY_HOLDERS_NAMED: _named,
    Action.KEY_OWNER_SET: _belongs,
    Action.KEY_LABELLED: _labelled,
    Action.KEY_REMARKED: _remarked,
    Action.KEY_LIMITS_SET: _limited,
    Action.OWNER_LIMITS_SET: _limited,
    Action.WORKSPACE_LIMITS_SET: _limited,
    Action.KEY_ROTATED: _overlap,
    Action.KEY_OVERLAP_EXTENDED: _overlap_moved,
    Action.KEY_ROTATION_ABANDONED: _expires_again,
    Action.KEY_REVOKED: _reason,
    Action.KEY_STOPPED: _reason,
    Action.KEY_RESUMED: _reason,
    Action.OWNER_STOPPED: _reason,
    Action.OWNER_RESUMED: _reason,
    Action.LABEL_STOPPED: _reason,
    Action.LABEL_RESUMED: _reason,
    Action.WORKSPACE_STOPPED: _reason,
    Action.WORKSPACE_RESUMED: _reason,
    Action.KEY_CARRIED_OVER: _stayed,
    Action.LEAK_REPORTED: _reported,
    Action.CONNECTION_APPROVED: _granted,
    Action.CONNECTION_RENEWED_AGAIN: _again,
    Action.CONNECTION_RENEWED_ELSEWHERE: _again,
    Action.CONNECTION_SCOPED: _scopes,
    Action.CONNECTION_REVOKED: _reason,
    Action.CONNECTION_ENDED: _reason,
    Action.CONNECTION_CARRIED_OVER: _stayed,
    Action.ROUTE_ADDED: _takes,
    Action.ROUTE_CHANGED: _takes,
    Action.ROUTE_REMOVED: _took,
    Action.ROUTE_IMPORTED: _imported,
    Action.TOOLS_SET: _offered,
    Action.TOOLS_REMOVED: _offered_before,
    **_RECEIPTS,
}
