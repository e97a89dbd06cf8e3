"""Is an audit still what was written? The chain of MACs says up to where. Pure.

A chain tells of everything but its own end: entries cut off there leave a shorter chain that is
intact. An anchor, kept where nobody who can write the store can write, tells of that too.
"""

import hmac
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from store.domain.audit.entry import GENESIS, AuditEntry, mac
from store.errors import Invalid

_ANCHOR = re.compile(r"([a-z0-9-]+) ([1-9][0-9]{0,17}) ([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it is stored, and what ties it to the one before."""

    entry: AuditEntry | None
    """None for a row that holds none: not of the columns' types, or without JSON as its details."""
    details: str = ""
    """Its details as they are stored: that text is what the MAC was made of."""
    previous: bytes = b""
    mac: bytes = b""
    pepper: str = ""
    """Which pepper its key was derived from."""


@dataclass(frozen=True, slots=True)
class Tie:
    """The entry that the next one follows: its number, and its MAC."""

    seq: int
    mac: bytes | None
    """None where that entry is not at hand: the next one says what it was."""


BEGINNING = Tie(0, GENESIS)
"""What a workspace's first entry is tied to."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The end of a workspace's chain at some instant: written as `acme-events 42 9f86d0…`."""

    workspace: str
    seq: int
    mac: bytes

    def __str__(self) -> str:
        return f"{self.workspace} {self.seq} {self.mac.hex()}"


@dataclass(frozen=True, slots=True)
class ChainState:
    """Up to where a chain is intact, and what is wrong with what comes next."""

    intact: int
    """The number of the last entry before which all is as it was written; 0 for none."""
    trouble: str | None = None
    """A sentence about the entry after it, None where all is well."""
    mac: bytes | None = None
    """Of that last entry; None where it is not at hand."""
    since: int = 0
    """The number of the entry behind which it was looked at: what is before is elsewhere."""

    @property
    def end(self) -> Tie:
        """Return what the entry after it is tied to."""
        return Tie(self.intact, self.mac)


def anchor(text: str) -> Anchor:
    """Read an anchor as it was printed. Raises Invalid when it is none."""
    match = _ANCHOR.fullmatch(text.strip())
    if match is None:
        raise Invalid("anchor", "That is no anchor. It is the line keydeck audit anchor printed.")
    return Anchor(match[1], int(match[2]), bytes.fromhex(match[3]))


def walk(
    links: Iterable[Link],
    derive: Callable[[str], Sequence[bytes]],
    kept: Anchor | None = None,
    after: Tie = BEGINNING,
    archived: Tie | None = None,
) -> ChainState:
    """Follow a workspace's chain, from behind an entry on, and say up to where it is intact.

    `derive` gives the keys a pepper may have tied an entry with, none for one not at hand.
    `archived` is the last entry that was archived, where it may be among them still. Whether
    entries were cut off at the end, `missing` says.
    """
    seq, previous = after.seq, after.mac

    def state(trouble: str | None = None) -> ChainState:
        return ChainState(seq, trouble, previous, after.seq)

    if kept is not None and kept.seq == seq and previous not in (None, kept.mac):
        return state(not_anchored(seq))
    for link in links:
        entry = link.entry
        if entry is None:
            return state(_changed(seq + 1))
        if entry.seq != seq + 1:
            return state(f"Entry {seq + 1} is missing: {entry.seq} comes after {seq}.")
        keys = derive(link.pepper)
        if not keys:
            return state(f"Entry {entry.seq} was made with a pepper that is not at hand.")
        fits = any(
            hmac.compare_digest(mac(entry, link.previous, key, link.details), link.mac)
            for key in keys
        )
        if not fits or (previous is not None and link.previous != previous):
            return state(_changed(entry.seq))
        if kept is not None and kept.seq == entry.seq and kept.mac != link.mac:
            return state(not_anchored(entry.seq))
        if archived is not None and archived.seq == entry.seq and archived.mac != link.mac:
            return state(f"Entry {entry.seq} is not the one that was archived.")
        seq, previous = entry.seq, link.mac
    return state()


def missing(found: ChainState, kept: Anchor | None) -> ChainState:
    """Return what was found of a whole chain, and what an anchor knows to be missing at its end."""
    if found.trouble is not None or kept is None or kept.seq <= found.intact:
        return found
    first = found.intact + 1
    return replace(
        found, trouble=f"Entries {first} to {kept.seq} were cut off: the anchor knows them."
    )


def not_anchored(seq: int) -> str:
    """Return the sentence about an entry that is another than an anchor says."""
    return f"Entry {seq} is not the one that the anchor was made of."


def _changed(seq: int) -> str:
    return f"Entry {seq} was changed, or was not there when written."
