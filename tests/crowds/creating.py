"""`keydeck keys create`, many times at once."""

import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

from tests.house import PASSWORD, House
from tests.terminal.screen import surroundings


def refused(house: House, folder: Path, number: int, held_s: float = 0.0) -> list[str]:
    """Return what those said that failed, of so many creations begun at once.

    Somebody else holds the store's lock for the first `held_s` seconds.
    """
    environment = surroundings(
        folder,
        KEYDECK_STORE=house.url,
        KEYDECK_PEPPER_FILE=str(house.pepper_path),
        KEYDECK_AS="alice@acme.example",
        KEYDECK_PASSWORD=PASSWORD,
    )
    command = [sys.executable, "-m", "console", "keys", "create", "--scope", "events:read"]
    with house.store.database.writing() if held_s else nullcontext():
        running = [
            subprocess.Popen(
                [*command, "--name", f"Key {one}"],
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            for one in range(number)
        ]
        until = time.monotonic() + held_s
        while time.monotonic() < until and all(one.poll() is None for one in running):
            time.sleep(0.05)
    # One after the other: none writes more than a pipe holds.
    said = [(one.communicate()[1], one.returncode) for one in running]
    return [words for words, status in said if status != 0]
