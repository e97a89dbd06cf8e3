"""`keydeck store`: the operator's way back."""

from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from store.persistence.database import sqlite_library
from tests.commands.conftest import Keydeck
from tests.house import House
from tests.operations.test_upgrade import older_schema
from tests.persistence.describing import versions


def test_a_restore_says_what_it_carried_over_and_needs_no_sign_in(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    house.create("Website")
    copy = str(tmp_path / "copy.db")
    assert keydeck("store", "backup", copy, password="").status == 0
    house.store.keys.revoke(house.alice, "Website")
    house.create("Later")
    done = keydeck("store", "restore", copy, password="")
    assert done.status == 0
    assert "still so: 1 key." in done.err
    assert "unknown now: 1 key." in done.err
    said = keydeck("store", "restore", copy, "--json", password="").json
    kept = said.pop("kept")
    assert said == {"carried_over": 1, "gone": 0, "waiting": False, "moved_to": None}
    assert Path(kept).stat().st_mode & 0o777 == 0o600
    assert f"kept as {house.store.database.path}.replaced-" in done.err
    assert keydeck("store", "confirm", password="").err == "Nothing waits to be confirmed.\n"


def test_a_blind_restore_lists_its_keys_and_waits_for_a_yes(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    house.create("Website")
    copy = str(tmp_path / "copy.db")
    keydeck("store", "backup", copy)
    house.store.close()
    house.store.database.path.write_bytes(b"somebody's letter" * 1000)
    done = keydeck("store", "restore", copy)
    assert done.status == 0
    assert "keydeck store confirm" in done.err
    assert ".replaced-" in done.err
    # Nobody is there to ask.
    asked = keydeck("store", "confirm")
    assert asked.status == 1
    assert "Website" in asked.out
    assert "say --yes" in asked.err
    confirmed = keydeck("store", "confirm", "--yes")
    assert confirmed.status == 0
    assert confirmed.err == "1 key served again.\n"
    assert keydeck("store", "check").status == 0


def test_a_file_that_is_no_backup_is_refused_with_2(keydeck: Keydeck, tmp_path: Path) -> None:
    letter = tmp_path / "letter"
    letter.write_bytes(b"this is a letter, not a database" * 100)
    for path in (letter, tmp_path / "nowhere", tmp_path):
        done = keydeck("store", "restore", str(path))
        assert (done.status, done.err.count("\n")) == (2, 1), done.err


def test_a_store_is_moved_with_its_counts_and_digests_told_and_never_over_another(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    house.create("Website")
    target = f"sqlite:///{tmp_path / 'moved.db'}"
    done = keydeck("store", "copy", house.url, target, "--json", password="")
    told = {one["table"]: one for one in done.json}
    assert told["keys"]["rows"] == 1
    assert len(told["keys"]["sha256"]) == 64
    assert keydeck("--store", target, "store", "check").status == 0
    again = keydeck("store", "copy", house.url, target)
    assert (again.status, again.err.count("\n")) == (1, 1)
    assert "nothing was written" in again.err
    # The one that was left is used no more, until somebody takes it back.
    elsewhere = f"sqlite:///{tmp_path / 'again.db'}"
    for line in (
        ("keys", "list"),
        ("serve", "--port", "0"),
        ("store", "copy", house.url, elsewhere),
    ):
        left = keydeck(*line)
        assert (left.status, left.err.count("\n")) == (1, 1)
        assert "moved.db" in left.err
        assert "keydeck store confirm" in left.err
    assert keydeck("store", "confirm").status == 1
    assert keydeck("store", "confirm", "--yes").err.endswith("1 key served again.\n")
    assert "0600" in keydeck("store", "copy", house.url, elsewhere).err


def test_a_password_in_any_part_of_an_address_is_refused_on_the_command_line(
    keydeck: Keydeck, house: House
) -> None:
    server = "postgresql+psycopg://kim@db.example/keydeck"
    for address in (server.replace("kim@", "kim:hunter2@"), f"{server}?password=hunter2"):
        for line in (("--store", address, "keys", "list"), ("store", "copy", house.url, address)):
            done = keydeck(*line)
            assert done.status == 2
            assert "~/.pgpass" in done.err
            assert "hunter2" not in done.err


def test_rights_are_printed_for_psql(keydeck: Keydeck) -> None:
    done = keydeck("store", "grants", "verifier", 'odd "name', password="")
    assert done.status == 0
    assert 'GRANT SELECT ON workspaces TO "odd ""name";' in done.out
    # The id of an entry is the database's to give.
    assert "GRANT SELECT, INSERT (workspace_id, seq, at, " in done.out


def test_a_dry_run_names_what_would_change_and_changes_nothing(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    lost = house.create("Website").key
    copy = str(tmp_path / "copy.db")
    keydeck("store", "backup", copy)
    house.store.keys.revoke(house.alice, lost.id)
    house.create("Later")
    revision = house.store.revision()
    told = keydeck("store", "restore", copy, "--dry-run", "--json", password="").json
    assert (told["carried_over"], told["gone"], told["kept"]) == (1, 1, None)
    assert [(one["name"], one["still"]) for one in told["changes"]["carried_over"]] == [
        ("Website", ["revoked"])
    ]
    assert [one["name"] for one in told["changes"]["gone"]] == ["Later"]
    said = keydeck("store", "restore", copy, "--dry-run", password="").err
    assert "acme-events: Website (revoked)" in said
    assert house.store.revision() == revision
    assert not list(tmp_path.glob("store.db.*"))


@pytest.mark.parametrize("version", versions()[-2::-4])
def test_an_upgrade_keeps_the_store_as_it_was_and_an_older_one_is_backed_up_and_checked(
    keydeck: Keydeck, house: House, tmp_path: Path, version: str
) -> None:
    old = tmp_path / "old.db"
    older_schema(house, f"sqlite:///{old}", version)
    address = ("--store", f"sqlite:///{old}")
    assert keydeck(*address, "store", "backup", str(tmp_path / "copy.db")).status == 0
    checked = keydeck(*address, "store", "check")
    assert (checked.status, checked.out) == (0, ""), checked
    done = keydeck(*address, "store", "upgrade", "--json").json
    kept = Path(done["backup"])
    assert kept.name.startswith(f"old.db.schema-{version}-")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert keydeck(*address, "store", "check").status == 0
    # There is nothing to keep where there is nothing to do.
    assert keydeck(*address, "store", "upgrade", "--json").json["backup"] is None
    # And the way back is a restore.
    assert keydeck(*address, "store", "restore", str(kept)).status == 0


def test_a_full_disk_is_said_before_anything_is_changed(
    keydeck: Keydeck, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.create("Website")
    copy, old = str(tmp_path / "copy.db"), tmp_path / "old.db"
    keydeck("store", "backup", copy)
    older_schema(house, f"sqlite:///{old}", "0009")
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=1000))
    for line in (("store", "restore", copy), ("--store", f"sqlite:///{old}", "store", "upgrade")):
        done = keydeck(*line)
        assert (done.status, done.err.count("\n")) == (1, 1)
        assert "There is no room" in done.err
    assert "--no-backup" in done.err
    assert keydeck("--store", f"sqlite:///{old}", "store", "upgrade", "--no-backup").status == 0
    assert sorted(path.name for path in tmp_path.glob("*.db.*")) == []


@pytest.mark.parametrize("empty", [True, False], ids=["empty", "of another program"])
def test_a_file_that_holds_no_store_says_the_way_out_and_is_no_obstacle_to_it(
    keydeck: Keydeck, house: House, tmp_path: Path, empty: bool
) -> None:
    house.create("Website")
    copy, other = str(tmp_path / "copy.db"), tmp_path / "other.db"
    keydeck("store", "backup", copy)
    if empty:
        other.write_bytes(b"")
    else:
        with closing(sqlite_library().connect(other)) as connection:
            connection.execute("CREATE TABLE guests (name)")
    address = ("--store", f"sqlite:///{other}")
    for line in (("store", "upgrade"), ("serve", "--port", "0"), ("keys", "list")):
        done = keydeck(*address, *line)
        assert (done.status, done.err.count("\n")) == (1, 1), (line, done.err)
        assert "keydeck store restore FILE" in done.err, line
    assert "keydeck store confirm" in keydeck(*address, "store", "restore", copy).err
    assert keydeck(*address, "store", "confirm", "--yes").status == 0
