"""What somebody let in over SSH runs ends with their line."""

import signal
import subprocess
import sys

import pytest

from tests.console.driving import console, sees, until
from tests.house import House
from tests.invariants.prepared import public_key

WAITS = """
import sys, time
from console import guest
guest.end_with_the_line()
print("begun", flush=True)
sys.stdin.readline()
print("heard", file=sys.stderr, flush=True)
time.sleep(60)
"""


def test_a_command_ends_once_nobody_can_hear_it_and_not_for_a_reader_that_has_seen_enough() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WAITS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        try:
            assert process.stdout.readline() == b"begun\n"
            process.stdout.close()
            process.stdin.write(b"go on\n")
            process.stdin.flush()
            assert process.stderr.readline() == b"heard\n"
            process.stderr.close()
            assert process.wait(10) == -signal.SIGHUP
        finally:
            process.kill()


@pytest.mark.anyio
async def test_an_ssh_key_that_only_looks_accepts_no_invitation(house: House) -> None:
    invited = house.store.people.add(house.alice, "mia@acme.example", "Mia").person
    app = console(house, email=None, guest=invited.id, read_only=True)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.return_code is not None, "the refusal")
    assert app.return_code == 3


@pytest.mark.anyio
async def test_a_console_ends_when_the_ssh_key_that_opened_it_is_removed(house: House) -> None:
    store, alice = house.store, house.alice
    key = store.ssh_keys.add(alice.email, public_key(house))
    house.create("Website")
    app = console(house, email=None, guest=alice.person_id, ssh_key=key.came_by)
    async with app.run_test() as pilot:
        await sees(pilot, "Website")
        store.ssh_keys.remove(key.fingerprint)
        await until(pilot, lambda: app.return_code is not None, "the end")
    assert app.return_code == 3
