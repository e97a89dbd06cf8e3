"""The history of a git repository: every object it holds, whether a branch leads there or not."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO

from store import processes
from store.errors import PlaceUnreadable
from store.leaks.finding import Finder
from store.leaks.places import Sighting, in_stream, printable

_SHOWN = 12


def in_history(repository: Path, find: Finder) -> Iterator[Sighting]:
    """Find keys in everything ever committed: files, commit messages, tags.

    A place is the commit that brought it in, the file and the line. Raises PlaceUnreadable without
    git or a repository.
    """
    every = ("cat-file", "--batch-all-objects", "--batch", "--buffer", "--unordered")
    with _git(repository, *every) as objects:
        while header := objects.readline():
            name, kind, *sizes = header.decode("ascii").split()
            if not sizes:
                # A partial clone has the name alone: `<name> missing`.
                continue
            [size] = sizes
            data = objects.read(int(size))
            objects.read(1)
            sightings = list(in_stream(BytesIO(data), "", find))
            if sightings:
                blob = kind == "blob"
                where = _brought_in(repository, name) if blob else f"{kind} {name[:_SHOWN]}"
                yield from (Sighting(f"{where}{place}", key) for place, key in sightings)


def _brought_in(repository: Path, blob: str) -> str:
    """Return the oldest commit with a blob and the blob's path there."""
    log = ("log", "--all", "--reverse", "-z", "--format=%H", "--name-only", "--no-renames")
    with _git(repository, *log, "--diff-filter=AM", f"--find-object={blob}") as told:
        fields = [one.strip("\n") for one in told.read().decode("utf-8", "replace").split("\0")]
    commit, *paths = [one for one in fields if one] or [""]
    return f"{commit[:_SHOWN]}:{paths[0]}" if paths else f"blob {blob[:_SHOWN]}, in no commit"


@contextmanager
def _git(repository: Path, *arguments: str) -> Iterator[IO[bytes]]:
    """Give what git prints. Raises PlaceUnreadable where it cannot, or stops half-way."""
    # A repository that is only looked at must not get to run anything of its own: no monitor, no
    # checker of signatures, no helper that fetches what it lacks.
    quiet = ("-c", "core.fsmonitor=false", "-c", "log.showSignature=false")
    command = ["git", "-C", str(repository), "--no-pager", *quiet]
    alone = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1"}
    try:
        process = processes.start(
            [*command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **alone},
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
