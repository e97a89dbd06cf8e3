"""Who may, what it costs to ask, and how a refusal looks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from console.commands import exits
from store import errors
from store.domain.key_string import Secret
from store.domain.people import Role
from tests.commands.conftest import Keydeck
from tests.house import PASSWORD, House

HELP: tuple[list[str], ...] = (
    [],
    ["keys"],
    ["keys", "create"],
    ["serve"],
    ["store", "check"],
    ["people", "authorize"],
)


@pytest.mark.parametrize("command", HELP, ids=" ".join)
def test_help_imports_neither_the_console_nor_the_store(command: list[str]) -> None:
    program = (
        "import sys\n"
        "from console.commands.entry import run\n"
        f"status = run({[*command, '--help']!r})\n"
        "heavy = {'textual', 'sqlalchemy', 'alembic', 'argon2', 'uvicorn'} & set(sys.modules)\n"
        "sys.exit(f'{status} {heavy}' if status or heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Usage: keydeck" in done.stdout


def test_nobody_is_let_in_without_saying_who_they_are(
    keydeck: Keydeck, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = keydeck("keys", "list", email="")
    assert done.status == 3
    assert "--as EMAIL" in done.err
    done = keydeck("keys", "list", password="wrong password")
    assert done.status == 3
    assert done.err == "E-mail or password is wrong. Try again.\n"


def test_a_typing_error_does_not_fail_the_next_script(keydeck: Keydeck) -> None:
    assert keydeck("keys", "list", password="wrong password").status == 3
    # The second one waits out the second that the first has cost.
    assert keydeck("keys", "list").status == 0


def test_a_password_comes_from_standard_input_or_the_environment_which_forgets_it(
    keydeck: Keydeck,
) -> None:
    done = keydeck("keys", "list", "--password-stdin", given=f"{PASSWORD}\n", password="")
    assert done.status == 0
    assert keydeck("keys", "list").status == 0
    assert "KEYDECK_PASSWORD" not in os.environ


def test_without_a_terminal_it_says_where_a_password_can_come_from(house: House) -> None:
    environment = {
        **os.environ,
        "KEYDECK_STORE": house.url,
        "KEYDECK_PEPPER_FILE": str(house.pepper_path),
        "KEYDECK_AS": "alice@acme.example",
    }
    done = subprocess.run(
        [sys.executable, "-m", "console", "keys", "list"],
        env=environment,
        cwd=Path(__file__).parents[2],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
    )
    assert done.returncode == 3
    assert "KEYDECK_PASSWORD or --password-stdin" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("room", [24, 40])
def test_where_memory_is_lacking_no_password_is_called_wrong(house: House, room: int) -> None:
    # 64 MiB are lacking for Argon2, whatever else finds room.
    program = (
        "import resource, sys\n"
        "from console.commands.entry import run\n"
        "import console.commands.keys, store.operations.open\n"
        "used = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        f"resource.setrlimit(resource.RLIMIT_AS, (used + {room} * 2**20,) * 2)\n"
        "sys.exit(run(['keys', 'list']))\n"
    )
    environment = {
        **os.environ,
        "KEYDECK_STORE": house.url,
        "KEYDECK_PEPPER_FILE": str(house.pepper_path),
        "KEYDECK_AS": "alice@acme.example",
        "KEYDECK_PASSWORD": PASSWORD,
    }
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
    assert done.stderr.startswith("The password could not be checked or kept: ")
    newest = house.store.audit_trail.newest(house.alice, limit=1)
    assert newest[0].action != "person.sign_in_failed"


def test_members_are_refused_with_3(keydeck: Keydeck, house: House) -> None:
    house.add_member("mia@acme.example", Role.MEMBER)
    done = keydeck("keys", "list", email="mia@acme.example")
    assert done.status == 3
    assert "Only workspace admins" in done.err


def test_the_forced_command_has_no_command_of_its_own(keydeck: Keydeck, house: House) -> None:
    done = keydeck("--guest", str(house.alice.person_id), "keys", "list")
    assert (done.status, done.out) == (2, "")
    assert not [name for name in os.environ if name.startswith("KEYDECK_")]


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(["--clipboard", "native"], id="the desktop's tools"),
        pytest.param(["--clipboard", "tmux"], id="tmux"),
        pytest.param(["--clipboard-command", "cat"], id="a command"),
    ],
)
def test_a_guest_is_lent_no_program_for_the_clipboard(
    keydeck: Keydeck, house: House, wanted: list[str]
) -> None:
    done = keydeck("--guest", str(house.alice.person_id), *wanted)
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert "no program is run" in done.err


def test_what_a_guests_client_says_of_the_clipboard_is_not_even_read(
    keydeck: Keydeck, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYDECK_CLIPBOARD", "no such way")
    monkeypatch.setenv("KEYDECK_THEME", "no such theme")
    done = keydeck("--guest", str(house.alice.person_id))
    assert (done.status, "needs a terminal" in done.err) == (1, True), done.err


@pytest.mark.parametrize("name", ["KEYDECK_CLIPBOARD", "KEYDECK_THEME"])
def test_what_the_environment_says_of_the_console_stops_the_console_alone(
    keydeck: Keydeck, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "purple")
    assert keydeck("keys", "list").status == 0
    for opening in ([], ["demo"]):
        done = keydeck(*opening)
        assert (done.status, done.err.count("\n")) == (2, 1)
        assert done.err.startswith(f"{name} is “purple”, which is no ")


@pytest.mark.parametrize(
    ("options", "trouble"),
    [
        (["--clipboard", "command"], "Name the command"),
        (["--clipboard-command", "no-such-program-at-all"], "is no program here"),
        (["demo", "--clipboard", "command"], "Name the command"),
    ],
)
def test_a_clipboard_command_that_cannot_work_is_said_before_the_console_opens(
    keydeck: Keydeck, options: list[str], trouble: str
) -> None:
    done = keydeck(*options)
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert trouble in done.err


def test_read_only_is_refused_where_a_command_would_change_something_all_the_same(
    keydeck: Keydeck, house: House
) -> None:
    key_id = house.create().key.id
    done = keydeck("--read-only", "keys", "revoke", key_id)
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert done.err.startswith("--read-only is for the console.")
    assert house.store.keys.show(house.alice, key_id).revoked_at is None


def test_a_store_url_with_a_password_is_not_taken_from_the_arguments(keydeck: Keydeck) -> None:
    done = keydeck("--store", "postgresql://u:secret@host/db", "keys", "list")
    assert done.status == 2
    assert "secret" not in done.err


def test_a_missing_store_and_a_missing_pepper_are_one_sentence_and_1(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    done = keydeck("--store", f"sqlite:///{tmp_path / 'none.db'}", "keys", "list")
    assert (done.status, done.err.count("\n")) == (1, 1)
    assert not (tmp_path / "none.db").exists()
    house.pepper_path.unlink()
    done = keydeck("keys", "list")
    assert (done.status, done.err.count("\n")) == (1, 1)


def test_a_defect_is_one_sentence_and_a_log_without_values(
    keydeck: Keydeck, house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object) -> object:
        raise RuntimeError(f"a message with {PASSWORD}")

    monkeypatch.setattr("store.service.keys.KeyService.counts", broken)
    monkeypatch.setattr("store.service.keys.KeyService.page", broken)
    done = keydeck("keys", "list")
    assert (done.status, done.out, done.err.count("\n")) == (1, "", 1)
    assert "Traceback" not in done.err
    [log] = (tmp_path / "state").rglob("crash-*.log")
    assert PASSWORD not in log.read_text()
    assert str(log) in done.err


def test_every_family_of_refusals_has_its_exit_status() -> None:
    assert exits.status(errors.Invalid("x", "y.")) == 2
    assert exits.status(errors.SignInFailed()) == 3
    assert exits.status(errors.NoSuchKey("x")) == 4
    assert exits.status(errors.NameTaken("x")) == 5
    assert exits.status(errors.StoreBusy()) == 1


def test_the_other_commands_speak_json_too(keydeck: Keydeck, house: House) -> None:
    added = keydeck("people", "add", "bo@acme.example", "--name", "bo", "--json").json
    assert added["role"] == "member"
    code = added["enrolment_code"]
    enrolled = house.store.sign_in.enrol("bo@acme.example", Secret(code), Secret(PASSWORD))
    assert enrolled.email == "bo@acme.example"
    people = keydeck("people", "list", "--json").json
    assert [one["email"] for one in people] == ["alice@acme.example", "bo@acme.example"]
    assert keydeck("people", "leave", "alice@acme.example").status == 5
    assert keydeck("people", "leave", "bo@acme.example", "--json").json["email"]
    assert keydeck("people", "leave", "bo@acme.example").status == 4

    assert keydeck("plan", "free", "--workspace", "acme-events", "--json").json["plan"] == "free"
    assert keydeck("plan", "pro", "--workspace", "acme-events").status == 0
    assert keydeck("plan", "pro").status == 4, "there are two workspaces"

    assert keydeck("resources", "add", "invoices", "--json").json["name"] == "invoices"
    made = keydeck("keys", "create", "--name", "Bill", "--scope", "invoices:read")
    assert made.status == 0
    assert keydeck("resources", "remove", "invoices").status == 5
    keydeck("keys", "revoke", "Bill")
    assert keydeck("resources", "remove", "invoices").status == 0
    assert [one["name"] for one in keydeck("resources", "list", "--json").json] == [
        "availability",
        "events",
        "quotes",
    ]

    entries = keydeck("audit", "--json").json
    assert [one["seq"] for one in entries] == sorted((one["seq"] for one in entries), reverse=True)
    assert entries[-1]["action"] == "workspace.created"


def test_init_adds_a_workspace_and_a_known_admin_comes_with_their_password(
    keydeck: Keydeck,
) -> None:
    made = keydeck("init", "--workspace", "Third Place", "--admin", "alice@acme.example", "--json")
    assert made.json["workspace"] == "third-place"
    wrong = keydeck(
        "init", "--workspace", "Fourth", "--admin", "alice@acme.example", password="not that one"
    )
    assert wrong.status == 3
    again = keydeck("init", "--workspace", "Third Place", "--admin", "alice@acme.example")
    assert again.status == 5


def test_backup_check_and_upgrade_are_the_operators(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    assert keydeck("store", "backup", str(copy)).status == 0
    assert copy.stat().st_mode & 0o777 == 0o600
    assert keydeck("store", "backup", str(copy)).status == 2
    assert keydeck("store", "check", "--json").json == []
    assert keydeck("--store", f"sqlite:///{copy}", "store", "check").status == 0
    assert keydeck("store", "upgrade").status == 0
    assert keydeck("--store", f"sqlite:///{tmp_path / 'none'}", "store", "check").status == 6


def test_a_plan_that_a_workspace_is_on_already_changes_nothing(
    keydeck: Keydeck, house: House
) -> None:
    house.create()
    free = ("plan", "free", "--workspace", "acme-events")
    assert "refused with 403" in keydeck(*free).err
    newest = house.store.audit_trail.newest(house.alice, limit=1)
    again = keydeck(*free)
    assert (again.status, again.err) == (0, "acme-events is on free already.\n")
    assert set(keydeck(*free, "--json").json) == {"workspace", "name", "plan"}
    assert house.store.audit_trail.newest(house.alice, limit=1) == newest


@pytest.mark.parametrize(
    "words",
    [
        *(("routes", "test", "GET /x"), ("tools", "test", "x"), ("can", "Website", "GET", "/x")),
        *(("keys", "due"), ("audit", "verify"), ("store", "check")),
    ],
    ids=" ".join,
)
def test_where_nothing_can_be_looked_at_that_is_no_finding(
    keydeck: Keydeck, tmp_path: Path, words: tuple[str, ...]
) -> None:
    done = keydeck(*words, "--store", f"sqlite:///{tmp_path / 'none.db'}")
    assert (done.status, done.out, done.err.count("\n")) == (exits.COULD_NOT_LOOK, "", 1)
