"""What is said of a connection, in words. Pure; nothing here is made safe for a screen yet."""

from typing import Any

from console.text import restriction_words
from console.text.badges import ACTIVE, EXPIRED, EXPIRING, REVOKED, Badge
from console.text.key_fields import networks_object
from console.text.key_words import event
from console.text.times import NOTHING, ago, day, expiry
from store.domain.audit.actions import Action
from store.domain.connections import Connection, ConnectionNote
from store.domain.keys import State
from store.domain.scopes import in_words
from store.domain.times import HOUR, rfc3339_or_none
from store.domain.usage import ToolUse
from store.errors.quoting import quoted
from store.service.connections import ConnectionDetails

MOST_TOOLS_SHOWN = 8
WAITING = Badge("◌", "?", "Not opened", "expiring")


def badge(connection: Connection, now: int) -> Badge:
    """Return how a connection looks at an instant."""
    match connection.state(now):
        case State.REVOKED:
            return REVOKED
        case State.EXPIRED:
            return EXPIRED
    notes = connection.notes(now)
    if ConnectionNote.NOT_OPENED in notes:
        return WAITING
    return EXPIRING if ConnectionNote.EXPIRING in notes else ACTIVE


def ends(connection: Connection, now: int) -> str:
    """Return when it ends or ended, as a list shows it: `in 29 d`, `-` for a revoked one."""
    return NOTHING if connection.revoked_at is not None else expiry(connection.expires_at, now)


def traffic(details: ConnectionDetails, now: int) -> tuple[bool, str]:
    """Return whether it is in use, and a sentence on that."""
    used = details.connection.last_used_at
    if used is None:
        return False, "never used"
    words = f"last used {ago(used, now)}"
    if details.traffic.last_address:
        words += f" from {details.traffic.last_address}"
    total = details.traffic.allowed + details.traffic.refused
    return now - used < HOUR, f"{words}, {total:,} in the last hour"


def next_step(details: ConnectionDetails, now: int) -> str:
    """Return what to do about a connection, nothing where it goes on as it should."""
    connection = details.connection
    if connection.state(now) is State.ACTIVE:
        for entry in details.history:
            if entry.action == Action.CONNECTION_RENEWED_ELSEWHERE:
                two = f"{entry.details['first_network']} and {entry.details['network']}"
                return f"two networks had one refresh token: {two}. Revoke it unless both are known"
        return ""
    if connection.revoked_by is None and connection.revoked_at is not None:
        return "connect it again from the assistant; if that keeps happening, two share its tokens"
    return "connect it again from the assistant, which asks here anew"


def calls(use: ToolUse, now: int) -> str:
    """Return how a tool was used: `12 calls, 1 refused, 3 m ago`."""
    said = [f"{use.calls:,} call{'' if use.calls == 1 else 's'}"]
    said += [f"{use.refused:,} refused"] if use.refused else []
    said += [f"{use.failed:,} failed"] if use.failed else []
    return ", ".join([*said, ago(use.last_used_at, now)])


def _called(details: ConnectionDetails, now: int) -> list[str]:
    """Return the tools that were called last, and how many more there are."""
    latest = sorted(details.tools, key=lambda use: use.last_used_at, reverse=True)
    lines = [f"{use.tool}: {calls(use, now)}" for use in latest[:MOST_TOOLS_SHOWN]]
    more = len(latest) - len(lines)
    if more:
        lines.append(f"and {more} more: keydeck connections usage {details.connection.id}")
    return lines


def in_full(details: ConnectionDetails, now: int) -> list[tuple[str, str]]:
    """Return everything there is to say, as names and values; what is empty is left out."""
    connection = details.connection
    ended = ""
    if connection.revoked_at is not None:
        by = connection.revoked_by.partition("@")[0] if connection.revoked_by else "itself"
        why = f": {connection.revoke_reason}" if connection.revoke_reason else ""
        ended = f"revoked {ago(connection.revoked_at, now)} by {by}{why}"
    known = connection.goes_by != connection.redirect_host
    fields = [
        ("Assistant", quoted(connection.name)),
        ("Id", connection.id),
        ("State", badge(connection, now).word.lower()),
        ("Says it is", connection.client_id if known else ""),
        ("Answer to", connection.redirect_host),
        ("Can", in_words(connection.scopes)),
        ("Scopes", " ".join(str(scope) for scope in sorted(connection.scopes))),
        ("Approved", f"{connection.approved_by}, {ago(connection.created_at, now)}"),
        ("Opened", ago(connection.opened_at, now)),
        ("Ends", ended or f"{day(connection.expires_at)}, {expiry(connection.expires_at, now)}"),
        ("From", restriction_words.networks(connection.networks)),
        ("Observed", restriction_words.observed(details.observed, now)),
        ("Next", next_step(details, now)),
        ("Traffic", traffic(details, now)[1]),
    ]
    fields += [("Called", line) for line in _called(details, now)]
    fields += [
        ("Used", f"{use.scope} {ago(use.last_used_at, now)}") for use in details.usage.scopes
    ]
    for refusal in details.usage.refusals[:3]:
        value = f"{ago(refusal.at, now)}, {refusal.verdict.value}, {refusal.address or 'unknown'}"
        value += f", {refusal.tool}" if refusal.tool else ""
        fields.append(("Refused", value))
    for entry in details.history[:8]:
        value, more = event(entry, now)
        # What was given or taken away has its sign before it.
        then = " " if more.startswith(("+", "-")) else ": "
        fields.append(("History", f"{value}{then}{more}" if more else value))
    return [(name, value) for name, value in fields if value]


def connection_object(connection: Connection, now: int) -> dict[str, Any]:
    """Return a connection as JSON has it at an instant; times are RFC 3339 UTC, null where none."""
    return {
        "id": connection.id,
        "name": connection.name,
        "state": connection.state(now).value,
        "notes": [note.value for note in connection.notes(now)],
        "scopes": [str(scope) for scope in sorted(connection.scopes)],
        "host": connection.goes_by,
        "client_id": connection.client_id,
        "redirect_host": connection.redirect_host,
        "created_at": rfc3339_or_none(connection.created_at),
        "approved_by": connection.approved_by,
        "expires_at": rfc3339_or_none(connection.expires_at),
        "opened_at": rfc3339_or_none(connection.opened_at),
        "revoked_at": rfc3339_or_none(connection.revoked_at),
        "revoked_by": connection.revoked_by,
        "revoke_reason": connection.revoke_reason,
        "last_used_at": rfc3339_or_none(connection.last_used_at),
        "networks": networks_object(connection.networks),
    }
