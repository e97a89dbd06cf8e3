"""Somebody let in by sshd's forced command: what they send is not believed, what they take bounded.

Of what the system can ration, processor time is not: a session is open for days. Nor are threads,
which are counted for the account and would run out for one guest when others are there.
"""

import os
import re
from collections.abc import Iterable

_MAY_SAY = re.compile(
    r"TERM|COLORTERM|NO_COLOR|LANG|LC_[A-Z]+|HOME|PATH|SHELL|USER|LOGNAME|SSH_CONNECTION|SSH_TTY",
    re.ASCII,
)
# Names of terminals and languages. With a slash some of them name files to load.
_PLAIN = re.compile(r"[A-Za-z0-9._@:+ -]{0,64}", re.ASCII)
_NAMES_FILES = {"HOME", "PATH", "SHELL", "SSH_TTY"}

MOST_MEMORY = 1 << 30
"""Bytes of its own that a guest's process may have. A console of a million keys has a tenth."""


def is_meant(arguments: Iterable[str]) -> bool:
    """Return whether a command line is the one of sshd's forced command."""
    return any(word.partition("=")[0] == "--guest" for word in arguments)


def believe_nothing() -> None:
    """Keep of the environment what a terminal needs and sshd itself says.

    sshd may pass on what the client sent: `TEXTUAL_*` writes files and imports modules, `COLUMNS`
    takes gigabytes. Before anything is imported that reads it.
    """
    for name, value in list(os.environ.items()):
        plain = name in _NAMES_FILES or _PLAIN.fullmatch(value)
        if not (_MAY_SAY.fullmatch(name) and plain):
            del os.environ[name]


def forget_settings() -> None:
    """Drop every setting of keydeck's own: some options have their default in the environment."""
    for name in [name for name in os.environ if name.startswith("KEYDECK_")]:
        del os.environ[name]
    os.environ.pop("SSH_ORIGINAL_COMMAND", None)


def bound() -> None:
    """Let this process have no more memory than a console can need, and leave no dump of it."""
    try:
        import resource
    except ImportError:
        return
    for which, most in ((resource.RLIMIT_DATA, MOST_MEMORY), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(which)
        if hard == resource.RLIM_INFINITY or most < hard:
            resource.setrlimit(which, (most, most))
