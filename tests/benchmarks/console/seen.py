"""What the emulated screen shows of a list of keys, whoever drew it."""

import re
from collections import Counter

import pyte

_NAME = re.compile(r"\b(\d{7}) [a-z]+")
_LIST = 100
"""Columns that are the list's alone: what stands beside it names the current key too."""


def rows(screen: pyte.Screen) -> list[int]:
    """Return the numbers of the keys in view, from top to bottom."""
    return [int(found[1]) for line in screen.display if (found := _NAME.search(line[:_LIST]))]


def current(screen: pyte.Screen) -> int | None:
    """Return the number of the current key: the one on another ground than the rest."""
    grounds: dict[int, str] = {}
    for y, line in enumerate(screen.display):
        if found := _NAME.search(line[:_LIST]):
            grounds[int(found[1])] = screen.buffer[y][found.start()].bg
    if not grounds:
        return None
    usual = Counter(grounds.values()).most_common(1)[0][0]
    others = [number for number, transactions in grounds.items() if transactions != usual]
    return others[0] if len(others) == 1 else None


def says(screen: pyte.Screen, text: str) -> bool:
    """Return whether a text is on the screen."""
    return any(text in line for line in screen.display)


def typed(screen: pyte.Screen, text: str) -> bool:
    """Return whether a line begins with a text, as the filter's does."""
    return any(line.lstrip().startswith(text) for line in screen.display)
