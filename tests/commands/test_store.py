"""`keydeck store`: the operator's way back."""

from pathlib import Path

from tests.commands.conftest import Keydeck
from tests.house import House


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
    assert said == {"carried_over": 1, "gone": 0, "waiting": False, "moved_to": None}
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
    refused = keydeck("serve", "--port", "0")
    assert refused.status == 1
    assert "keydeck store confirm" in refused.err
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
    elsewhere = f"sqlite:///{tmp_path / 'again.db'}"
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
    assert 'GRANT SELECT, INSERT ON audit TO "odd ""name";' in done.out
