"""Strings from outside on their way into a log or a table."""

import re

from starlette.types import Scope

MOST_KEPT = 200
"""Characters of a foreign string that are kept."""

_KEY = re.compile(r"[a-z]{2,8}_[0-9A-Za-z]{12}_[0-9A-Za-z]+")
_STEERS_A_TERMINAL = re.compile(r"[^\n\x20-\x7e]")


def without_keys(text: str) -> str:
    """Return a text without what looks like a key."""
    return _KEY.sub("[key]", text)


def harmless(text: str) -> str:
    """Return a text without what looks like a key and without what steers a terminal."""
    return _STEERS_A_TERMINAL.sub("?", without_keys(text))


def kept(text: str) -> str:
    """Return a text as it may be stored: one harmless line, not too long."""
    return harmless(text[: 2 * MOST_KEPT]).replace("\n", "?")[:MOST_KEPT]


def raw_header(scope: Scope, name: bytes) -> bytes:
    """Return the beginning of a request's header as it was sent, empty where there is none."""
    for found, value in scope["headers"]:
        if found == name:
            beginning: bytes = value[: 2 * MOST_KEPT]
            return beginning
    return b""


def header(scope: Scope, name: bytes) -> str:
    """Return a request's header as it may be stored, empty where there is none."""
    return kept(raw_header(scope, name).decode("latin-1"))
