"""The console as admins reach it: a forced command over a real sshd."""

import base64
import os
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from store.people import Role
from tests.house import House, build
from tests.terminal.making import make
from tests.terminal.screen import PATIENCE, Terminal, surroundings
from tests.terminal.ssh import SSHD, Door, sshd

pytestmark = pytest.mark.skipif(SSHD is None, reason="sshd is not installed")


@contextmanager
def opened(tmp_path: Path) -> Iterator[tuple[House, Door]]:
    """Open a house to Alice's SSH key."""
    data = tmp_path / "data" / "keydeck"
    data.mkdir(parents=True)
    house = build(data)
    words = [
        "env",
        f"XDG_DATA_HOME={tmp_path / 'data'}",
        f"PYTHONPATH={Path(__file__).parents[2]}",
        sys.executable,
        "-m",
        "console",
        "--workspace",
        "acme-events",
        "--guest",
        str(house.alice.person_id),
    ]
    with sshd(tmp_path, shlex.join(words)) as door:
        yield house, door
    house.store.close()


def sit(door: Door, folder: Path, *command: str, **sent: str) -> Terminal:
    """Log in from a terminal of one's own."""
    return Terminal(door.client(*command, **sent), surroundings(folder), cwd=folder)


def guests(folder: Path) -> list[psutil.Process]:
    """Return the consoles that run for somebody over SSH on the store in a folder."""
    found = []
    for process in psutil.process_iter():
        try:
            data = process.environ().get("XDG_DATA_HOME")
            if data == str(folder / "data") and "--guest" in process.cmdline():
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def test_a_key_made_over_ssh_reaches_the_clipboard_of_the_admins_own_terminal(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as (house, door):
        terminal = sit(door, tmp_path)
        terminal.sees("No keys yet")
        key = make(terminal)
        assert "Write file" not in terminal.text, "a guest has no files"
        terminal.send("c")
        terminal.sees("Sent")
        sent = base64.b64encode(key.encode())
        assert b"\x1b]52;c;" + sent in terminal.raw
        # What the terminal holds now, pasted back the way terminals paste.
        terminal.send(f"\x1b[200~{key}\x1b[201~")
        terminal.sees("Your clipboard holds this key.")
        terminal.send("\r")
        terminal.sees("● Active")
        terminal.send("q")
        assert terminal.ended() == 0
        assert house.store.keys.show(house.alice, "Website").confirmed_at is not None


def test_a_guest_gets_the_console_whatever_is_asked_for(tmp_path: Path) -> None:
    with opened(tmp_path) as (_, door):
        other = f"sqlite:///{tmp_path / 'other.db'}"
        proof = tmp_path / "proof"
        terminal = sit(
            door, tmp_path, f"touch {proof}", KEYDECK_STORE=other, KEYDECK_WORKSPACE="bolt-catering"
        )
        terminal.sees("No keys yet")
        assert "Acme Events" in terminal.text
        terminal.send("\x1a")
        terminal.send("?")
        terminal.sees("What the keys do")
        terminal.send("\x1b")
        terminal.loses("What the keys do")
        terminal.send("q")
        assert terminal.ended() == 0
        assert not proof.exists()
        assert not (tmp_path / "other.db").exists()


def test_somebody_who_left_is_let_in_no_more(tmp_path: Path) -> None:
    with opened(tmp_path) as (house, door):
        other = house.add_member("ann@acme.example")
        house.store.people.set_role(house.alice, other.email, Role.ADMIN)
        house.store.people.leave(other, house.alice.email)
        terminal = sit(door, tmp_path)
        assert terminal.ended() == 3
        assert "No keys yet" not in terminal.text


def test_a_console_whose_connection_is_cut_does_not_stay(tmp_path: Path) -> None:
    with opened(tmp_path) as (_, door):
        terminal = sit(door, tmp_path)
        terminal.sees("No keys yet")
        assert len(guests(tmp_path)) >= 1
        terminal.process.kill(9)
        end = time.monotonic() + PATIENCE
        while guests(tmp_path) and time.monotonic() < end:
            time.sleep(0.05)
        assert guests(tmp_path) == []
        assert os.listdir(tmp_path / "data" / "keydeck")
