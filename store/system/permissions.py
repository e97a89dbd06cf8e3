"""Places that this account may not use: whose they are, and what to do about it."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from store.errors import PlaceForbidden


def is_there(path: Path) -> bool:
    """Return whether something is at a path. Raises PlaceForbidden where one may not look."""
    try:
        path.stat()
    except PermissionError:
        check(path)
        raise _refusal(path.parent) from None
    except (OSError, ValueError):
        return False
    return True


def check(path: Path) -> None:
    """Raise PlaceForbidden where a file may not be reached, read and written, or made.

    It names the first obstacle on the way.
    """
    whole = path
    with suppress(OSError):  # The current folder may have been taken away.
        whole = path.absolute()
    # A folder that may not be entered hides what is in it.
    *folders, last = [
        place for place in (*reversed(whole.parents), whole) if os.path.lexists(place)
    ]
    for folder in folders:
        _check(folder, os.X_OK)
    if last == whole and not last.is_dir():
        _check(last, os.R_OK | os.W_OK)
        last = last.parent
    _check(last, os.W_OK | os.X_OK)


def _check(path: Path, wanted: int) -> None:
    if not os.access(path, wanted):
        raise _refusal(path)


def _refusal(path: Path) -> PlaceForbidden:
    found = path.stat()
    owner = None if found.st_uid == os.geteuid() else _account(found.st_uid)
    return PlaceForbidden(str(path), owner, stat.filemode(found.st_mode))


def _account(number: int) -> str:
    try:
        # Not before it is needed, and not on every system.
        import pwd

        return pwd.getpwuid(number).pw_name
    except (ImportError, KeyError):
        return f"#{number}"
