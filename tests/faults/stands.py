"""Where a verifier runs: on this host, on one whose clock can be moved, in a network of its own."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
"""Debian's libfaketime, where it is installed."""


class Place(NamedTuple):
    """How a verifier is run, and by which addresses it is reached and reaches PostgreSQL."""

    within: tuple[str, ...] = ()
    """A command that runs another one."""
    environment: Mapping[str, str] = {}
    reached_at: str = "127.0.0.1"
    database_at: str = "127.0.0.1"


class Clock:
    """A host's clock: what the time of day is; how much of it goes by is left alone."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.move("+0")
        self.place = Place(
            environment={
                "LD_PRELOAD": str(FAKETIME),
                "FAKETIME_TIMESTAMP_FILE": str(self._file),
                # Seconds until a move is noticed: to look at each call takes half a processor.
                "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                # A repair for an older C library, which makes the interpreter's threads wait.
                "FAKETIME_FORCE_MONOTONIC_FIX": "0",
            }
        )

    def move(self, by: str) -> None:
        """Set it to so much before or after what it is, such as `-2h`."""
        new = self._file.with_suffix(".new")
        new.write_text(by, "ascii")
        new.replace(self._file)


class Namespace:
    """A network of a verifier's own, with one cable to its clients and one to PostgreSQL."""

    def __init__(self) -> None:
        """Raises CalledProcessError where that is not allowed."""
        self.name = f"keydeck-{secrets.token_hex(2)}"
        which = secrets.randbelow(250)
        _ip("netns", "add", self.name)
        _ip("-n", self.name, "link", "set", "lo", "up")
        self._cable = f"kd{self.name[-4:]}d"
        for cable, network in ((f"{self._cable[:-1]}c", 213), (self._cable, 214)):
            other = f"{cable}x"
            _ip("link", "add", cable, "type", "veth", "peer", "name", other, "netns", self.name)
            _ip("address", "add", f"10.{network}.{which}.1/30", "dev", cable)
            _ip("-n", self.name, "address", "add", f"10.{network}.{which}.2/30", "dev", other)
            _ip("link", "set", cable, "up")
            _ip("-n", self.name, "link", "set", other, "up")
        self.place = Place(
            within=("ip", "netns", "exec", self.name),
            reached_at=f"10.213.{which}.2",
            database_at=f"10.214.{which}.1",
        )

    def plug(self, *, in_: bool) -> None:
        """Put the cable to PostgreSQL in, or pull it at the other end: every packet is lost."""
        _ip("link", "set", self._cable, "up" if in_ else "down")

    def remove(self) -> None:
        """Take it away, with its cables."""
        _ip("netns", "delete", self.name)


@contextmanager
def namespace() -> Iterator[Namespace]:
    """Give a network of a verifier's own, as long as the block runs."""
    made = Namespace()
    try:
        yield made
    finally:
        made.remove()


def namespaces_allowed() -> bool:
    """Return whether networks can be made here."""
    return os.geteuid() == 0 and shutil.which("ip") is not None


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
