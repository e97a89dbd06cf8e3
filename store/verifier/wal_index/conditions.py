"""Where the header of a wal-index may be relied on; see the package."""

import platform
import re
import sys
from pathlib import Path

_ORDERED = ("x86_64", "AMD64")
_LOCAL = (
    "bcachefs",
    "btrfs",
    "ext2",
    "ext3",
    "ext4",
    "f2fs",
    "jfs",
    "overlay",
    "ramfs",
    "reiserfs",
    "tmpfs",
    "xfs",
    "zfs",
)
"""File systems of one machine, on which all mappings of a file are the same memory."""
_MOUNTS = Path("/proc/self/mountinfo")
_ESCAPED = re.compile(r"\\([0-7]{3})")


class NoHeader(Exception):
    """There is no header that may be relied on; it says why."""


def check_machine() -> None:
    """Raise NoHeader on a system on which this was not tried."""
    if sys.platform != "linux":
        raise NoHeader("this is not Linux")
    if platform.machine() not in _ORDERED:
        raise NoHeader(f"the processor is no x86-64 but {platform.machine()}")


def check_mount(path: Path) -> None:
    """Raise NoHeader where a file is not on a file system of this machine alone.

    `path` is absolute and goes through no links.
    """
    kind = _kind(path)
    if kind not in _LOCAL:
        raise NoHeader(f"it is on a file system of the kind {kind or 'unknown'}")


def _kind(path: Path) -> str | None:
    try:
        lines = _MOUNTS.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return None
    found, longest = None, -1
    for line in lines:
        # 36 35 98:0 /root /mount/point options [more ...] - kind source options (proc(5))
        fields, _, described = line.partition(" - ")
        point = _ESCAPED.sub(lambda escape: chr(int(escape[1], 8)), fields.split(" ")[4])
        # What was mounted later hides what was mounted there before.
        if len(point) >= longest and path.is_relative_to(point):
            found, longest = described.split(" ")[0], len(point)
    return found
