"""The high-water mark: the highest revision that was seen of a store.

A store whose revision is lower than it was before has been set back: a file was copied over it, or
a dump restored, past `store.operations.restore`. Keys revoked since work in it again, so it is not
served until its operator has confirmed it. The mark lies in a file beside the pepper, apart from
what is set back, and every process holds what it has seen itself. It is a lookout and no lock:
where the file cannot be written, only what a process remembers counts.

Others commit meanwhile. How a store stands is therefore judged by what was `known` before it was
asked: what became known between the asking and the answer may well be later than the answer.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from functools import reduce
from pathlib import Path
from typing import NamedTuple


class SeenEntry(NamedTuple):
    """An entry of the audit, as it was seen."""

    workspace_id: int
    seq: int
    mac: str
    """In hexadecimal; it covers all entries of its workspace before it."""
    revision: int
    """Of the store, then."""
    history: str
    """Which server has written it: one that was promoted may lack what another had."""


class Trace(Enum):
    """What has become of an entry that was seen."""

    THERE = "there"
    REMOVED = "removed"
    """As keydeck removes some: it was archived, or another audit is there since a restore."""
    LOST = "lost"
    """There is none, or another in its place."""


class Found(NamedTuple):
    """What a store has where an entry was."""

    mac: object
    """Of the entry that is there, None without one."""
    first: object
    """The number of its workspace's first entry."""
    restored: object
    """The revision of the restore after the entry was seen, or since when the store waits for its
    operator; None without either."""


def trace(entry: SeenEntry, found: Found) -> Trace:
    """Return what has become of an entry."""
    if isinstance(found.mac, bytes) and found.mac.hex() == entry.mac:
        return Trace.THERE
    archived = found.mac is None and isinstance(found.first, int) and found.first > entry.seq
    return Trace.REMOVED if archived or found.restored is not None else Trace.LOST


class StoreState(NamedTuple):
    """What a store says of itself."""

    store: str
    """The same in every copy of it."""
    revision: int
    confirmed_at: int | None
    """When its operator last confirmed it."""
    newest: SeenEntry | None = None
    """The newest entry of its audit, in whichever workspace.

    None where there is none, and on a standby, which may lag behind.
    """


class Mark(NamedTuple):
    """What was seen of a store at one place."""

    place: str
    store: str
    revision: int
    confirmed_at: int
    behind: bool
    """Whether it was found set back, and not confirmed since."""
    entry: SeenEntry | None = None
    """The newest entry of its audit then."""


class Known(NamedTuple):
    """What was known at an instant."""

    filed: tuple[Mark, ...]
    own: Mark | None
    """What the process itself had seen."""


class HighWaterMark:
    """What was seen of the stores at one place, by this process and by those before it."""

    def __init__(self, path: Path | None = None, place: str = "") -> None:
        """`place` is where the store is; without a path nothing outlives the process."""
        self._path = path
        self._place = place
        self._mark: Mark | None = None
        self._followed: tuple[SeenEntry | None, SeenEntry | None] = (None, None)
        """An entry that was found in a store, and the newest there then."""

    @classmethod
    def beside(cls, pepper_path: Path, place: str) -> "HighWaterMark":
        """Return the mark of a store whose pepper is in a file: it lies in the same folder."""
        return cls(pepper_path.with_name(f"{pepper_path.name}.high-water"), place)

    @property
    def behind(self) -> bool:
        """Whether the store was found set back, and is not confirmed."""
        return self._mark is not None and self._mark.behind

    def known(self) -> Known:
        """Return what is known now, to judge by it how the store stands that is asked next."""
        return Known(tuple(self._read()), self._mark)

    def to_find(self, standing: StoreState, known: Known) -> SeenEntry | None:
        """Return the entry that a store that stands so has to be asked for, None for none."""
        return self._unfollowed(_known(known, self._place, standing.store), standing)

    def served(self, standing: StoreState, known: Known, found: Trace) -> bool:
        """Return whether a store that stands so may be served, and remember it.

        `known` is what was known before it was asked; `found` is what has become of the entry
        `to_find`.
        """
        before = _known(known, self._place, standing.store)
        if before is not None and found is not Trace.LOST:
            self._followed = (before.entry, standing.newest)
        mark = _seen(before, self._place, standing, found)
        if self._mark is not None and self._mark.store == mark.store:
            mark = _both(self._mark, mark)
        self._mark = mark
        if mark not in known.filed:
            self._write(mark)
        return not mark.behind

    def set_back(self, standing: StoreState, known: Known, found: Trace) -> bool:
        """Return whether a store that stands so was set back; nothing is remembered of it.

        A copy at a place where more of it was never seen, such as a backup, was not.
        """
        before = _known_here(known, self._place, standing.store)
        return before is not None and _seen(before, self._place, standing, found).behind

    def _unfollowed(self, before: Mark | None, standing: StoreState) -> SeenEntry | None:
        entry, newest = before.entry if before else None, standing.newest
        if entry is None or newest is None or newest.history != entry.history:
            return None
        # What was found set back stays so until it is confirmed, whatever is in it.
        known = entry.mac == newest.mac or (entry, newest) == self._followed
        return None if known or (before is not None and before.behind) else entry

    def reached(self, revision: int, workspace_id: int, seq: int, mac: bytes) -> None:
        """Take in the revision of a change that was just committed here, and its last entry."""
        mark = self._mark
        if mark is not None and not mark.behind and revision > mark.revision:
            entry = mark.entry
            if entry is not None:
                entry = SeenEntry(workspace_id, seq, mac.hex(), revision, entry.history)
            self._mark = mark._replace(revision=revision, entry=entry)
            self._write(self._mark)

    def highest(self) -> StoreState:
        """Return the highest revision seen at this place, of whatever store, and confirmation."""
        here = [mark for mark in self._read() if mark.place == self._place]
        if self._mark is not None:
            here.append(self._mark)
        return StoreState(
            "",
            max((mark.revision for mark in here), default=0),
            max((mark.confirmed_at for mark in here), default=0),
        )

    def _read(self) -> list[Mark]:
        if self._path is None:
            return []
        try:
            lines = self._path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return []
        return list(_marks(lines))

    def _write(self, mark: Mark) -> None:
        if self._path is None:
            return
        with suppress(OSError), _turn(self._path):
            marks = {(known.place, known.store): known for known in self._read()}
            there = marks.get((mark.place, mark.store))
            marks[mark.place, mark.store] = mark if there is None else _both(there, mark)
            content = "".join(f"{json.dumps(known._asdict())}\n" for known in marks.values())
            unfinished = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}")
            try:
                handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(content)
                unfinished.replace(self._path)
            finally:
                unfinished.unlink(missing_ok=True)


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    # The folder's own lock; whoever does not get it at once writes the next time.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(folder)


def _marks(lines: Iterable[str]) -> Iterator[Mark]:
    for line in lines:
        # What somebody has damaged is as if it had not been seen.
        with suppress(ValueError, TypeError):
            written = json.loads(line)
            entry = written.pop("entry", None)
            mark = Mark(**written, entry=None if entry is None else SeenEntry(*entry))
            if isinstance(mark.revision, int) and isinstance(mark.confirmed_at, int):
                yield mark


def _known(known: Known, place: str, store: str) -> Mark | None:
    """Return what was seen of a store at a place; for a new place, what was seen of it anywhere."""
    here = _known_here(known, place, store)
    if here is not None:
        return here
    elsewhere = [mark for mark in _every(known) if mark.store == store]
    if not elsewhere:
        return None
    furthest = max(elsewhere, key=lambda mark: (mark.confirmed_at, mark.revision))
    return furthest._replace(place=place, behind=False)


def _known_here(known: Known, place: str, store: str) -> Mark | None:
    here = [mark for mark in _every(known) if (mark.place, mark.store) == (place, store)]
    return reduce(_both, here) if here else None


def _every(known: Known) -> list[Mark]:
    return [*known.filed, known.own] if known.own is not None else list(known.filed)


def _seen(before: Mark | None, place: str, standing: StoreState, found: Trace) -> Mark:
    confirmed_at = standing.confirmed_at or 0
    if before is None or confirmed_at > before.confirmed_at:
        return Mark(
            place,
            standing.store,
            standing.revision,
            confirmed_at,
            behind=False,
            entry=standing.newest,
        )
    earlier = standing.revision < before.revision or confirmed_at < before.confirmed_at
    if earlier or found is Trace.LOST:
        return before._replace(behind=True)
    if standing.revision > before.revision or before.entry is None:
        # A standby knows no entry to go by: that of before is still one.
        newest = standing.newest or before.entry
        return before._replace(revision=standing.revision, entry=newest)
    return before


def _both(first: Mark, second: Mark) -> Mark:
    if first.confirmed_at != second.confirmed_at:
        return max(first, second, key=lambda mark: mark.confirmed_at)
    further = first if first.revision > second.revision else second
    entry = further.entry or first.entry or second.entry
    return further._replace(entry=entry, behind=first.behind or second.behind)
