"""Secrets in the environment: taken out of it, wherever it is shown."""

import os


def taken(name: str) -> str | None:
    """Take a secret out of the environment and return it, None where there is none.

    No child inherits it, and where the system shows what a process was started with
    (`/proc/PID/environ`) it stands no more: that shows the memory in which it was handed over.
    """
    value = os.environ.get(name)
    if value is None:
        return None
    _overwrite(name)
    del os.environ[name]
    return value


def _overwrite(name: str) -> None:
    try:
        import ctypes

        find = ctypes.CDLL(None).getenv
    except (ImportError, OSError, TypeError, AttributeError):
        return
    find.argtypes, find.restype = [ctypes.c_char_p], ctypes.c_void_p
    encoded = os.fsencode(name)
    if at := find(encoded):
        # With its name: what is left would tell that there was one.
        begins = at - len(encoded) - 1
        ctypes.memset(begins, 0, len(encoded) + 1 + len(ctypes.string_at(at)))
