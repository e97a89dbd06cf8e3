"""Run as a program: copy what stands on standard input, and succeed only if it reads back."""

import sys
import time

import pyperclip

SETTLED_WITHIN = 1.0
"""Seconds in which what was copied must read back: xclip returns before the X server knows."""


def reads_back(text: str) -> bool:
    """Return whether the clipboard holds a text, now or in a moment."""
    end = time.monotonic() + SETTLED_WITHIN
    while pyperclip.paste() != text:
        if time.monotonic() >= end:
            return False
        time.sleep(0.02)
    return True


if __name__ == "__main__":
    given = sys.stdin.buffer.read().decode()
    pyperclip.copy(given)
    sys.exit(0 if reads_back(given) else 1)
