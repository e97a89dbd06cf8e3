"""Fixtures every room shares."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.house import House, build

# Textual reads these when it is imported; a picture must not depend on who draws it.
for _name in ("NO_COLOR", "TEXTUAL_THEME"):
    os.environ.pop(_name, None)

# A busy machine is no failure, and the same tree gives the same answer twice.
settings.register_profile("keydeck", deadline=None, derandomize=True, database=None)
settings.load_profile("keydeck")


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the machine's own keydeck, terminal and clipboard out of every test."""
    for name in ("TMUX", "STY", "DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in [name for name in os.environ if name.startswith("KEYDECK_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A store with two workspaces on a SQLite file of its own."""
    built = build(tmp_path)
    yield built
    built.store.close()
