"""The console as admins reach it: a forced command over a real sshd."""

import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from store.domain.people import Role
from tests.house import House, build
from tests.terminal.making import make, sign_in
from tests.terminal.multiplexer import asked, needs_tmux, tmux, tmux_words
from tests.terminal.screen import PATIENCE, Terminal, surroundings
from tests.terminal.ssh import SSHD, Door, sshd

CONSOLE = [sys.executable, "-m", "console"]

pytestmark = pytest.mark.skipif(SSHD is None, reason="sshd is not installed")


@contextmanager
def opened(tmp_path: Path, accepted: str = "KEYDECK_* LANG") -> Iterator[tuple[House, Door]]:
    """Open a house to Alice's SSH key, as its operator does; sshd passes on what is `accepted`.

    At its other port sshd asks the store.
    """
    data = tmp_path / "data" / "keydeck"
    data.mkdir(parents=True)
    house = build(data)
    asks = [
        *(sys.executable, "-EP", "-m", "console", "--store", house.url),
        *("--pepper-file", str(house.pepper_path), "authorized-keys", "%f"),
    ]
    with sshd(tmp_path, accepted, asks) as door:
        authorize = ["people", "authorize", house.alice.email, "--install", "--ssh-key"]
        subprocess.run(
            [*CONSOLE, *authorize, str(tmp_path / "client.pub")],
            env=surroundings(tmp_path),
            check=True,
            capture_output=True,
        )
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
            words = process.cmdline()
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
        # Not the shell that sshd runs the command with.
        if "--guest" in words and any(str(folder) in word for word in words):
            found.append(process)
    return found


def hang_up(terminal: Terminal, folder: Path) -> None:
    """Kill the SSH client, and wait for the end of its console."""
    [console] = guests(folder)
    began = time.monotonic()
    terminal.process.kill(signal.SIGKILL)
    # When somebody collects its exit status is another matter.
    with suppress(psutil.NoSuchProcess):
        while console.status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < began + PATIENCE
            time.sleep(0.01)


def test_a_key_made_over_ssh_reaches_the_clipboard_of_the_admins_own_terminal(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as (house, door):
        terminal = sit(door, tmp_path)
        terminal.sees("No keys yet")
        key = make(terminal)
        assert "Write file" not in terminal.text, "a guest has no files"
        assert "Pipe" not in terminal.text, "a guest has no commands"
        terminal.send("wpc")
        terminal.sees("Sent")
        assert b"\x1b]52;c" + asked(key) in terminal.raw
        # What the terminal holds now, pasted back the way terminals paste.
        terminal.send(f"\x1b[200~{key}\x1b[201~")
        terminal.sees("Your clipboard holds this key.")
        terminal.send("\r")
        terminal.sees("● Active")
        terminal.send("q")
        assert terminal.ended() == 0
        assert house.store.keys.show(house.alice, "Website").confirmed_at is not None


def test_no_setting_of_a_guests_client_is_believed_and_nothing_leads_out(tmp_path: Path) -> None:
    with opened(tmp_path) as (_, door):
        other = f"sqlite:///{tmp_path / 'other.db'}"
        terminal = sit(
            door,
            tmp_path,
            KEYDECK_STORE=other,
            KEYDECK_WORKSPACE="bolt-catering",
            KEYDECK_CLIPBOARD="no such way",
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
        assert not (tmp_path / "other.db").exists()


def test_somebody_who_left_is_let_in_no_more(tmp_path: Path) -> None:
    with opened(tmp_path) as (house, door):
        other = house.add_member("ann@acme.example")
        house.store.people.set_role(house.alice, other.email, Role.ADMIN)
        house.store.people.leave(other, house.alice.email)
        terminal = sit(door, tmp_path)
        assert terminal.ended() == 3
        assert "No keys yet" not in terminal.text


def test_a_line_that_is_cut_at_the_new_key_ends_the_console_and_leaves_it_unconfirmed(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as (house, door):
        terminal = sit(door, tmp_path)
        terminal.sees("No keys yet")
        key = make(terminal)
        hang_up(terminal, tmp_path)
        stored = house.store.keys.show(house.alice, "Website")
        assert stored.id == key.split("_")[1]
        assert stored.confirmed_at is None
        again = sit(door, tmp_path)
        again.sees("Unconfirmed")
        assert key.encode() not in again.raw
        again.send("q")
        assert again.ended() == 0


def test_the_console_has_the_size_of_the_admins_own_window(tmp_path: Path) -> None:
    with opened(tmp_path) as (_, door):
        terminal = sit(door, tmp_path)
        terminal.sees("No keys yet")
        for columns, lines in ((132, 40), (70, 20)):
            terminal.resize(columns, lines)
            terminal.wait(
                lambda screen, size=(columns, lines): drawn_for(screen, *size),  # type: ignore[misc]
                f"a console of {columns} by {lines}",
            )
        terminal.send("q")
        assert terminal.ended() == 0


def drawn_for(screen: str, columns: int, lines: int) -> bool:
    """Return whether the name stands at the right edge and the keys stand in the last line."""
    rows = screen.split("\n")
    head, keys = rows[0].rstrip(), rows[lines - 1]
    return head.endswith("alice") and columns - 3 < len(head) <= columns and "Quit" in keys


@needs_tmux
def test_a_tmux_around_the_ssh_client_is_said_to_be_in_the_way(tmp_path: Path) -> None:
    with opened(tmp_path) as (_, door), tmux(tmp_path, *door.client()) as (terminal, _call):
        terminal.sees("No keys yet")
        key = make(terminal)
        terminal.send("c")
        terminal.sees("your tmux or screen may stop it")
        assert asked(key) not in terminal.raw, "tmux's own default drops it"


@needs_tmux
def test_through_a_tmux_inside_ssh_a_copy_arrives_and_nothing_of_it_stays(tmp_path: Path) -> None:
    with opened(tmp_path) as (_, door):
        # The operator's own way in: a shell.
        (tmp_path / ".ssh" / "authorized_keys").write_text((tmp_path / "client.pub").read_text())
        call, inside = tmux_words(tmp_path)
        here = [f"{name}={value}" for name, value in surroundings(tmp_path).items()]
        command = shlex.join(["env", *here, *inside, *CONSOLE, "--workspace", "acme-events"])
        terminal = sit(door, tmp_path, command)
        try:
            sign_in(terminal)
            key = make(terminal)
            terminal.send("c")
            terminal.sees("Sent through tmux")
            terminal.wait(lambda screen: asked(key) in terminal.raw, "the terminal's clipboard")
            buffers = subprocess.run([*call, "list-buffers"], capture_output=True, text=True)
            assert (buffers.returncode, buffers.stdout) == (0, "")
        finally:
            subprocess.run([*call, "kill-server"], check=False, capture_output=True)
            terminal.process.close(force=True)
