"""Archives of an audit as files: written whole or not at all, read as often as one likes."""

import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from store.domain.audit.archive import (
    Archived,
    Heading,
    heading_line,
    heading_of,
    line_of,
    link_of,
)
from store.domain.audit.chain import Anchor, Link
from store.domain.batches import PAUSE_S
from store.domain.people import Workspace
from store.errors import ArchivingUnfinished, Invalid
from store.operations.backup import sync
from store.operations.progress import Progress, unseen
from store.operations.store import Store
from store.service.audit_archiving import ToArchive

_HEADING_BYTES = 10_000


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive in a file. Implements ArchiveFile."""

    path: Path
    heading: Heading

    @property
    def name(self) -> str:
        """Its file's name."""
        return self.path.name

    def links(self) -> Iterator[Link]:
        """Read its entries, one at a time. Raises Invalid where it cannot be read any more."""
        try:
            with self.path.open("rb") as file:
                file.readline()
                for line in file:
                    # A line that was cut holds no entry, even where its JSON is whole.
                    whole = line.endswith(b"\n")
                    yield link_of(line.decode(errors="replace")) if whole else Link(None)
        except OSError as error:
            raise _unreadable(self.path, error) from None

    def digest(self) -> str:
        """Return the file's SHA-256, in hexadecimal. Raises Invalid where it cannot be read."""
        try:
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise _unreadable(self.path, error) from None


def open_archive(path: Path) -> Archive:
    """Open an archive. Raises Invalid for a file that is missing, unreadable or none."""
    try:
        with path.open("rb") as file:
            line = file.readline(_HEADING_BYTES)
    except OSError as error:
        raise _unreadable(path, error) from None
    return Archive(path, heading_of(line.decode(errors="replace"), path.name))


def archive(
    store: Store,
    workspace: Workspace,
    path: Path,
    until: Anchor | int,
    progress: Progress = unseen,
) -> Archived:
    """Move a workspace's audit up to an anchor, or an instant, from the store to a new file.

    Cut off by whatever, at whatever instant, it is gone on with by the same call. The file is of
    mode 0600 and on the disk before the audit says so, and the audit says so before the first
    entry goes.

    Raises NotGranted for who does not own the store, ArchivingUnfinished where another file is to
    be finished first, NothingToArchive, AuditNotIntact, ArchivedMeanwhile, EntryArchived, or
    Invalid for an anchor of another audit, or a file that exists or cannot be written.
    """
    archiving = store.audit_archiving
    archiving.check_may_remove(workspace)
    newest, left = archiving.newest(workspace), archiving.left(workspace)
    if newest is not None and newest.file == path.name and path.exists():
        # What goes is in it: it is not another file of that name, whoever wrote that entry.
        written = open_archive(path)
        expected = Heading(workspace.slug, newest.first, newest.last, newest.mac)
        if written.heading != expected or written.digest() != newest.sha256:
            raise Invalid("file", f"{path} is not as it was written. Nothing was removed.")
        _remove(store, workspace, left, progress)
        return newest
    if newest is not None and left:
        raise ArchivingUnfinished(newest.file)
    wanted = archiving.plan(workspace, until)
    if not path.exists():
        _write(store, wanted, path, progress)
    said = archiving.say(wanted, path.name, _checked(store, wanted, path).digest())
    _remove(store, workspace, wanted.count, progress)
    return said


def _checked(store: Store, wanted: ToArchive, path: Path) -> Archive:
    """Read it again: it may be of a run that was cut off before the audit said so."""
    taken = Invalid("file", f"{path} exists already. Name a new file.")
    try:
        written = open_archive(path)
    except Invalid:
        raise taken from None
    if written.heading != wanted.heading:
        raise taken
    store.audit_archiving.check(wanted, written.links())
    return written


def _write(store: Store, wanted: ToArchive, path: Path, progress: Progress) -> None:
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            _fill(store, wanted, file, progress)
        sync(unfinished)
        # Unlike a rename, a link refuses a name that was taken meanwhile.
        os.link(unfinished, path)
        sync(path.absolute().parent)
    except FileExistsError:
        raise Invalid("file", f"{path} exists already. Name a new file.") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Invalid("file", f"{path} cannot be written: {reason}.") from None
    finally:
        unfinished.unlink(missing_ok=True)


def _fill(store: Store, wanted: ToArchive, file: BinaryIO, progress: Progress) -> None:
    file.write(f"{heading_line(wanted.heading)}\n".encode())
    written = 0

    def take(link: Link) -> None:
        nonlocal written
        file.write(f"{line_of(link)}\n".encode())
        written += 1
        if written % 1000 == 0:
            progress(written, 2 * wanted.count, "writing")

    store.audit_archiving.follow(wanted, take)


def _remove(store: Store, workspace: Workspace, number: int, progress: Progress) -> None:
    removed = 0
    while some := store.audit_archiving.remove_some(workspace):
        removed += some
        progress(number + removed, max(2 * number, number + removed), "removing")
        time.sleep(PAUSE_S)
    progress(1, 1, "")


def _unreadable(path: Path, error: OSError) -> Invalid:
    reason = (error.strerror or str(error)).lower()
    return Invalid("archive", f"{path} cannot be read: {reason}.")
