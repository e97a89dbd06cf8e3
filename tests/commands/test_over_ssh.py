"""Commands of somebody let in over SSH: which, with which options, and how they are read."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from console.commands import over_ssh
from console.commands.groups import keydeck as top
from console.commands.guests import EVERYWHERE, MAY, NOT, STANDARD_STREAMS, WITHOUT
from console.commands.reading import CHANGES, READS, SHOWS
from store.domain.people import Role
from store.errors import Invalid, LooksOnly
from tests.commands.conftest import Done, Keydeck
from tests.commands.examples import commands
from tests.house import House
from tests.invariants.prepared import public_key

COMMANDS = commands()
NAMES_FILES = {"FILE", "CMD", "FOLDER", "DIR", "PATH... | -"}
Asking = Callable[..., Done]


@pytest.fixture
def ask(
    keydeck: Keydeck, house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Asking]:
    """Ask as a guest, by default Alice, for what sshd would hand on."""

    def call(command: str, *forced: str, guest: int | None = None, given: str = "") -> Done:
        monkeypatch.setenv("SSH_ORIGINAL_COMMAND", command)
        store = ("--store", house.url, "--pepper-file", str(house.pepper_path))
        who = str(guest or house.alice.person_id)
        return keydeck(*store, *forced, "--guest", who, given=given)

    yield call
    assert "SSH_ORIGINAL_COMMAND" not in os.environ


def test_every_command_says_whether_it_only_looks_and_whether_a_guest_may() -> None:
    assert sorted([*READS, *CHANGES]) == sorted(COMMANDS)
    assert set(SHOWS) <= CHANGES & set(MAY)
    assert sorted([*MAY, *NOT]) == sorted(["", *COMMANDS])


def test_a_guest_names_no_file_and_no_program() -> None:
    """Whoever adds an option that does, or names one that is gone, hears of it here."""
    for name in {*MAY} - {""}:
        params = COMMANDS[name].params
        options = {text for one in params if isinstance(one, click.Option) for text in one.opts}
        assert {*MAY[name].split()} <= options - EVERYWHERE, name
        for one in params:
            named = isinstance(one.type, click.Path | click.File) or one.metavar in NAMES_FILES
            if named and one.name != STANDARD_STREAMS.get(name):
                assert isinstance(one, click.Option)
                assert not over_ssh.may(name, one), (name, one.opts)


def test_every_option_of_what_a_guest_may_run_is_there_or_it_is_said_why_not() -> None:
    for name in {*MAY} - {""}:
        for one in COMMANDS[name].params:
            if isinstance(one, click.Option) and one.name != STANDARD_STREAMS.get(name):
                assert over_ssh.may(name, one) or one.opts[-1] in WITHOUT, (name, one.opts)


def test_a_guest_runs_commands_as_who_they_are_with_the_statuses_of_home(
    ask: Asking, house: House
) -> None:
    made = ask("keys create --name 'Night build' --scope events:read")
    assert (made.status, made.out.count("\n")) == (0, 1)
    assert made.out.startswith("jw_")
    assert ask("keys list --json").json[0]["name"] == "Night build"
    assert ask("keys show nothing").status == 4
    assert ask("keys create --name 'Night build' --scope events:read").status == 5
    assert ask("keys creat").status == 2
    tom = house.add_member("tom@acme.example", Role.MEMBER)
    assert ask("keys list", guest=tom.person_id).status == 3
    assert ask("routes list", guest=tom.person_id).status == 3
    assert ask("routes test 'GET /x'", guest=tom.person_id).status == 3
    assert ask("people list", guest=tom.person_id).status == 0
    newest = house.store.audit_trail.newest(house.alice, limit=50)
    assert {one.action for one in newest if one.actor == tom.email} == {
        "person.enrolled",
        "person.signed_in_over_ssh",
    }


def test_a_guest_who_left_sees_not_even_what_is_the_operators(ask: Asking, house: House) -> None:
    tom = house.add_member("tom@acme.example", Role.ADMIN)
    assert ask("resources list", guest=tom.person_id).status == 0
    house.store.people.leave(house.alice, tom.email)
    for command in ("resources list", "routes list", "keys list", "scan -"):
        done = ask(command, guest=tom.person_id)
        assert (done.status, done.out) == (3, ""), command


def test_a_command_is_the_keys_that_sshd_found_and_no_later_ones(ask: Asking, house: House) -> None:
    public = public_key(house)
    key = house.store.ssh_keys.add(house.alice.email, public)
    by_key = ("--by-key", key.fingerprint, str(key.added_at))
    assert ask("keys list", *by_key).status == 0
    house.store.ssh_keys.remove(key.fingerprint)
    house.clock.advance(1)
    house.store.ssh_keys.add(house.alice.email, public)
    refused = ask("keys list", *by_key)
    assert (refused.status, refused.out) == (3, "")


def test_another_workspace_opens_only_to_whoever_is_in_it(ask: Asking, house: House) -> None:
    refused = ask("--workspace bolt-catering keys list")
    assert (refused.status, refused.out) == (4, "")
    bob = house.accept(house.alice, house.bob, Role.ADMIN)
    assert ask("keys list --workspace acme-events", guest=bob.person_id).status == 0
    assert ask("keys list --workspace bolt-catering", guest=bob.person_id).status == 0


HOSTILE = [
    "--store sqlite:////tmp/x.db keys list",
    "keys list --store=sqlite:////tmp/x.db",
    "--pepper-file /etc/passwd keys list",
    "--as bob@bolt.example keys list",
    "keys list --as bob@bolt.example",
    "keys list --password-stdin",
    "--guest 2 keys list",
    "--guest=2",
    "--api http://169.254.169.254 ",
    "--clipboard command",
    "--clipboard-command 'touch PROOF'",
    "keys create --name x --scope events:read --to-file PROOF",
    "keys create --name x --scope events:read --to-command 'touch PROOF'",
    "keys import /etc/passwd",
    "keys import - --old-pepper /etc/passwd",
    "connections clients add https://x.example/ --file /etc/passwd",
    "connections clients add https://127.0.0.1/client.json",
    "scan /etc",
    "people offboarding show eve@acme.example --markdown PROOF",
    "scan - /etc",
    "scan - --git",
    "scan -- --git",
    "audit verify --archive /etc/passwd",
    "audit archive PROOF --until x",
    "store backup PROOF",
    "store restore PROOF --help",
    "people authorize alice@acme.example --install",
    "people password alice@acme.example",
    "init --workspace X --admin x@x.example",
    "plan free",
    "serve",
    "demo",
    "connections check http://127.0.0.1",
]


def test_what_names_files_runs_programs_or_is_the_operators_is_refused_in_a_sentence(
    ask: Asking, house: House, tmp_path: Path
) -> None:
    before = house.store.changes()
    for command in HOSTILE:
        done = ask(command.replace("PROOF", str(tmp_path / "proof")))
        assert (done.status, done.out, done.err.count("\n")) == (3, "", 1), (command, done)
        assert done.err.startswith("Over SSH there is no "), done
    assert not (tmp_path / "proof").exists()
    assert house.store.changes() == before


STRANGE = [
    "keys list; touch PROOF",
    "keys list && touch PROOF",
    "keys list | tee PROOF",
    "keys list > PROOF",
    "keys show $(touch PROOF)",
    "keys show `touch PROOF`",
    "keys show $HOME",
    "keys show ~",
    "keys show *",
    "keys show @/etc/passwd",
    "@/etc/passwd",
    "-oProxyCommand=touch PROOF",
    "keys list --js",
    "keys create --to-f PROOF",
    "keys lis",
    "sh -c 'touch PROOF'",
    "/usr/lib/openssh/sftp-server",
    "scp -t PROOF",
    "internal-sftp",
    "keys show 'Website",
    "keys show \\",
    "keys show a\nkeys list",
    "keys show a\rb",
    "keys show \x1b]52;c;eA==\x07",
    "keys show \udcff",
    "keys show " + "x" * over_ssh.MOST_BYTES,
    "keys scope x " + "--scope y " * 128,
    "help --pager",
]


def test_nothing_is_expanded_and_what_cannot_be_read_is_refused_in_a_sentence(
    ask: Asking, tmp_path: Path
) -> None:
    for command in STRANGE:
        done = ask(command.replace("PROOF", str(tmp_path / "proof")))
        assert done.status in (2, 4), (command[:80], done)
        assert (done.out, done.err.count("\n")) == ("", 1), (command[:80], done)
        assert "\x1b" not in done.err
    assert not (tmp_path / "proof").exists()


def test_words_are_read_as_a_shell_quotes_them_and_nothing_else() -> None:
    said = r"""why  'a b' "c d" e\ f '' $x * "$(y)" # z"""
    assert over_ssh.words(said.encode()) == [
        *("why", "a b", "c d", "e f", "", "$x", "*", "$(y)", "#", "z"),
    ]
    assert over_ssh.words(b"keydeck keydeck why z") == ["keydeck", "why", "z"]
    with pytest.raises(Invalid):
        over_ssh.words(b"keys\0list")


def test_what_is_named_on_the_line_for_an_ssh_key_is_all_it_does(ask: Asking) -> None:
    looks = ("--read-only", "--no-console")
    assert ask("keys list", *looks).status == 0
    assert ask("resources list", *looks).status == 0
    refused = ask("keys create --name x --scope events:read", *looks)
    assert (refused.status, refused.out) == (3, "")
    assert refused.err == (
        "This SSH key is for looking only, and keydeck keys create changes something.\n"
    )
    for shows in sorted(SHOWS):
        over_ssh.check(top, [*shows.split(), "Website", "--json"], looks_only=True)
        for more in ("x", ""):
            with pytest.raises(LooksOnly):
                over_ssh.check(top, [*shows.split(), "Website", more], looks_only=True)
        if "network" in shows:
            with pytest.raises(LooksOnly):
                over_ssh.check(top, [*shows.split(), "Website", "--enforce"], looks_only=True)
    for many in ("keys owner", "keys label", "keys limit", "keys network", "keys remark"):
        # What a filter finds is changed, though no key is named.
        with pytest.raises(LooksOnly):
            over_ssh.check(top, [*many.split(), "--filter", "x", "mia"], looks_only=True)
    for nothing in ("", " ", "--workspace acme-events"):
        closed = ask(nothing, *looks)
        assert (closed.status, closed.err.partition(".")[0]) == (3, "This SSH key opens no console")
    assert ask("--no-read-only keys list", *looks).status == 2


def test_standard_input_is_the_guests_own(ask: Asking, house: House) -> None:
    key = house.create().secret.reveal()
    found = ask("scan -", given=f"a log\nwith {key}\n")
    assert (found.status, "stdin:2" in found.out) == (1, True), found
    clean = ask("scan -", given="a log")
    assert clean.status == 0


def test_help_is_printed_and_handed_to_no_pager(
    ask: Asking, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import sys

    monkeypatch.setenv("PAGER", f"tee {tmp_path / 'proof'}")
    monkeypatch.setattr(click, "echo_via_pager", lambda _: pytest.fail("a pager was opened"))
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True)
    done = ask("help ssh")
    assert (done.status, "SSH" in done.out) == (0, True)


def test_a_forced_command_without_a_person_is_none(keydeck: Keydeck) -> None:
    assert keydeck("--guest", "0").status == 2
    assert keydeck("--no-console").status == 2
