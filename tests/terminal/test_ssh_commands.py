"""Commands over a real sshd: what reaches keydeck of what a client sends, and what comes back."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from store.domain.people import Role
from store.domain.ssh_keys import public_key
from tests.house import build
from tests.terminal.making import KEY
from tests.terminal.screen import PATIENCE, Terminal, surroundings
from tests.terminal.ssh import SSHD, Door, sshd
from tests.terminal.test_ssh import guests, opened

pytestmark = pytest.mark.skipif(SSHD is None, reason="sshd is not installed")


def test_the_key_that_opens_the_console_runs_commands(tmp_path: Path) -> None:
    # One server for all of it: starting one, and each command, takes its time.
    with opened(tmp_path) as (_, door):

        def ask(command: str, given: str = "", **sent: str) -> tuple[int, str, str]:
            done = subprocess.run(
                door.plain(command, **sent),
                input=given,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
            )
            return done.returncode, done.stdout, done.stderr

        made = ask("keys create --name 'Night build' --scope events:read")
        assert (made[0], KEY.fullmatch(made[1].strip()) is not None) == (0, True), made
        listed = ask(
            "keys list --state active --json",
            KEYDECK_STORE=f"sqlite:///{tmp_path / 'other.db'}",
            KEYDECK_PASSWORD="wrong",
        )
        assert (listed[0], '"Night build"' in listed[1], listed[2]) == (0, True, "")
        found = ask("scan -", given=f"a log with {made[1]}")
        assert (found[0], "Night build" in found[1]) == (1, True)
        assert ask("")[::2] == (
            1,
            "The console needs a terminal that can draw. Log in from one: ssh -t. "
            "Or name a command, such as keys list.\n",
        )
        proof = tmp_path / "proof"
        for command, status in (
            (f"keys show '$(touch {proof})'", 4),
            (f"keys show '\n'; touch {proof}", 2),
            ("keys show " + "x" * 65_536, 2),
        ):
            done = ask(command)
            assert (done[0], done[1], done[2].count("\n")) == (status, "", 1), (command[:80], done)
        # Longer than one variable may be (execve(2)): sshd cannot even begin.
        megabyte = door.plain("keys", "show", *["x" * 65_536] * 16)
        assert subprocess.run(megabyte, capture_output=True, timeout=PATIENCE).returncode != 0
        assert not proof.exists()
        assert not (tmp_path / "other.db").exists()
        _a_cut_line_ends_it(door, tmp_path)
        _ctrl_c(door, tmp_path)
        assert guests(tmp_path) == []


def test_sshd_asks_the_store_whom_an_ssh_key_lets_in(tmp_path: Path) -> None:
    data = tmp_path / "data" / "keydeck"
    data.mkdir(parents=True)
    house = build(data)
    tom = house.add_member("tom@acme.example", Role.ADMIN)
    asked = [
        *(sys.executable, "-EP", "-m", "console", "--store", house.url),
        *("--pepper-file", str(house.pepper_path), "authorized-keys", "%f"),
    ]
    with sshd(tmp_path, asks=asked) as door:
        public = public_key((tmp_path / "client.pub").read_text())

        # Each time two processes begin, the one that sshd asks and the command itself.
        def ask(command: str) -> "subprocess.CompletedProcess[str]":
            return subprocess.run(
                door.plain(command), capture_output=True, text=True, timeout=3 * PATIENCE
            )

        house.store.ssh_keys.add(tom.email, public, console=False, looks_only=True)
        assert ask("keys list --json").stdout == "[]\n"
        refused = ask("keys create --name x --scope events:read")
        assert (refused.returncode, "looking only" in refused.stderr) == (3, True)
        house.store.people.leave(house.alice, tom.email)
        shut = ask("keys list")
        assert (shut.returncode, "Permission denied" in shut.stderr) == (255, True)
    house.store.close()


def _begun(door: Door, folder: Path) -> tuple["subprocess.Popen[bytes]", psutil.Process]:
    """Begin a command that waits for what never comes; return the client and what it runs."""
    client = subprocess.Popen(
        door.plain("scan -"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    end = time.monotonic() + PATIENCE
    while not (there := guests(folder)):
        assert time.monotonic() < end
        time.sleep(0.02)
    return client, there[0]


def _ended(process: psutil.Process) -> bool:
    try:
        process.wait(PATIENCE)
    except psutil.NoSuchProcess:
        return True
    return not process.is_running()


def _a_cut_line_ends_it(door: Door, folder: Path) -> None:
    client, running = _begun(door, folder)
    client.send_signal(signal.SIGINT)
    client.communicate(timeout=PATIENCE)
    assert _ended(running)


def _ctrl_c(door: Door, folder: Path) -> None:
    """At a terminal Ctrl+C reaches the command, and its status comes back."""
    terminal = Terminal(door.client("scan -"), surroundings(folder), cwd=folder)
    end = time.monotonic() + PATIENCE
    while not guests(folder):
        assert time.monotonic() < end
        time.sleep(0.02)
    # Once it reads: before that Python itself would be told.
    time.sleep(1.5)
    terminal.send("\x03")
    assert terminal.ended() == 130
