"""Processor time of a server that tests started, which is told apart from what else goes on."""

from contextlib import suppress
from pathlib import Path

import psutil

QUIET = "autovacuum=off"
"""What tidies up beside would be measured too: with this it does not."""


def server_seconds(server: psutil.Process | None) -> float:
    """Return PostgreSQL's processor time, 0 without one.

    Of what runs to the nanosecond; of what has ended, such as who helped with one statement, in
    hundredths of a second.
    """
    if server is None:
        return 0.0
    ended, running = server.cpu_times(), 0
    # What psutil finds them by looks at every process there is.
    for child in Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split():
        with suppress(FileNotFoundError, ProcessLookupError):
            running += int(Path(f"/proc/{child}/schedstat").read_text().split()[0])
    return running / 1e9 + ended.children_user + ended.children_system
