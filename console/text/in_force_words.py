"""Committed, then in force: a receipt, and the waiting for it, in words. Pure."""

import math

from console.text.times import to_the_millisecond
from store.domain.leases.receipt import Receipt, Straggler, Underway
from store.domain.leases.settling import SettledBy
from store.domain.times import SECOND

READS_THROUGH = "every request reads the key anew"
ONCE = "once this is in force: mostly at once, and you are told"
"""When a revocation counts, said before it is done: true with leases and without."""


def for_good(every: str = "request with it", but: str = "") -> str:
    """Return what a revocation means, said before it is done, of `every` such request or call.

    `but` is what can be done all the same.
    """
    return f"Every {every} is refused {ONCE}. It cannot be undone{f'; {but}' if but else ''}."


def committed(instant: int) -> str:
    """Return when something was committed: `committed 14:03:47.102`."""
    return f"committed {to_the_millisecond(instant)}"


def in_force(receipt: Receipt) -> str:
    """Return how a commit came to be in force, and why that is so where it is not plain."""
    because = means(receipt)
    colon = "." if receipt.in_force_at is None or receipt.trouble else ":"
    return f"{in_force_briefly(receipt)}{f'{colon} {because}' if because else ''}"


def in_force_briefly(receipt: Receipt) -> str:
    """Return when a commit came to be in force: `in force on 3 of 3 verifiers after 9 ms`."""
    after = receipt.after_ms
    if after is None:
        return "not known to be in force"
    if receipt.immediate:
        return "in force at once"
    of = len(receipt.verifiers)
    where = f" on {of} of {of} verifiers" if of else ""
    return f"in force{where} after {length(after)}"


def means(receipt: Receipt) -> str:
    """Return what else a receipt tells: whose lease ran out, or what went wrong."""
    if receipt.trouble:
        return receipt.trouble
    if receipt.immediate:
        return READS_THROUGH
    lapsed = [
        _named(verifier.host, verifier.process)
        for verifier in receipt.verifiers
        if verifier.how is SettledBy.LAPSED
    ]
    if not lapsed:
        return ""
    return f"the {'lease' if len(lapsed) == 1 else 'leases'} of {', '.join(lapsed)} ran out"


def waiting(underway: Underway) -> str:
    """Return who is waited for, and until when at the latest."""
    silent = "the database does not answer; " if underway.unreadable else ""
    if underway.stragglers:
        last = max(underway.stragglers, key=lambda straggler: straggler.left_s)
        more = len(underway.stragglers) - 1
        others = f" and {more} more" if more else ""
        ends = "the last lease ends" if more else "its lease ends"
        return f"{silent}waiting for {_straggler(last)}{others}: {ends} in {_left(last.left_s)}"
    if underway.elders_left_s is not None:
        left = _left(underway.elders_left_s)
        return f"{silent}waiting {left} for leases that another server may have granted"
    return f"{silent}waiting for the verifiers"


def so_far(underway: Underway) -> str:
    """Return how far it has come: `in force on 2 of 3 verifiers`."""
    if not underway.of:
        return "not in force yet"
    return f"in force on {underway.answered} of {underway.of} verifiers"


def length(milliseconds: int) -> str:
    """Return a short time: `9 ms`, `3.3 s`."""
    return f"{milliseconds} ms" if milliseconds < SECOND else f"{milliseconds / SECOND:.1f} s"


def _left(seconds: float) -> str:
    return f"{max(0, math.ceil(seconds * 10)) / 10:.1f} s"


def _straggler(straggler: Straggler) -> str:
    return _named(straggler.host, straggler.process)


def _named(host: str, process: int) -> str:
    return f"{host} ({process})"
