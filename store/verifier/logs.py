"""What a verifier says of itself, on standard error: levels, and how a line looks."""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from store.verifier.lines import Lines

LOGGER = "keydeck"


class Level(StrEnum):
    """What is said, and whatever is worse."""

    ERROR = "error"
    """Defects."""
    WARNING = "warning"
    """What somebody should look at: a store that cannot be used, a worker that ended."""
    INFO = "info"
    """Starting and stopping, too."""


class _Line(logging.Formatter):
    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        record.levelname = record.levelname.lower()
        return super().format(record)


class _Beside(logging.Handler):
    """Waits for nobody: whoever reads slowly must not hold up a loop that has something to say."""

    def __init__(self, lines: Lines) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        """Have a record written."""
        try:
            self._lines.put(f"{self.format(record)}\n".encode("utf-8", "backslashreplace"))
        except Exception:
            self.handleError(record)


@contextmanager
def told_from(level: Level | None) -> Iterator[None]:
    """Let what is at least of a level go to standard error, as long as the block runs.

    Each line has its instant in UTC; under systemd its journal has that already. None leaves logs
    as they are.
    """
    if level is None:
        yield
        return
    instant = "" if "JOURNAL_STREAM" in os.environ else "%(asctime)s "
    lines = Lines()
    handler = _Beside(lines)
    handler.setFormatter(_Line(instant + "%(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ"))
    logger = logging.getLogger(LOGGER)
    before = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(level.upper())
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before[0])
        logger.propagate = before[1]
        lines.close()
