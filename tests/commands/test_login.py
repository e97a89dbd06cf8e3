"""`keydeck login` and `logout`: one password for some commands, here and nowhere else."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from console.commands import login_file
from console.commands.login_file import KeptLogin, LoginFile, here
from console.crash import log_folder
from store.domain.key_string import Secret
from store.domain.times import MINUTE
from tests.commands.conftest import Done, Keydeck
from tests.house import House

AT_NIGHT = "another battery staple"


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a session's files."""
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("KEYDECK_WORKSPACE", "acme-events")
    return tmp_path / "run" / "keydeck"


@pytest.fixture
def file(runtime: Path, keydeck: Keydeck) -> Path:
    """The file of a login as Alice."""
    done = keydeck("login")
    assert done.status == 0, done.err
    assert "is signed in to acme-events until" in done.err
    [found] = runtime.iterdir()
    return found


def look(keydeck: Keydeck, email: str = "") -> Done:
    """List keys without a password."""
    return keydeck("keys", "list", "--json", email=email, password="")


def put(file: Path, content: bytes) -> None:
    """Write a file that is one's own alone."""
    file.write_bytes(content)
    file.chmod(0o600)


def test_ten_commands_ask_once_and_the_audit_has_one_sign_in(
    keydeck: Keydeck, house: House, file: Path
) -> None:
    for _ in range(3):
        assert look(keydeck).status == 0
    assert look(keydeck, "ALICE@acme.example").status == 0
    since = [entry.action for entry in house.store.audit_trail.newest(house.alice)]
    assert since[:2] == ["person.logged_in", "person.signed_in"]
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    token = json.loads(file.read_text())["token"]
    assert token.encode() not in house.store.database.path.read_bytes()
    assert keydeck("logout", email="", password="").err == "You are logged out.\n"
    assert not file.exists()
    refused = look(keydeck)
    assert refused.status == 3
    for way in ("keydeck login --as EMAIL", "KEYDECK_PASSWORD", "--password-stdin"):
        assert way in refused.err


def test_it_is_good_for_who_logged_in_and_where_alone(
    keydeck: Keydeck, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert look(keydeck, "bob@bolt.example").status == 3
    assert (
        keydeck("--workspace", "bolt-catering", "keys", "list", email="", password="").status == 3
    )
    assert keydeck("keys", "list", password="wrong").status == 3
    assert look(keydeck).status == 0


@pytest.mark.parametrize(
    "elsewhere",
    [{"id": "another"}, {"boot": "another"}, {"account": 4711}, {"uptime": lambda: 10.0**9}],
    ids=["another machine", "after a restart", "another account", "when its time is over"],
)
def test_a_stolen_file_opens_nothing_and_neither_does_an_old_one(
    keydeck: Keydeck, file: Path, elsewhere: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    stolen, machine = file.read_text(), here()
    monkeypatch.setattr(login_file, "here", lambda: replace(machine, **elsewhere))  # type: ignore[arg-type]
    refused = look(keydeck)
    assert (refused.status, refused.err) == (
        3,
        "This login is over. Sign in by keydeck login --as EMAIL.\n",
    )
    monkeypatch.undo()
    assert not file.exists(), "what is over is taken away"
    assert stolen


def test_no_end_is_moved_by_hand(keydeck: Keydeck, file: Path, runtime: Path) -> None:
    kept = json.loads(file.read_text())
    file.write_text(json.dumps({**kept, "until": kept["until"] + 3600}))
    assert look(keydeck).status == 3


def test_a_clock_that_was_set_back_makes_none_longer() -> None:
    kept = KeptLogin("store", "acme", "a@b.example", 1, "token", begun=1000, until=50)
    machine = replace(here(), uptime=lambda: 49.0)
    assert not kept.over(machine, 1000)
    assert kept.over(machine, 999)
    assert kept.over(replace(machine, uptime=lambda: 50.0), 1000)
    assert "token" not in repr(kept)


def test_what_may_be_somebody_elses_is_refused_in_a_sentence(
    keydeck: Keydeck, file: Path, tmp_path: Path
) -> None:
    content = file.read_text()

    def refused(why: str) -> None:
        done = look(keydeck)
        assert done.status == 3
        assert f"is no login: {why}. Remove it, then sign in" in done.err

    file.chmod(0o644)
    refused("others may read or write it")
    file.chmod(0o600)
    os.link(file, tmp_path / "second")
    refused("it has another name, too")
    file.unlink()
    file.symlink_to(tmp_path / "second")
    refused("it is a link")
    file.unlink()
    file.mkdir()
    refused("it is no file")
    file.rmdir()
    for text in ("", "[]", "{}", content[:-9], content.replace('"token"', '"key"')):
        file.write_text(text)
        file.chmod(0o600)
        refused("it holds something else")
    if os.geteuid() == 0:
        file.write_text(content)
        os.chown(file, 4711, -1)
        refused("it is another account's")


def test_a_copy_opens_nothing_after_logout_or_a_later_login(keydeck: Keydeck, file: Path) -> None:
    copy = file.read_bytes()
    assert keydeck("login", "--for", "1h").status == 0
    later = file.read_bytes()
    put(file, copy)
    assert look(keydeck).status == 3
    put(file, later)
    assert look(keydeck).status == 0
    assert keydeck("logout", email="", password="").err == "You are logged out.\n"
    put(file, later)
    assert look(keydeck).status == 3
    file.write_bytes(b"readable by all")
    assert keydeck("logout", email="", password="").err == "Nobody was logged in here.\n"
    assert not file.exists()


def test_what_is_over_is_taken_away_and_not_what_was_begun_meanwhile(
    keydeck: Keydeck, house: House, file: Path
) -> None:
    kept = LoginFile(str(house.store.database.path.resolve()))
    over = kept.read()
    assert over is not None
    assert keydeck("login").status == 0
    kept.forget(over)
    assert look(keydeck).status == 0
    later = kept.read()
    assert later is not None
    kept.forget(later)
    assert not file.exists()


def test_an_account_without_a_home_is_logged_in_nowhere_and_asked_as_before(
    keydeck: Keydeck, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere() -> Path:
        raise RuntimeError

    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", nowhere)
    asked = look(keydeck)
    assert (asked.status, "keydeck login" in asked.err) == (3, True)
    refused = keydeck("login")
    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert "XDG_STATE_HOME" in refused.err


def test_a_folder_of_a_session_that_is_not_ones_own_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = tmp_path if os.geteuid() == 0 else Path("/")
    if os.geteuid() == 0:
        os.chown(theirs, 4711, -1)
    for place in (theirs, tmp_path / "none", Path(os.devnull)):
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(place))
        assert LoginFile("store").path.parent == log_folder()
        assert LoginFile("store").read() is None


def test_another_password_and_leaving_end_it(keydeck: Keydeck, house: House, file: Path) -> None:
    copy = file.read_bytes()
    code = house.store.operator.new_code("alice@acme.example", "acme-events")
    assert look(keydeck).status == 0, "a code that nobody has used changes nothing"
    house.store.sign_in.enrol("alice@acme.example", code, Secret(AT_NIGHT), "acme-events")
    assert look(keydeck).status == 3
    put(file, copy)
    assert look(keydeck).status == 3
    house.add_member("tom@acme.example", house.store.sign_in.standing(house.alice).role)
    presented = Secret("presented")
    tom = house.store.sign_in.sign_in("tom@acme.example", Secret("correct horse battery"))
    house.store.logins.begin(tom, presented, MINUTE)
    assert house.store.logins.resumed(tom.person_id, presented) == tom
    house.store.people.leave(house.alice, "tom@acme.example")
    assert not house.store.logins.end(tom.person_id, presented)


def test_who_is_logged_in_need_not_say_whose_password_they_change_nor_where(
    keydeck: Keydeck, house: House, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert file.exists()
    house.accept(house.bob, house.alice)
    monkeypatch.delenv("KEYDECK_WORKSPACE")
    lines = f"correct horse battery\n{AT_NIGHT}\n"
    changing = ("people", "password", "--password-stdin")
    done = keydeck(*changing, email="", password="", given=lines)
    assert (done.status, done.err) == (
        0,
        "The password of alice@acme.example is another one now.\n",
    )
    assert look(keydeck).status == 3
    assert "not signed in" in keydeck(*changing, email="", password="", given=lines).err


@pytest.mark.parametrize("length", ["30s", "13h", "1d"])
def test_it_lasts_from_a_minute_to_twelve_hours(
    keydeck: Keydeck, runtime: Path, length: str
) -> None:
    done = keydeck("login", "--for", length)
    assert (done.status, done.err) == (2, "A login lasts from 1m to 12h.\n")
    assert not runtime.exists()
