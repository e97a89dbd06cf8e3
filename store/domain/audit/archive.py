"""An archive of the audit: a file of its first entries, as its chain has them. Pure.

The chain goes on in the store, and an entry of it says which entries were archived, and where to.
A file is a heading and then an entry a line, each a JSON object, with what its MAC was made of.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Protocol

from store.domain.audit.actions import Action
from store.domain.audit.chain import Anchor, ChainState, Link, Tie, anchor, walk
from store.domain.audit.entry import GENESIS, AuditEntry
from store.domain.times import LATEST, end_of_day
from store.errors import Invalid

FORMAT = 1
_MAC = re.compile(r"[0-9a-f]{64}")
_FORMAT_FIELD = "keydeck_audit_archive"


@dataclass(frozen=True, slots=True)
class Heading:
    """What an archive begins with."""

    workspace: str
    """The slug of the workspace whose audit it is."""
    first: int
    """The number of the first entry in it."""
    last: int
    mac: str
    """The MAC of the last one, in hexadecimal: what comes next in the chain is tied to it."""


@dataclass(frozen=True, slots=True)
class Archived:
    """What an entry of the audit says of the archiving that it tells of."""

    first: int
    last: int
    """Numbers of entries."""
    mac: str
    file: str
    """The name of the file."""
    sha256: str
    """Of the file, in hexadecimal."""
    count: int
    """How many entries are in it."""

    @property
    def tie(self) -> Tie:
        """Return what the entry after the last archived one is tied to."""
        return Tie(self.last, bytes.fromhex(self.mac))


class ArchiveFile(Protocol):
    """An archive that can be read any number of times."""

    @property
    def name(self) -> str:
        """Its file's name."""
        ...

    @property
    def heading(self) -> Heading:
        """What it begins with."""
        ...

    def links(self) -> Iterator[Link]:
        """Read its entries; without one where a line holds none."""
        ...


def until_of(text: str) -> Anchor | int:
    """Read up to where is to be archived: an anchor as it was printed, or the end of a day in UTC.

    Raises Invalid.
    """
    text = text.strip()
    try:
        return end_of_day(date.fromisoformat(text))
    except ValueError:
        pass
    try:
        return anchor(text)
    except Invalid:
        raise Invalid(
            "until",
            "That is neither an anchor, as keydeck audit anchor prints it, nor a day such as "
            "2026-01-31.",
        ) from None


def archived_of(entry: AuditEntry) -> Archived | None:
    """Return what an entry says was archived; None where it says nothing of the kind."""
    if entry.action != Action.AUDIT_ARCHIVED:
        return None
    try:
        told = Archived(**entry.details)
        numbers = (told.first, told.last, told.count)
        texts = (told.mac, told.file, told.sha256)
    except TypeError:
        return None
    whole = all(type(number) is int for number in numbers)
    whole = whole and all(isinstance(text, str) for text in texts)
    return told if whole and _MAC.fullmatch(told.mac) else None


def heading_line(heading: Heading) -> str:
    """Return what an archive begins with, as its first line."""
    return json.dumps({_FORMAT_FIELD: FORMAT, **asdict(heading)})


def heading_of(line: str, name: str) -> Heading:
    """Read an archive's first line. Raises Invalid where the file is none, or of a later format."""
    try:
        content = json.loads(line)
        version = content.pop(_FORMAT_FIELD)
        heading = Heading(**content)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Invalid("archive", f"{name} is no archive of an audit.") from None
    if version != FORMAT:
        raise Invalid("archive", f"{name} was written by a later keydeck.")
    if not (
        all(type(number) is int for number in (heading.first, heading.last))
        and 1 <= heading.first <= heading.last
        and isinstance(heading.workspace, str)
        and isinstance(heading.mac, str)
        and _MAC.fullmatch(heading.mac)
    ):
        raise Invalid("archive", f"{name} is no archive of an audit.")
    return heading


def verified(
    archives: Sequence[ArchiveFile],
    workspace: str,
    derive: Callable[[str], Sequence[bytes]],
    kept: Anchor | None = None,
) -> ChainState | None:
    """Follow a workspace's chain through its archives, and say up to where it is intact.

    None where there are none. Raises Invalid for one of another workspace, or where they do not
    follow one another.
    """
    found: ChainState | None = None
    for archive in sorted(archives, key=lambda archive: archive.heading.first):
        heading = archive.heading
        if heading.workspace != workspace:
            raise Invalid(
                "archive", f"{archive.name} is of {heading.workspace}, not of this audit."
            )
        if found is None:
            before = heading.first - 1
            found = (
                ChainState(before, None, None, before) if before else ChainState(0, None, GENESIS)
            )
        if heading.first != found.intact + 1:
            raise Invalid(
                "archive",
                f"{archive.name} begins with entry {heading.first}, and the one before it ends"
                f" with {found.intact}. Name each archive once, and all in between.",
            )
        state = walk(archive.links(), derive, kept, found.end)
        trouble = state.trouble
        if trouble is None and state.intact < heading.last:
            trouble = f"It ends there, and went to {heading.last}: the rest was cut off."
        elif trouble is None and (state.intact, state.mac) != (
            heading.last,
            bytes.fromhex(heading.mac),
        ):
            trouble = "It does not end as it begins by saying."
        since = found.since
        found = replace(state, since=since)
        if trouble is not None:
            return replace(found, trouble=f"{archive.name}: {trouble}")
    return found


_NUMBERS = ("workspace_id", "seq", "at", "revision")
_TEXTS = ("actor", "action", "subject", "subject_name")


def line_of(link: Link) -> str:
    """Return a link as a line. Raises ValueError for one that holds no entry."""
    entry = link.entry
    if entry is None:
        raise ValueError("a row that holds no entry")
    content = {name: getattr(entry, name) for name in (*_NUMBERS, "actor_id", *_TEXTS)}
    content |= {"details": link.details, "pepper": link.pepper}
    content |= {"previous_mac": link.previous.hex(), "mac": link.mac.hex()}
    return json.dumps(content, ensure_ascii=False)


def link_of(line: str) -> Link:
    """Read a line; the link is without an entry where it holds none."""
    try:
        content: dict[str, Any] = json.loads(line)
        details = json.loads(content["details"])
        numbers = [content[name] for name in _NUMBERS]
        texts = [content[name] for name in (*_TEXTS, "pepper")]
        whole = all(type(number) is int for number in numbers) and isinstance(details, dict)
        if not whole or not all(isinstance(text, str) for text in texts):
            return Link(None)
        if not 0 <= content["at"] <= LATEST or not isinstance(content["actor_id"], int | None):
            return Link(None)
        entry = AuditEntry(
            details=details, **{name: content[name] for name in (*_NUMBERS, "actor_id", *_TEXTS)}
        )
        return Link(
            entry,
            content["details"],
            bytes.fromhex(content["previous_mac"]),
            bytes.fromhex(content["mac"]),
            content["pepper"],
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        return Link(None)
