"""File systems that are small, or can only be read, where one may mount; and commands there."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.house import PASSWORD, House
from tests.terminal.screen import surroundings


@contextmanager
def small(folder: Path) -> Iterator[bool]:
    """Make a folder with room for 8 MiB, where one may; give whether it is one."""
    folder.mkdir()
    with _mounted(folder, [["-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]]) as mounted:
        yield mounted


@contextmanager
def read_only(folder: Path, there: Path) -> Iterator[bool]:
    """Show a folder once more where nobody can write to it, where one may; give whether it is."""
    there.mkdir()
    ways = [
        ["--bind", str(folder), str(there)],
        ["-o", "remount,ro,bind", str(there)],
    ]
    with _mounted(there, ways) as mounted:
        yield mounted


@contextmanager
def _mounted(folder: Path, steps: list[list[str]]) -> Iterator[bool]:
    done = 0
    try:
        for step in steps:
            if subprocess.run(["mount", *step], capture_output=True, check=False).returncode:
                break
            done += 1
        yield done == len(steps)
    finally:
        if done:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Fill a file system to its end, and return the file that does."""
    filler = folder / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    return filler


def keydeck(house: House, folder: Path, *arguments: str, before: str = "") -> tuple[int, str]:
    """Run a command line in a process of its own; return its status and its complaint.

    `before` is Python that is run first in it.
    """
    program = f"{before}\nimport sys\nfrom console.keydeck import main\nsys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=surroundings(
            folder,
            KEYDECK_STORE=house.url,
            KEYDECK_PEPPER_FILE=str(house.pepper_path),
            KEYDECK_AS="alice@acme.example",
            KEYDECK_WORKSPACE="acme-events",
            KEYDECK_PASSWORD=PASSWORD,
        ),
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stderr.strip()
