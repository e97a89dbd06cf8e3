"""`keydeck people invite` and `keydeck colour`."""

import pytest

from store.domain.key_string import Secret
from store.domain.people import Role
from tests.commands.conftest import Keydeck
from tests.house import PASSWORD, House


def test_invite_prints_a_new_code_that_works_and_is_refused_once_it_was_used(
    keydeck: Keydeck, house: House
) -> None:
    keydeck("people", "add", "zoe@acme.example", "--name", "zoe")
    done = keydeck("people", "invite", "zoe@acme.example")
    assert done.status == 0
    house.store.sign_in.enrol("zoe@acme.example", Secret(done.out.strip()), Secret(PASSWORD))
    refused = keydeck("people", "invite", "zoe@acme.example", "--json")
    assert (refused.status, refused.out) == (5, "")
    assert "has chosen a password" in refused.err


def test_colour_is_the_operators_and_told_as_json(keydeck: Keydeck, house: House) -> None:
    given = ("--workspace", "acme-events", "--json")
    said = keydeck("colour", "red", *given, password="")
    assert said.json == {"workspace": "acme-events", "name": "Acme Events", "colour": "red"}
    assert house.store.sign_in.standing(house.alice).workspace.colour == "red"
    assert keydeck("colour", "none", *given, password="").json["colour"] is None
    assert keydeck("colour", "beige", *given, password="").status == 2


def test_accept_says_who_vouches_and_lets_the_password_one_has_open_another_workspace(
    keydeck: Keydeck, house: House
) -> None:
    code = house.store.people.add(house.bob, "alice@acme.example", "Alice B", Role.ADMIN).code
    accept = ("people", "accept", "--code-stdin", "--json")
    both = (*accept, "--password-stdin")
    assert keydeck(*both, given=f"{code.reveal()}\n{PASSWORD}\n", password="").json == {
        "email": "alice@acme.example",
        "name": "Alice B",
        "workspace": "bolt-catering",
        "role": "admin",
        "vouched_by": "bob@bolt.example",
    }
    listed = keydeck("people", "list", "--workspace", "bolt-catering", "--json").json
    assert [one["vouched_by"] for one in listed] == ["bob@bolt.example", None]
    assert house.store.sign_in.sign_in("alice@acme.example", Secret(PASSWORD), "bolt-catering")
    again = keydeck(*accept, "--workspace", "acme-events", given=f"{code.reveal()}\n")
    assert (again.status, again.out) == (3, "")
    assert "wrong, used or out of date" in again.err


def test_a_code_that_nobody_can_type_is_asked_for_on_standard_input(
    keydeck: Keydeck, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = keydeck("people", "add", "zoe@acme.example", "--name", "Zoe").out.strip()
    line = ("people", "enrol", "zoe@acme.example", "--password-stdin")

    def nowhere(*given: object) -> int:
        raise OSError

    monkeypatch.setattr("console.commands.passwords.os.open", nowhere)
    refused = keydeck(*line, given=f"{code}\n{PASSWORD}\n", password="")
    assert (refused.status, "say --code-stdin" in refused.err) == (2, True)
    monkeypatch.undo()
    done = keydeck(*line, "--code-stdin", given=f"{code}\n{PASSWORD}\n", password="")
    assert (done.status, done.err) == (0, "zoe@acme.example is enrolled.\n")
