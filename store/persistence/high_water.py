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
from functools import reduce
from pathlib import Path
from typing import NamedTuple


class StoreState(NamedTuple):
    """What a store says of itself."""

    store: str
    """The same in every copy of it."""
    revision: int
    confirmed_at: int | None
    """When its operator last confirmed it."""


class Mark(NamedTuple):
    """What was seen of a store at one place."""

    place: str
    store: str
    revision: int
    confirmed_at: int
    behind: bool
    """Whether it was found set back, and not confirmed since."""


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

    def served(self, standing: StoreState, known: Known) -> bool:
        """Return whether a store that stands so may be served, and remember it.

        `known` is what was known before it was asked.
        """
        mark = _seen(_known(known, self._place, standing.store), self._place, standing)
        if self._mark is not None and self._mark.store == mark.store:
            mark = _both(self._mark, mark)
        self._mark = mark
        if mark not in known.filed:
            self._write(mark)
        return not mark.behind

    def set_back(self, standing: StoreState, known: Known) -> bool:
        """Return whether a store that stands so was set back; nothing is remembered of it.

        A copy at a place where more of it was never seen, such as a backup, was not.
        """
        before = _known_here(known, self._place, standing.store)
        return before is not None and _seen(before, self._place, standing).behind

    def reached(self, revision: int) -> None:
        """Take in the revision of a change that was just committed here."""
        mark = self._mark
        if mark is not None and not mark.behind and revision > mark.revision:
            self._mark = mark._replace(revision=revision)
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
            mark = Mark(**json.loads(line))
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


def _seen(before: Mark | None, place: str, standing: StoreState) -> Mark:
    confirmed_at = standing.confirmed_at or 0
    if before is None or confirmed_at > before.confirmed_at:
        return Mark(place, standing.store, standing.revision, confirmed_at, behind=False)
    if standing.revision < before.revision or confirmed_at < before.confirmed_at:
        return before._replace(behind=True)
    return before._replace(revision=standing.revision)


def _both(first: Mark, second: Mark) -> Mark:
    if first.confirmed_at != second.confirmed_at:
        return max(first, second, key=lambda mark: mark.confirmed_at)
    return second._replace(
        revision=max(first.revision, second.revision), behind=first.behind or second.behind
    )
