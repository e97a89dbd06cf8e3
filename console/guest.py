"""Somebody let in by sshd's forced command: what they send is not believed, what they take bounded.

Of what the system can ration, processor time is not: a session is open for days. Nor are threads,
which are counted for the account and would run out for one guest when others are there.
"""

import os
import re
import select
import signal
import threading
from collections.abc import Iterable

_MAY_SAY = re.compile(
    r"TERM|COLORTERM|NO_COLOR|LANG|LC_[A-Z]+|HOME|PATH|SHELL|USER|LOGNAME|SSH_CONNECTION|SSH_TTY",
    re.ASCII,
)
# Names of terminals and languages. With a slash some of them name files to load.
_PLAIN = re.compile(r"[A-Za-z0-9._@:+ -]{0,64}", re.ASCII)
_NAMES_FILES = {"HOME", "PATH", "SHELL", "SSH_TTY"}

_ASKED = "SSH_ORIGINAL_COMMAND"

MOST_MEMORY = 1 << 30
"""Bytes of its own that a guest's process may have. A console of a million keys has a tenth."""


def is_meant(arguments: Iterable[str]) -> bool:
    """Return whether a command line is the one of sshd's forced command."""
    return any(word.partition("=")[0] == "--guest" for word in arguments)


def asks() -> bool:
    """Return whether the client asked for a command, not for the console."""
    return bool(os.environb.get(_ASKED.encode()))


def believe_nothing() -> None:
    """Keep of the environment what a terminal needs and sshd itself says.

    sshd may pass on what the client sent: `TEXTUAL_*` writes files and imports modules, `COLUMNS`
    takes gigabytes. Before anything is imported that reads it.
    """
    for name, value in list(os.environ.items()):
        if name == _ASKED:
            continue
        plain = name in _NAMES_FILES or _PLAIN.fullmatch(value)
        if not (_MAY_SAY.fullmatch(name) and plain):
            del os.environ[name]


def forget_settings() -> bytes:
    """Drop every setting of keydeck's own, and return the command that the client asked for.

    Some options have their default in the environment. The command is empty where there is none.
    """
    for name in [name for name in os.environ if name.startswith("KEYDECK_")]:
        del os.environ[name]
    return os.environb.pop(_ASKED.encode(), b"")


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


def end_with_the_line() -> None:
    """End this process once nobody can hear it, as a terminal that is gone ends what ran in it.

    Without a terminal sshd tells a command nothing: it would go on until it wrote something. Of a
    pipe whose reader has seen enough, writing tells; of the line, that both are cut.
    """
    threading.Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    heard = select.poll()
    left = {1, 2}
    for descriptor in left:
        heard.register(descriptor, 0)
    while left:
        for descriptor, _ in heard.poll():
            heard.unregister(descriptor)
            left.discard(descriptor)
    os.kill(os.getpid(), signal.SIGHUP)
