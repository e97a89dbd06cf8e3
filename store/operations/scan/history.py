"""The history of a git repository: every object it holds, whether a branch leads there or not."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from store.domain.leaks.finding import Finder
from store.errors import PlaceUnreadable
from store.operations.scan.sources import CHUNK, Sighting, Unread, in_stream, printable
from store.system import processes

_SHOWN = 12
_LEADING = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_NAMESPACE")


def in_history(repository: Path, find: Finder, unread: Unread) -> Iterator[Sighting]:
    """Find keys in everything ever committed: files, commit messages, tags.

    A place is the commit that brought it in, the file and the line. `unread` is told of what the
    repository lacks. Raises PlaceUnreadable without git or a repository, or where git stops
    half-way.
    """
    every = ("cat-file", "--batch-all-objects", "--batch", "--buffer", "--unordered")
    with _git(repository, *every) as objects:
        while header := objects.readline():
            name, kind, size = header.decode("ascii").split()
            content = _Part(objects, int(size))
            yield from _in_object(repository, name, kind, content, find, unread)
            content.skip()
            objects.read(1)
    _tell_what_lacks(repository, unread)


class _Part:
    """The next so many bytes of a stream; an object may be larger than memory."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        self._stream, self._left = stream, size

    def read(self, most: int) -> bytes:
        """Return the next bytes, none at the end."""
        found = self._stream.read(min(most, self._left))
        # A stream that ends too soon ends the part as well.
        self._left = self._left - len(found) if found else 0
        return found

    def skip(self) -> None:
        """Read what is left."""
        while self.read(CHUNK):
            pass


def _in_object(
    repository: Path, name: str, kind: str, content: _Part, find: Finder, unread: Unread
) -> Iterator[Sighting]:
    hidden: list[str] = []
    sightings = list(in_stream(content, "", find, lambda _, why: hidden.append(why)))
    if not sightings and not hidden:
        return
    where = _brought_in(repository, name) if kind == "blob" else f"{kind} {name[:_SHOWN]}"
    for why in hidden:
        unread(f"{printable(repository)} {where}", why)
    yield from (Sighting(f"{where}{place}", key) for place, key in sightings)


def _tell_what_lacks(repository: Path, unread: Unread) -> None:
    """Tell of objects, commits and repositories that belong to a history and are not in it."""
    place = printable(repository)
    with _git(
        repository, "rev-list", "--objects", "--all", "--reflog", "--missing=print"
    ) as output:
        missing = sum(line.startswith(b"?") for line in output)
    if missing:
        objects = "1 object is" if missing == 1 else f"{missing:,} objects are"
        unread(place, f"{objects} not in this clone")
    with _git(repository, "rev-parse", "--is-shallow-repository") as output:
        if output.read().strip() == b"true":
            unread(place, "it is a shallow clone, without what was committed before")
    with _git(repository, "rev-parse", "--git-common-dir") as output:
        modules = repository / os.fsdecode(output.read().rstrip(b"\n")) / "modules"
    if modules.is_dir() and any(modules.iterdir()):
        unread(printable(modules), "submodules have histories of their own: name each")


def _brought_in(repository: Path, blob: str) -> str:
    """Return the oldest commit with a blob and the blob's path there."""
    log = ("log", "--all", "--reverse", "-z", "--format=%H", "--name-only", "--no-renames")
    with _git(repository, *log, "--diff-filter=AM", f"--find-object={blob}") as output:
        fields = [
            field.strip("\n") for field in output.read().decode("utf-8", "replace").split("\0")
        ]
    commit, *paths = [field for field in fields if field] or [""]
    return f"{commit[:_SHOWN]}:{paths[0]}" if paths else f"blob {blob[:_SHOWN]}, in no commit"


@contextmanager
def _git(repository: Path, *arguments: str) -> Iterator[IO[bytes]]:
    """Give what git prints. Raises PlaceUnreadable where it cannot, or stops half-way."""
    # A repository that is only looked at must not get to run anything of its own: no monitor, no
    # checker of signatures, no helper that fetches what it lacks.
    quiet = ("-c", "core.fsmonitor=false", "-c", "log.showSignature=false")
    command = ["git", "-C", str(repository), "--no-pager", *quiet]
    alone = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1"}
    # In a hook these would lead it to another repository than the one that was named.
    kept = {name: value for name, value in os.environ.items() if name not in _LEADING}
    try:
        process = processes.start(
            [*command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**kept, **alone},
        )
    except OSError:
        raise PlaceUnreadable(printable(repository), "git is not installed") from None
    with process:
        if process.stdout is not None:
            yield process.stdout
    if process.returncode:
        raise PlaceUnreadable(
            printable(repository), "git found no repository there, or would not read it"
        )
