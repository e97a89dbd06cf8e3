"""Commands over a real sshd: what reaches keydeck of what a client sends, and what comes back."""

import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from store.domain.people import Role
from store.domain.ssh_keys import public_key
from store.errors import CommandsOnly
from tests.house import House
from tests.terminal.making import KEY
from tests.terminal.screen import PATIENCE, Terminal, surroundings
from tests.terminal.ssh import SSHD, Door
from tests.terminal.test_ssh import guests, opened

pytestmark = pytest.mark.skipif(SSHD is None, reason="sshd is not installed")


def test_the_key_that_opens_the_console_runs_commands_and_may_stand_in_the_store(
    tmp_path: Path,
) -> None:
    # One server for all of it: starting one, and each command, takes its time.
    with opened(tmp_path) as (house, door):

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
        _sshd_asks_the_store(door, house)
        assert guests(tmp_path) == []


def _sshd_asks_the_store(door: Door, house: House) -> None:
    """At the other port the same SSH key is whose the store says, and may what that says."""
    tom = house.add_member("tom@acme.example", Role.ADMIN)
    public = public_key((door.folder / "client.pub").read_text())

    def ask() -> tuple[int, str]:
        command = replace(door, port=door.asking).plain("keys create --name x --scope events:read")
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        return done.returncode, done.stderr

    house.store.ssh_keys.add(tom.email, public, console=False, looks_only=True)
    status, said = ask()
    assert (status, "looking only" in said) == (3, True), said
    # A client that wants a terminal has one, and is told by us what it cannot have there.
    at_terminal = Terminal(
        replace(door, port=door.asking).client(), surroundings(door.folder), cwd=door.folder
    )
    assert at_terminal.ended() == 3
    assert at_terminal.text.strip() == str(CommandsOnly())
    house.store.people.leave(house.alice, tom.email)
    status, said = ask()
    assert (status, "Permission denied" in said) == (255, True), said


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


_SELECT = ("23", "270", "72")
"""select(2) and pselect6(2) of x86_64, pselect6(2) of aarch64."""


def _reads(process: psutil.Process) -> bool:
    """Return whether a process waits for its standard input."""
    try:
        return Path(f"/proc/{process.pid}/syscall").read_text().split()[0] in _SELECT
    except OSError:
        return False  # it has ended


def _a_cut_line_ends_it(door: Door, folder: Path) -> None:
    client, running = _begun(door, folder)
    client.send_signal(signal.SIGINT)
    client.communicate(timeout=PATIENCE)
    assert _ended(running)


def _ctrl_c(door: Door, folder: Path) -> None:
    """At a terminal Ctrl+C reaches the command, and its status comes back."""
    terminal = Terminal(door.client("scan -"), surroundings(folder), cwd=folder)
    end = time.monotonic() + PATIENCE
    # Once it reads: before that Python itself would be told.
    while not any(map(_reads, guests(folder))):
        assert time.monotonic() < end
        time.sleep(0.02)
    terminal.send("\x03")
    assert terminal.ended() == 130
