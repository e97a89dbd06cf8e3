"""What is said of a verifier, in words. Pure; nothing here is made safe for a screen yet."""

from collections.abc import Sequence

from console.text.badges import ACTIVE, EXPIRING, REVOKED, Badge
from console.text.times import ago, distance
from store.domain.times import SECOND
from store.domain.verifier_processes import Held, ProcessHealth, VerifierProcess, replacements

_FACES = {
    ProcessHealth.SERVING: Badge(ACTIVE.glyph, ACTIVE.ascii_glyph, "Serving", ACTIVE.tone),
    ProcessHealth.BEHIND: Badge(EXPIRING.glyph, EXPIRING.ascii_glyph, "Behind", EXPIRING.tone),
    ProcessHealth.GONE: Badge(REVOKED.glyph, REVOKED.ascii_glyph, "Gone", REVOKED.tone),
}

UNKNOWN = Badge("?", "?", "Unknown", "quiet")
"""Of one that was there when the store could be read."""
NOBODY = "No verifier runs. keydeck serve starts one."


def badge(one: VerifierProcess) -> Badge:
    """Return how a verifier looks."""
    return _FACES[one.health]


def named(one: VerifierProcess) -> str:
    """Return what a verifier is called: `web-2 (4711)`."""
    return f"{one.host} ({one.process})"


def listed(one: VerifierProcess) -> str:
    """Return that without a domain, which is mostly the same for all."""
    first = one.host.partition(".")[0]
    return f"{one.host if first.isdecimal() else first} ({one.process})"


def rate(per_second: float) -> str:
    """Return a rate: `0`, `0.4`, `12`, `3,400`."""
    return f"{per_second:.1f}" if 0 < per_second < 10 else f"{per_second:,.0f}"


def lag(one: VerifierProcess) -> str:
    """Return how many changes it has not applied; nothing where there is nothing to apply to."""
    return "-" if one.lag is None else f"{one.lag:,}"


def lease(one: VerifierProcess) -> str:
    """Return what it may remember: `3 s`, `ends in 1.2 s`, `over`, or `reads through`."""
    if one.lease_ms is None:
        return "reads through"
    if one.lease is Held.LAPSED:
        return "over"
    if one.health is ProcessHealth.BEHIND:
        return f"ends in {one.lease_left_ms / SECOND:.1f} s"
    # What is left changes all the time, and says nothing while it is renewed.
    return f"{one.lease_ms / SECOND:g} s"


def seen(one: VerifierProcess) -> str:
    """Return when it last told of itself; within its usual time that is now."""
    return "now" if one.health is ProcessHealth.SERVING else ago(0, one.seen_ms_ago)


def trouble(one: VerifierProcess) -> str:
    """Return that a verifier is in trouble, to go before another sentence; else nothing."""
    if one.health is ProcessHealth.SERVING:
        return ""
    return f"{named(one)} is {one.health.value}. "


def sentence(one: VerifierProcess) -> str:
    """Return what a verifier's state means, and what to do about it."""
    who, silent = named(one), distance(one.seen_ms_ago)
    match one.health:
        case ProcessHealth.SERVING if one.lease_ms is None:
            return f"{who} reads each key anew: what is committed is in force here at once."
        case ProcessHealth.SERVING:
            return (
                f"{who} answers from memory while its lease of {lease(one)} is renewed. A "
                "revocation waits for it to have heard."
            )
        case ProcessHealth.BEHIND if one.lease_ms is None:
            return f"{who} has told nothing for {silent}. Look at its machine, or its way here."
        case ProcessHealth.BEHIND:
            return (
                f"{who} has told nothing for {silent}: until its lease {lease(one)} a revocation "
                "waits for it. Look at its machine, or its way to the database."
            )
        case ProcessHealth.GONE:
            waits = (
                "" if one.lease_ms is None else " Its lease is over: no revocation waits for it."
            )
            return f"{who} has told nothing for {silent}.{waits} Start it again, or let it go."


def advice(found: Sequence[VerifierProcess]) -> dict[str, str]:
    """Return what to do about each that is behind or gone, by its id, in the order they came."""
    replaced = replacements(found)
    return {
        one.id: f"{named(one)} is gone, replaced by {named(replaced[one.id])}."
        if one.id in replaced
        else sentence(one)
        for one in found
        if one.health is not ProcessHealth.SERVING
    }
