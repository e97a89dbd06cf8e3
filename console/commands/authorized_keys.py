"""sshd's file of the keys it lets in: a line for one person, added once and never beside another.

See sshd(8), "AUTHORIZED_KEYS FILE FORMAT". Of two lines with the same key sshd obeys the first.
"""

import os
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from store.domain.ssh_keys import PublicKey
from store.errors import Invalid, RefusedByRule

_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
_GUEST = re.compile(r"--guest (\d+)")


class SshKeyTaken(RefusedByRule):
    """The SSH key opens something else already; the sentence says where."""


def line(forced: Sequence[str], key: PublicKey) -> str:
    """Return the line that lets a key run one command and nothing else.

    At a terminal too where it opens no console: what ends something asks there, and without one a
    client is told of its terminal what should be told of the console.
    """
    command = shlex.join(forced).replace("\\", "\\\\").replace('"', '\\"')
    return f'restrict,pty,command="{command}" {key}'


def install(entry: str, key: PublicKey, home: Path) -> Path | None:
    """Add a line to `.ssh/authorized_keys` of the account that runs this, whose home is `home`.

    Folder and file are given the modes that sshd asks for. Returns the file; None when the line is
    there already. Raises Taken when another line has the key, Invalid when it cannot be written.
    """
    path = home / ".ssh" / "authorized_keys"
    try:
        if home.stat().st_uid != os.geteuid():
            raise Invalid("home", f"{home} is somebody else's. Run it as the account of the store.")
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.parent.chmod(0o700)
        return path if _append(entry, key, path) else None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise Invalid("home", f"{path} cannot be written: {reason or error}.") from None


def _append(entry: str, key: PublicKey, path: Path) -> bool:
    import fcntl

    # Whatever the comment behind the key says.
    bare = entry[: entry.rindex(key.blob) + len(key.blob)]
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        # Two at once would each find the key missing.
        fcntl.flock(file, fcntl.LOCK_EX)
        os.fchmod(file.fileno(), 0o600)
        there = file.read()
        for number, raw in enumerate(there.splitlines(), 1):
            if key.blob in _QUOTED.sub('""', raw).split() and not raw.lstrip().startswith("#"):
                if raw.strip() == bare or raw.strip().startswith(f"{bare} "):
                    return False
                raise SshKeyTaken(_refusal(raw, entry, f"line {number} of {path}"))
        torn = there and not there.endswith("\n")
        file.write(f"\n{entry}\n" if torn else f"{entry}\n")
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True


def _refusal(raw: str, entry: str, where: str) -> str:
    theirs, ours = _GUEST.search(raw), _GUEST.search(entry)
    if theirs is None:
        what = "without the console's command"
    elif ours is not None and theirs[1] != ours[1]:
        what = "for another person"
    else:
        what = "with another store, workspace or program"
    return f"Not added: {where} lets this SSH key in {what}, and sshd obeys the first. Remove it."
