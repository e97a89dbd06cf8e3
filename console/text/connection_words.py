"""What is said of a connection, in words. Pure; nothing here is made safe for a screen yet."""

from console.text.badges import ACTIVE, EXPIRED, EXPIRING, REVOKED, Badge
from console.text.key_words import event
from console.text.times import ago, day, expiry
from store.domain.connections import Connection, ConnectionNote
from store.domain.keys import State
from store.domain.scopes import in_words
from store.domain.times import HOUR
from store.errors.quoting import quoted
from store.service.connections import ConnectionDetails

WAITING = Badge("◌", "?", "Not opened", "expiring")


def badge(one: Connection, now: int) -> Badge:
    """Return how a connection looks at an instant."""
    match one.state(now):
        case State.REVOKED:
            return REVOKED
        case State.EXPIRED:
            return EXPIRED
    notes = one.notes(now)
    if ConnectionNote.NOT_OPENED in notes:
        return WAITING
    return EXPIRING if ConnectionNote.EXPIRING in notes else ACTIVE


def ends(one: Connection, now: int) -> str:
    """Return when it ends or ended, as a list shows it: `in 29 d`, `-` for a revoked one."""
    return "-" if one.revoked_at is not None else expiry(one.expires_at, now)


def traffic(details: ConnectionDetails, now: int) -> tuple[bool, str]:
    """Return whether it is in use, and a sentence on that."""
    used = details.connection.last_used_at
    if used is None:
        return False, "never used"
    said = f"last used {ago(used, now)}"
    if details.traffic.last_address:
        said += f" from {details.traffic.last_address}"
    total = details.traffic.allowed + details.traffic.refused
    return now - used < HOUR, f"{said}, {total:,} in the last hour"


def in_full(details: ConnectionDetails, now: int) -> list[tuple[str, str]]:
    """Return everything there is to say, as names and values; what is empty is left out."""
    one = details.connection
    ended = ""
    if one.revoked_at is not None:
        by = one.revoked_by.partition("@")[0] if one.revoked_by else "itself"
        why = f": {one.revoke_reason}" if one.revoke_reason else ""
        ended = f"revoked {ago(one.revoked_at, now)} by {by}{why}"
    told = [
        ("Assistant", quoted(one.name)),
        ("Id", one.id),
        ("State", badge(one, now).word.lower()),
        ("Answer to", one.redirect_host),
        ("Can", in_words(one.scopes)),
        ("Scopes", " ".join(str(scope) for scope in sorted(one.scopes))),
        ("Approved", f"{one.approved_by}, {ago(one.created_at, now)}"),
        ("Opened", ago(one.opened_at, now)),
        ("Ends", ended or f"{day(one.expires_at)}, {expiry(one.expires_at, now)}"),
        ("Traffic", traffic(details, now)[1]),
    ]
    told += [("Used", f"{use.scope} {ago(use.last_used_at, now)}") for use in details.usage.scopes]
    for refusal in details.usage.refusals[:3]:
        said = f"{ago(refusal.at, now)}, {refusal.verdict.value}, {refusal.address or 'unknown'}"
        told.append(("Refused", said))
    for entry in details.history[:8]:
        said, more = event(entry, now)
        # What was given or taken away has its sign before it.
        then = " " if more.startswith(("+", "-")) else ": "
        told.append(("History", f"{said}{then}{more}" if more else said))
    return told
