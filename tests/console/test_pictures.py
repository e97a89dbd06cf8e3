"""The screens that matter, drawn: the table at two sizes, and the dialogs one must not misread.

Made anew with `pytest tests/console/test_pictures.py --snapshot-update`. The first is the README's.
There is none of a new key's: a full key belongs in no file.
"""

import random
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from console.app import KeydeckApp
from console.launch_options import LaunchOptions
from store.domain import key_string as minting
from store.domain.clock import FixedClock
from store.domain.key_string import Secret
from store.operations.open import create_store
from store.sample import furnish
from tests.console.driving import press, sees
from tests.house import NOON, PASSWORD

# What stands behind a dialog is dimmed by frames that nobody looks at.
pytestmark = pytest.mark.usefixtures("every_frame")

Compare = Callable[..., bool]


@pytest.fixture
def furnished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeydeckApp:
    """The console on the sample workspace, whose keys are the same in every run."""
    chance = random.Random(11)
    # Where it is asked, not by name: a service that is loaded meanwhile would keep the name.
    monkeypatch.setattr(minting, "secrets", SimpleNamespace(choice=chance.choice))
    clock = FixedClock(NOON)
    url, pepper_path = f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "pepper"
    store = create_store(url, pepper_path=pepper_path, clock=clock)
    sample = furnish(store, Secret(PASSWORD))
    store.close()
    return KeydeckApp(
        LaunchOptions(
            url=url, pepper_path=pepper_path, email=sample.email, password=Secret(PASSWORD)
        ),
        clock,
    )


def shows(text: str, *keys: str) -> Callable[[Pilot[Any]], Any]:
    """Return what drives the console to a screen that shows a text."""

    async def drive(pilot: Pilot[Any]) -> None:
        await sees(pilot, "Door scanner")
        # What is counted comes last.
        await sees(pilot, "still tried")
        await press(pilot, "g", *keys)
        await sees(pilot, text)

    return drive


def test_the_workspace_at_140_by_40(furnished: KeydeckApp, snap_compare: Compare) -> None:
    assert snap_compare(
        furnished, terminal_size=(140, 40), run_before=shows("Last 30 days", *["down"] * 11)
    )


def test_the_workspace_at_80_by_24(furnished: KeydeckApp, snap_compare: Compare) -> None:
    assert snap_compare(furnished, terminal_size=(80, 24), run_before=shows("PRO"))


def test_granting_at_80_by_24(furnished: KeydeckApp, snap_compare: Compare) -> None:
    keys = ("n", *"Website 2", "enter")
    drive = shows("2 of 3", *(key.replace(" ", "space") for key in keys))

    async def grant(pilot: Pilot[Any]) -> None:
        await drive(pilot)
        await press(pilot, "space", "down", "right", "space")
        await sees(pilot, "Cannot view events.")

    assert snap_compare(furnished, terminal_size=(80, 24), run_before=grant)


def test_revoking_at_80_by_24(furnished: KeydeckApp, snap_compare: Compare) -> None:
    assert snap_compare(
        furnished, terminal_size=(80, 24), run_before=shows("cannot be undone", "X")
    )


def test_a_rotation_at_80_by_24(furnished: KeydeckApp, snap_compare: Compare) -> None:
    drive = shows("Not yet", *["down"] * 11, "r")
    assert snap_compare(furnished, terminal_size=(80, 24), run_before=drive)
