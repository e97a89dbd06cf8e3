"""Zapier's key is rotated every three months under steady traffic, and no request is refused."""

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from console.commands.entry import run
from store.domain.times import DAY, HOUR
from tests.house import PASSWORD, House
from tests.stories.moving_clock import MovingClock
from tests.verifier.serving import API, Server, eventually, serving

pytestmark = pytest.mark.sqlite_only

QUARTERS = 2
STEP = 2 * HOUR
"""How far the clock moves on with each request while time is let pass."""


class Integration(threading.Thread):
    """Asks for events without a pause, with whichever key it holds, and counts the answers."""

    def __init__(self, server: Server, clock: MovingClock, agent: str, key: str) -> None:
        super().__init__(daemon=True)
        self.key = key
        self.agent = agent
        self.answers: Counter[int] = Counter()
        self.answered_to = ""
        """The key that the last answer was given to."""
        self.told: dict[str, str] = {}
        """What the last answer said of the key's end."""
        self._port = server.port
        self._clock = clock
        self._steps = 0
        self._over = threading.Event()

    def run(self) -> None:
        """Ask until it is over."""
        connection = HTTPConnection("127.0.0.1", self._port)
        while not self._over.is_set():
            key = self.key
            headers = {"Authorization": f"Bearer {key}", "User-Agent": self.agent}
            connection.request("GET", f"{API}/events", headers=headers)
            answer = connection.getresponse()
            answer.read()
            self.told = {name: answer.headers.get(name, "") for name in ("Deprecation", "Sunset")}
            self.answers[answer.status] += 1
            self.answered_to = key
            if self._steps:
                self._clock.advance(STEP)
                self._steps -= 1
            else:
                time.sleep(0.003)
        connection.close()

    def let_pass(self, milliseconds: int) -> None:
        """Let time pass, with a request for each step of it."""
        self._steps = milliseconds // STEP
        eventually(lambda: self._steps == 0, 60)

    def move_to(self, key: str) -> None:
        """Take another key; when this returns nothing asks with the one before any more."""
        self.key = key
        eventually(lambda: self.answered_to == key)

    def end(self) -> None:
        """Stop asking."""
        self._over.set()
        self.join()


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MovingClock:
    """The clock of this process and of the verifier."""
    moving = MovingClock(tmp_path / "clock")
    moving.rule(monkeypatch)
    return moving


@pytest.fixture
def server(house: House, clock: MovingClock, tmp_path: Path) -> Iterator[Server]:
    """A verifier in a process of its own."""
    with serving(house, tmp_path / "stderr", prelude=clock.prelude) as found:
        yield found


@pytest.fixture
def keydeck(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run command lines as Alice; returns the exit status, what was put out and what was said."""

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setenv("KEYDECK_STORE", house.url)
        monkeypatch.setenv("KEYDECK_PEPPER_FILE", str(house.pepper_path))
        monkeypatch.setenv("KEYDECK_AS", "alice@acme.example")
        monkeypatch.setenv("KEYDECK_PASSWORD", PASSWORD)
        monkeypatch.setattr(sys, "stdin", StringIO())
        capsys.readouterr()
        status = run(list(arguments))
        streams = capsys.readouterr()
        return status, streams.out, streams.err

    return call


def test_zapier_is_rotated_every_three_months_and_nothing_is_refused(
    server: Server,
    clock: MovingClock,
    keydeck: Callable[..., tuple[int, str, str]],
    record_property: Callable[[str, object], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    def shown() -> dict[str, Any]:
        found: dict[str, Any] = json.loads(keydeck("rotations", "show", "Zapier", "--json")[1])
        return found

    def due() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(keydeck("keys", "due", "--json")[1])
        return found

    _, key, _ = keydeck(
        *("keys", "create", "--name", "Zapier", "--scope", "events:read"),
        *("--expires", "never", "--rotate-every", "90d"),
    )
    assert keydeck("keys", "due")[0] == 0
    steady = Integration(server, clock, "Zapier", key.strip())
    forgotten = Integration(server, clock, "Zapier nightly", key.strip())
    for integration in (steady, forgotten):
        integration.start()
    try:
        for _ in range(QUARTERS):
            steady.let_pass(80 * DAY)
            # It comes up before its date, with who would be cut off: both were counted just now.
            eventually(lambda: len(due()[0]["callers"]) == 2)
            assert keydeck("keys", "due", "--within", "14d")[0] == 1
            [coming] = due()
            assert (coming["why"], coming["overdue"]) == ("rotation due", False)

            status, new, _ = keydeck("keys", "rotate", "Zapier", "--overlap", "7d")
            assert (status, shown()["status"]) == (0, "both live")
            steady.move_to(new.strip())
            eventually(lambda: shown()["status"] == "moving")
            # One of two has moved. The other is named to whoever would cut it off, and is told.
            status, _, said = keydeck("rotations", "finish", "Zapier")
            assert status == 5
            assert "Zapier nightly" in said
            assert forgotten.told["Deprecation"].startswith("@")
            assert forgotten.told["Sunset"].endswith("GMT")
            assert steady.told == {"Deprecation": "", "Sunset": ""}

            forgotten.move_to(new.strip())
            steady.let_pass(25 * HOUR)
            eventually(lambda: shown()["safe"])
            assert keydeck("rotations", "finish", "Zapier")[0] == 0
            assert shown()["status"] == "done"
    finally:
        for integration in (steady, forgotten):
            integration.end()
    asked = steady.answers + forgotten.answers
    record_property("requests", asked.total())
    with capsys.disabled():
        print(f" {asked.total():,} requests, {asked.total() - asked[200]} refused")
    assert asked.keys() == {200}
    assert asked.total() > QUARTERS * 81 * DAY // STEP
