"""What the details of a key say, in words. Pure; nothing here is made safe for a screen yet."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from console.text.action_words import words_of
from console.text.times import ago, day, exact, expiry
from store.domain.audit.changes import changed, not_known_in_force
from store.domain.audit.entry import AuditEntry
from store.domain.foreign import Hash, Hashing
from store.domain.key_string import shown
from store.domain.keys import Key, State
from store.domain.people import Holder, KnownBy
from store.domain.scopes import canonical
from store.domain.times import HOUR, MINUTE
from store.domain.usage import Refusal, Traffic

if TYPE_CHECKING:
    from store.service.keys import Details

RECENT = HOUR
"""A key used within this time is in use: revoking it will be noticed."""

_HOW = {
    KnownBy.CREATED: "created it",
    KnownBy.SHOWN: "was shown it",
    KnownBy.COPIED: "copied it",
    KnownBy.FILED: "wrote it to a file",
    KnownBy.PIPED: "piped it to a command",
    KnownBy.CUSTODIAN: "named",
}


def ways(how: Iterable[KnownBy]) -> str:
    """Return how somebody knows a secret: `created it, copied it`."""
    known = list(how)
    # Whoever makes a key is shown it, unless they send it elsewhere.
    named = [way for way in known if way is not KnownBy.SHOWN or KnownBy.CREATED not in known]
    return ", ".join(_HOW[way] for way in named)


def ways_of(holders: Iterable[Holder]) -> list[tuple[str, str]]:
    """Return each holder's e-mail, and in words how they may know a secret."""
    known: dict[str, list[KnownBy]] = {}
    for holder in holders:
        known.setdefault(holder.email, []).append(holder.how)
    return [(email, ways(how)) for email, how in known.items()]


def held_by(details: "Details") -> str:
    """Return who may know the key's secret: `alice, bob (named)`; its makers come bare."""
    by_person: dict[tuple[int, str], list[KnownBy]] = {}
    for holder in details.holders:
        by_person.setdefault((holder.person_id, holder.name), []).append(holder.how)
    holders = []
    for (_, name), how in by_person.items():
        made = KnownBy.CREATED in how
        their_ways = ways(
            way for way in how if not made or way not in (KnownBy.CREATED, KnownBy.SHOWN)
        )
        holders.append(f"{name} ({their_ways})" if their_ways else name)
    return ", ".join(holders) or "nobody known"


def traffic(details: "Details", now: int) -> tuple[bool, str]:
    """Return whether the key is in use, and a sentence on that.

    “last used 4 s ago by 10.0.3.7, 1,204 requests in the last hour”
    """
    used = details.key.last_used_at
    return used is not None and now - used < RECENT, use(details.key, details.traffic, now)


def succeeds(successor: Key, now: int, prefix: str) -> tuple[bool, str]:
    """Return whether a key's successor has taken over, and a sentence on that."""
    name = shown(prefix, successor.id)
    if successor.state(now) is not State.ACTIVE:
        return False, f"{name} is {successor.state(now).value}: nothing takes over"
    if successor.last_used_at is not None:
        return True, f"{name}, last used {ago(successor.last_used_at, now)}"
    stored = "" if successor.confirmed_at is not None else ", and nobody said that it is stored"
    return False, f"{name} was never used{stored}: whoever uses this key has no other"


def use(key: Key, traffic: Traffic, now: int) -> str:
    """Return when and by whom a key was used last, and its last hour; `never used` else."""
    if key.last_used_at is None:
        return "never used"
    words = f"last used {ago(key.last_used_at, now)}"
    if traffic.last_address:
        words += f" by {traffic.last_address}"
    return f"{words}, {requests(traffic)}"


def requests(traffic: Traffic) -> str:
    """Return the last hour in numbers: `1,204 requests in the last hour, 3 refused`."""
    allowed, refused = traffic.allowed, traffic.refused
    total = allowed + refused
    if not total:
        return "no requests in the last hour"
    noun = "request" if total == 1 else "requests"
    words = f"{total:,} {noun} in the last hour"
    return f"{words}, {refused:,} refused" if refused else words


def refusals(details: "Details") -> str:
    """Return why requests were refused in the last hour, most first: `scope 12, expired 3`."""
    counted = details.traffic.by_verdict.items()
    refused = [(count, verdict.value) for verdict, count in counted if verdict.value != "valid"]
    return ", ".join(f"{word} {count:,}" for count, word in sorted(refused, reverse=True))


def last_hour(details: "Details", now: int) -> tuple[list[int], list[int]]:
    """Return the allowed and the refused requests of each of the last 60 minutes, oldest first."""
    minutes = range(now // MINUTE - 59, now // MINUTE + 1)
    traffic = details.traffic
    return (
        [traffic.by_minute.get(minute, 0) for minute in minutes],
        [traffic.refused_by_minute.get(minute, 0) for minute in minutes],
    )


def hour(details: "Details") -> str:
    """Return the last hour in numbers: `1,204 allowed, 15 refused: scope 12, expired 3`."""
    why = refusals(details)
    return _counted(details.traffic.allowed, details.traffic.refused) + (f": {why}" if why else "")


def month(details: "Details") -> str:
    """Return the last 30 days in numbers: `12,345 allowed, 12 refused`."""
    return _counted(
        sum(day.allowed for day in details.month), sum(day.refused for day in details.month)
    )


def _counted(allowed: int, refused: int) -> str:
    return f"{allowed:,} allowed, {refused:,} refused" if allowed or refused else "no requests"


def scope_uses(details: "Details", now: int) -> list[tuple[str, str, bool]]:
    """Return each scope granted or ever used, what is known of its use, and if it could go.

    A scope counts as used when a request was allowed that needed it.
    """
    granted = set(canonical(details.key.scopes).split(" "))
    used = {scope_use.scope: scope_use for scope_use in details.usage.scopes}
    uses = []
    for scope in sorted(granted | set(used)):
        words = f"used {ago(used[scope].last_used_at, now)}" if scope in used else "never used"
        if scope not in granted:
            words += ", no longer granted"
        uses.append((scope, words, scope not in used))
    return uses


def refusal(refused: Refusal, now: int) -> tuple[str, str]:
    """Return two lines about a refusal: when, why and who; what was asked for and with what."""
    agent = f"  {refused.user_agent}" if refused.user_agent else ""
    return (
        f"{ago(refused.at, now):<10} {refused.verdict.value:<8} {refused.address or 'unknown'}",
        f"{refused.method} {refused.path}{agent}",
    )


def ends(key: Key, now: int) -> str:
    """Return when a key ends or ended: `21 Feb 2027, in 90 d`, `revoked 9 d ago by bob`."""
    if key.revoked_at is not None:
        return f"revoked {ago(key.revoked_at, now)} by {_short(key.revoked_by)}"
    if key.expires_at is None:
        return "never"
    return f"{day(key.expires_at)}, {expiry(key.expires_at, now)}"


def brought(details: "Details") -> str:
    """Return how far a key has come that another system made; empty for one of ours."""
    if not details.brought:
        return ""
    hashed = details.key.foreign_hash
    if hashed is None:
        return "made elsewhere; kept by keydeck's own digest since its first use"
    how = Hashing.of(hashed).hash
    was = "" if how is Hash.NONE else f", hashed by {how}"
    return f"made elsewhere{was}; moves to keydeck's own digest at its first use"


def event(entry: AuditEntry, now: int) -> tuple[str, str]:
    """Return two lines of a key's history: `6 d ago  alice scoped it` and `+ quotes:write`.

    The second is empty where nothing more is to be said.
    """
    did = words_of(entry.action).of_it
    if not_known_in_force(entry):
        did = "could not see it in force"
    return f"{ago(entry.at, now):<9} {_short(entry.actor)} {did}", changed(entry)


def _short(email: str | None) -> str:
    return email.partition("@")[0] if email else "the operator"


def leaked(details: "Details") -> str:
    """Return where a key was found and by whom, the latest first; empty where it was not."""
    if details.key.leaked_at is None:
        return ""
    reports = []
    for entry in details.history:
        reported = entry.details
        if entry.action == "leak.dismissed":
            break
        if entry.action == "leak.reported":
            place = reported.get("url") or "a place not named"
            reports.append(f"{place}, told by {reported.get('reporter')} on {exact(entry.at)}")
        elif entry.action == "key.found_leaked":
            places = reported.get("places")
            where = ", ".join(map(str, places)) if isinstance(places, list) else ""
            reports.append(f"{where}, found by {entry.actor} on {exact(entry.at)}")
    return "; ".join(reports)
