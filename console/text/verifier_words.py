"""What is said of a verifier, in words. Pure; nothing here is made safe for a screen yet."""

from collections.abc import Sequence

from console.text.badges import ACTIVE, EXPIRING, REVOKED, Badge
from console.text.times import NOTHING, ago, distance
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


def badge(verifier: VerifierProcess) -> Badge:
    """Return how a verifier looks."""
    return _FACES[verifier.health]


def listed(verifier: VerifierProcess) -> str:
    """Return its name without a domain, which is mostly the same for all."""
    first = verifier.host.partition(".")[0]
    return f"{verifier.host if first.isdecimal() else first} ({verifier.process})"


def place(verifier: VerifierProcess) -> str:
    """Return where it answers, as short as a list has room for: `10.0.3.7:8080`."""
    return verifier.address.removeprefix("http://")


def rate(per_second: float) -> str:
    """Return a rate: `0`, `0.4`, `12`, `3,400`."""
    return f"{per_second:.1f}" if 0 < per_second < 10 else f"{per_second:,.0f}"


def lag(verifier: VerifierProcess) -> str:
    """Return how many changes it has not applied; nothing where there is nothing to apply to."""
    return NOTHING if verifier.lag is None else f"{verifier.lag:,}"


def lease(verifier: VerifierProcess) -> str:
    """Return how long it may remember: `3 s`, `ends in 1.2 s`, `over`, or `none`."""
    if verifier.lease_ms is None:
        return "none"
    if verifier.lease is Held.LAPSED:
        return "over"
    if verifier.health is ProcessHealth.BEHIND:
        return f"ends in {verifier.lease_left_ms / SECOND:.1f} s"
    # What is left changes all the time, and says nothing while it is renewed.
    return f"{verifier.lease_ms / SECOND:g} s"


def seen(verifier: VerifierProcess) -> str:
    """Return when it last told of itself; within its usual time that is now."""
    return "now" if verifier.health is ProcessHealth.SERVING else ago(0, verifier.seen_ms_ago)


def trouble(verifier: VerifierProcess) -> str:
    """Return that a verifier is in trouble, to go before another sentence; else nothing."""
    if verifier.health is ProcessHealth.SERVING:
        return ""
    return f"{verifier.name} is {verifier.health.value}. "


def sentence(verifier: VerifierProcess) -> str:
    """Return what a verifier's state means, and what to do about it."""
    who, silent = verifier.name, distance(verifier.seen_ms_ago)
    there = f"{who} at {place(verifier)}"
    match verifier.health:
        case ProcessHealth.SERVING if verifier.lease_ms is None:
            return f"{there} reads each key anew: what is committed is in force here at once."
        case ProcessHealth.SERVING:
            return (
                f"{there} answers from memory while its lease of {lease(verifier)} is renewed. A "
                "revocation waits for it to have heard."
            )
        case ProcessHealth.BEHIND if verifier.lease_ms is None:
            return f"{who} has told nothing for {silent}. Look at its machine, or its way here."
        case ProcessHealth.BEHIND:
            return (
                f"{who} has told nothing for {silent}: until its lease {lease(verifier)} a "
                "revocation waits for it. Look at its machine, or its way to the database."
            )
        case ProcessHealth.GONE:
            waits = (
                ""
                if verifier.lease_ms is None
                else " Its lease is over: no revocation waits for it."
            )
            return f"{who} has told nothing for {silent}.{waits} Start it again, or forget it."


def is_gone(verifier: VerifierProcess) -> bool:
    """Return whether it may be forgotten."""
    return verifier.health is ProcessHealth.GONE


def forgotten(verifiers: Sequence[VerifierProcess]) -> str:
    """Return that some were taken off the list."""
    return f"Off the list: {', '.join(verifier.name for verifier in verifiers)}."


def advice(verifiers: Sequence[VerifierProcess]) -> dict[str, str]:
    """Return what to do about each that is behind or gone, by its id, in the order they came."""
    replaced = replacements(verifiers)
    return {
        verifier.id: f"{verifier.name} is gone, replaced by {replaced[verifier.id].name}."
        if verifier.id in replaced
        else sentence(verifier)
        for verifier in verifiers
        if verifier.health is not ProcessHealth.SERVING
    }
