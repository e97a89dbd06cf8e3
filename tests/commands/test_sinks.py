"""`--to-command` and `--to-file`: stored where it belongs, and shown nowhere."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from store.domain.clock import SystemClock
from store.domain.keys import Key, Note
from store.domain.times import DAY, SECOND
from tests.commands.conftest import Done, Keydeck
from tests.house import PASSWORD, House

CREATE = ("keys", "create", "--name", "Website", "--scope", "events:read")
KEY = re.compile(r"jw_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}")


def notes(house: House, name: str = "Website") -> tuple[Note, ...]:
    """Return the notes on a key."""
    return house.store.keys.show(house.alice, name).notes(house.clock.now())


def ends_within(key: Key, length: int) -> bool:
    """Return whether a key ends within that many milliseconds of the machine's own time."""
    return key.expires_at is not None and key.expires_at - SystemClock().now() <= length


def nowhere(done: Done) -> bool:
    """Return whether a command line has shown no key."""
    return not KEY.search(done.out + done.err)


@pytest.mark.parametrize("json", [False, True])
def test_a_key_given_to_a_command_is_confirmed_and_not_printed(
    keydeck: Keydeck, house: House, tmp_path: Path, json: bool
) -> None:
    vault = tmp_path / "vault"
    command = f"sh -c 'cat > {vault}'"
    done = keydeck(*CREATE, "--to-command", command, *(["--json"] if json else []))
    assert done.status == 0
    assert nowhere(done)
    assert KEY.fullmatch(vault.read_text())
    assert Note.UNCONFIRMED not in notes(house)
    if json:
        assert done.json["name"] == "Website"
        assert "key" not in done.json
    else:
        assert done.out == ""
        assert "sh took the key (exit 0)." in done.err


def test_a_command_that_fails_leaves_an_unconfirmed_key_and_the_way_out(
    keydeck: Keydeck, house: House
) -> None:
    done = keydeck(*CREATE, "--to-command", "sh -c 'cat >&2; exit 1'")
    assert (done.status, done.out) == (1, "")
    assert nowhere(done)
    assert done.err.count("\n") == 1
    assert "exit 1: its message quotes the key and is left out" in done.err
    assert Note.UNCONFIRMED in notes(house)
    [way_out] = re.findall(r"keydeck (keys rotate jw_\w+ --overlap 1s)", done.err)
    before = house.store.keys.show(house.alice, "Website")
    assert KEY.fullmatch(keydeck(*way_out.split()).out.strip())
    after = house.store.keys.show(house.alice, before.id)
    assert after.successor is not None
    assert ends_within(after, 5 * SECOND)


def test_an_interruption_does_not_hide_that_there_is_a_key(house: House) -> None:
    environment = {
        **os.environ,
        "KEYDECK_STORE": house.url,
        "KEYDECK_PEPPER_FILE": str(house.pepper_path),
        "KEYDECK_AS": "alice@acme.example",
        "KEYDECK_PASSWORD": PASSWORD,
    }
    interrupt = ("--to-command", "sh -c 'kill -INT $PPID; sleep 5'")
    done = subprocess.run(
        [sys.executable, "-m", "console", *CREATE, *interrupt],
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "Interrupted. “Website”" in done.stderr
    assert Note.UNCONFIRMED in notes(house)


def test_a_successor_that_nobody_got_does_not_cost_the_key_in_use(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    old = house.create("Website").key
    rotate = ("keys", "rotate", f"jw_{old.id}", "--to-command")
    done = keydeck(*rotate, "false")
    assert (done.status, done.out) == (1, "")
    [way_out] = re.findall(r"keydeck (keys revoke jw_\w+)", done.err)
    assert keydeck(*way_out.split()).status == 0
    assert keydeck(*rotate, f"sh -c 'cat > {tmp_path / 'vault'}'").status == 0
    key = house.store.keys.show(house.alice, old.id)
    assert ends_within(key, 7 * DAY)
    assert not ends_within(key, 6 * DAY)
    successor = house.store.keys.show(house.alice, str(key.successor))
    assert successor.confirmed_at is not None
    assert successor.id in (tmp_path / "vault").read_text()


def test_with_a_token_the_same_line_gives_it_again(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    old = house.create("Website").key
    rotate = ("keys", "rotate", old.id, "--idempotency-token", "deploy-7", "--to-command")
    assert "same token makes another" in keydeck(*rotate, "false").err
    assert keydeck(*rotate, f"sh -c 'cat > {tmp_path / 'vault'}'").status == 0
    successor = house.store.keys.show(house.alice, old.id).successor
    assert str(successor) in (tmp_path / "vault").read_text()


@pytest.mark.parametrize(
    ("sink", "said"),
    [
        (["--to-command", "no-such-program-at-all"], "is no program here"),
        (["--to-command", "sh -c '"], "quot"),
        (["--to-command", ""], "command"),
        (["--to-file", "/nowhere/website.key"], "/nowhere does not exist. Make it first"),
        (["--to-file", "/dev/null/website.key"], "/dev/null is no folder."),
        (["--to-file", "/dev/null"], "that exists, and is never overwritten."),
        (["--to-file", "/"], "that is a folder. Name a new file in it."),
        (["--to-file", "x", "--to-command", "cat"], "not both"),
    ],
)
def test_what_cannot_work_is_refused_before_there_is_a_key(
    keydeck: Keydeck, house: House, sink: list[str], said: str
) -> None:
    done = keydeck(*CREATE, *sink)
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert said in done.err
    assert keydeck("keys", "list", "--json").json == []


def test_a_key_written_to_a_file_is_its_owners_alone(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    path = tmp_path / "website.key"
    done = keydeck(*CREATE, "--to-file", str(path))
    assert (done.status, done.out) == (0, "")
    assert nowhere(done)
    assert KEY.fullmatch(path.read_text().strip())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Note.UNCONFIRMED not in notes(house)
