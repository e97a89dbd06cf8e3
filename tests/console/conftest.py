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
