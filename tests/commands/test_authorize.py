"""`keydeck people authorize`: one line for sshd, added once, and never beside another."""

import base64
import os
import shlex
import stat
from pathlib import Path

import pytest

from tests.commands.conftest import Keydeck
from tests.house import House


def public(seed: int, comment: str = "alice@laptop") -> str:
    """Return a public key as ssh-keygen writes it."""
    parts = (b"ssh-ed25519", bytes([seed] * 32))
    blob = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return f"ssh-ed25519 {base64.b64encode(blob).decode()} {comment}".strip()


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The authorized_keys of an account whose home is a folder of the test's own."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    return home / ".ssh" / "authorized_keys"


def install(keydeck: Keydeck, given: str, email: str = "alice@acme.example", *more: str) -> int:
    """Add a person's key; return the exit status."""
    return keydeck(*more, "people", "authorize", email, "--install", given=given).status


NO_CONSOLE = "--no-console"


@pytest.mark.parametrize("option", ["--ssh-key", "--key"])
def test_it_prints_a_forced_command_by_id_with_absolute_paths(
    keydeck: Keydeck, house: House, tmp_path: Path, file: Path, option: str
) -> None:
    key = tmp_path / "alice.pub"
    key.write_text(public(1) + "\n")
    done = keydeck("people", "authorize", "alice@acme.example", option, str(key))
    assert done.status == 0
    before, command, after = done.out.split('"')
    assert before == "restrict,pty,command="
    assert after == f" {public(1)}\n"
    words = shlex.split(command)
    assert words[-2:] == ["--guest", str(house.alice.person_id)]
    assert os.path.isabs(words[0])
    for_commands = keydeck(
        "people", "authorize", "alice@acme.example", option, str(key), NO_CONSOLE
    )
    assert for_commands.out == done.out.replace(" --guest", f" {NO_CONSOLE} --guest")
    assert os.path.isabs(words[words.index("--pepper-file") + 1])
    assert words[words.index("--store") + 1] == house.url
    assert not file.parent.exists()


def test_installing_twice_adds_one_line_that_sshd_accepts_the_modes_of(
    keydeck: Keydeck, file: Path
) -> None:
    before = os.umask(0)
    try:
        assert install(keydeck, public(1)) == 0
    finally:
        os.umask(before)
    line = file.read_text()
    assert line == keydeck("people", "authorize", "alice@acme.example", given=public(1)).out
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert install(keydeck, public(1, "another comment")) == 0
    assert install(keydeck, public(1, "")) == 0
    assert file.read_text() == line
    assert install(keydeck, public(2)) == 0
    assert file.read_text().count("\n") == 2


def test_what_is_in_the_file_stays_and_a_line_that_was_not_ended_is(
    keydeck: Keydeck, file: Path
) -> None:
    file.parent.mkdir(mode=0o755)
    other = f"# the operator's\n{public(7, 'root@desk')}"
    file.write_text(other)
    file.chmod(0o644)
    assert install(keydeck, public(1)) == 0
    assert file.read_text().startswith(f"{other}\nrestrict,pty,")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("there", "why"),
    [
        pytest.param('restrict,pty,command="keydeck --guest 2"', "for another person", id="person"),
        pytest.param(
            'restrict,pty,command="keydeck --workspace x --guest 1"', "another store", id="command"
        ),
        pytest.param("", "without the console's command", id="a shell"),
        pytest.param('from="10.0.0.0/8",pty', "without the console's command", id="options"),
    ],
)
def test_a_key_that_opens_something_else_already_is_refused(
    keydeck: Keydeck, house: House, file: Path, there: str, why: str
) -> None:
    assert (house.alice.person_id, house.bob.person_id) == (1, 2)
    file.parent.mkdir()
    text = f"# {public(1)}\n{there} {public(1)}".replace("\n ", "\n")
    file.write_text(text)
    done = keydeck("people", "authorize", "alice@acme.example", "--install", given=public(1))
    assert (done.status, done.err.count("\n")) == (5, 1)
    assert why in done.err
    assert f"line 2 of {file}" in done.err
    assert file.read_text() == text


def test_a_home_of_somebody_else_is_not_written(
    keydeck: Keydeck, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: file.parents[1].stat().st_uid + 1)
    assert install(keydeck, public(1)) == 2
    assert not file.parent.exists()


@pytest.mark.parametrize(
    "given",
    [
        "",
        "nothing",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk=\n-----END OPENSSH PRIVATE KEY-----",
        public(1) + "\n" + public(2),
        public(1).replace("ssh-ed25519", "ssh-rsa"),
        public(1)[:-20],
        'command="sh" ' + public(1),
        public(1, "two\x1b]52;c;eA==\x07words"),
        public(1).replace("ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com"),
    ],
)
def test_what_is_not_one_public_key_is_refused(keydeck: Keydeck, file: Path, given: str) -> None:
    assert install(keydeck, given) == 2
    assert not file.exists()


def test_somebody_who_is_in_no_workspace_is_given_no_line(
    keydeck: Keydeck, house: House, file: Path
) -> None:
    house.add_member("mia@acme.example")
    house.store.people.leave(house.alice, "mia@acme.example")
    assert install(keydeck, public(1), "mia@acme.example") == 4
    assert install(keydeck, public(1), "x@y.example") == 4
    assert not file.exists()


def test_a_key_that_lets_nobody_in_is_no_line_and_no_failure_for_sshd_to_log(
    keydeck: Keydeck,
) -> None:
    strange = f"SHA256:{'A' * 43}"
    done = keydeck("authorized-keys", strange)
    assert (done.status, done.out, done.err) == (0, "", "")
    assert keydeck("authorized-keys", strange, "--json").json["authorized_keys"] is None
