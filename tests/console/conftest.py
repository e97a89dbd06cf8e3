"""What every test of the console stands on."""

import pytest
from textual.widgets import Input


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
