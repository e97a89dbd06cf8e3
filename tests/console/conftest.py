"""What every test of the console stands on."""

from collections.abc import Iterator

import pytest
from textual.widgets import Input

from tests.console.frames import all_frames, seen_frames

seen_frames()


@pytest.fixture
def every_frame() -> Iterator[None]:
    """Let every frame be drawn, looked at or not."""
    with all_frames():
        yield


@pytest.fixture
def anyio_backend() -> str:
    """Textual runs on asyncio."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _still_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the cursor from blinking in pictures."""
    monkeypatch.setattr(Input, "_toggle_cursor", lambda self: None)


@pytest.fixture(autouse=True)
def _no_clipboard_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test write the clipboard of whoever runs it."""
    for name in ("TMUX", "STY", "SSH_CONNECTION", "SSH_TTY", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
