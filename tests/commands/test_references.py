"""What is named on a command line: which of two is meant, and what was meant by a slip."""

import re

import pytest

from tests.commands.conftest import Keydeck
from tests.house import House, use


def test_old_and_new_say_which_key_of_a_rotation(house: House, keydeck: Keydeck) -> None:
    old = house.create("Zapier").key
    new = house.store.rotations.rotate(house.alice, old.id).unwaited().successor
    house.store.keys.confirm(house.alice, new.id)
    use(house, old, "availability:read")
    refused = keydeck("keys", "show", "Zapier")
    assert refused.status == 4
    assert re.search(rf"jw_{old.id} \(Zapier\), the old one, used [^;.]* ago[;.]", refused.err)
    assert f"jw_{new.id} (Zapier), the new one, never used" in refused.err
    assert "--old or --new" in refused.err
    for side, key in (("--old", old), ("--new", new)):
        assert keydeck("keys", "show", "Zapier", side, "--json").json["id"] == key.id
        assert keydeck("can", "Zapier", "GET", "/api/v1/availability", side).status == 0
    states = [line.split("Zapier")[0].strip() for line in keydeck("keys", "list").out.splitlines()]
    assert sorted(states[1:]) == ["Rotating new", "Rotating old"]
    assert keydeck("keys", "show", "Zapier", "--old", "--new").status == 2
    assert keydeck("keys", "revoke", "Zapier", "--old").status == 0
    assert house.store.keys.show(house.alice, old.id).revoked_at is not None
    assert house.store.keys.show(house.alice, new.id).revoked_at is None
    # Nobody is taken for the other one where there is no rotation.
    house.create("Alone")
    alone = keydeck("keys", "revoke", "Alone", "--old")
    assert (alone.status, "is in no rotation" in alone.err) == (4, True)


def test_a_side_costs_no_second_sign_in(house: House, keydeck: Keydeck) -> None:
    house.store.rotations.rotate(house.alice, house.create("Zapier").key.id).unwaited()
    before = house.store.audit_trail.latest(house.alice)
    assert keydeck("keys", "show", "Zapier", "--old").status == 0
    assert house.store.audit_trail.latest(house.alice) == before + 1


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        (("keys", "create", "--name", "x", "--scope", "event:read"), "events:read"),
        (("keys", "create", "--name", "x", "--scope", "events:raed"), "events:read"),
        (("keys", "create", "--name", "x", "--scope", "read:events"), "events:read"),
        (("keys", "create", "--name", "x", "--scope", "events.write"), "events:write"),
        (("keys", "show", "Wesbite"), "“Website”"),
        (("people", "role", "alcie@acme.example", "--role", "member"), "alice@acme.example"),
        (("people", "list", "--workspace", "acme-event"), "acme-events"),
        (("help", "rotaton"), "rotation"),
        (("keys", "list", "--filter", "scop:events"), "scope:"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(
    asked: tuple[str, ...], meant: str, house: House, keydeck: Keydeck
) -> None:
    house.create("Website")
    done = keydeck(*asked)
    assert done.status in (2, 4)
    assert meant in done.err, done.err
    assert done.err.count("\n") == 1


def test_options_of_all_commands_are_taken_before_them(house: House, keydeck: Keydeck) -> None:
    house.create("Website")
    for words in (
        ("--json", "keys", "list"),
        ("keys", "--json", "list"),
        ("keys", "--as", "alice@acme.example", "--workspace", "acme-events", "list", "--json"),
        ("--workspace", "acme-events", "--json", "keys", "list"),
    ):
        assert [one["name"] for one in keydeck(*words).json] == ["Website"], words


def test_the_tab_key_offers_nothing_that_a_shell_would_run_or_a_command_take_for_an_option(
    house: House,
    keydeck: Keydeck,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    house.add_member("a`touch${IFS}x`@acme.example")
    house.add_member("a;id@acme.example")
    house.add_member("ann+ci@acme.example")
    every, night = house.create("--all").key, house.create("Night $(id)").key
    monkeypatch.setenv("KEYDECK_WORKSPACE", "acme-events")
    monkeypatch.setenv("_KEYDECK_COMPLETE", "bash_complete")

    def offered(line: str) -> set[str]:
        monkeypatch.setenv("COMP_LINE", line)
        with pytest.raises(SystemExit):
            keydeck()
        return set(capsys.readouterr().out.split())

    assert offered("keydeck people leave a") == {
        "plain,alice@acme.example",
        "plain,ann+ci@acme.example",
    }
    for command in ("stop", "resume", "keys revoke"):
        assert offered(f"keydeck {command} ") == {f"plain,jw_{every.id}", f"plain,jw_{night.id}"}
