"""What a verifier says of itself, on standard error: levels, and how a line looks."""

import logging
import os
import time
from enum import StrEnum

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


def configure(level: Level) -> None:
    """Let what is at least of a level go to standard error, each line with its instant in UTC.

    Under systemd its journal has the instant already.
    """
    instant = "" if "JOURNAL_STREAM" in os.environ else "%(asctime)s "
    handler = logging.StreamHandler()
    handler.setFormatter(_Line(instant + "%(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ"))
    logger = logging.getLogger(LOGGER)
    logger.handlers[:] = [handler]
    logger.setLevel(level.upper())
    logger.propagate = False
