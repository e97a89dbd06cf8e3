"""`keydeck keys rename`, `keys holders`, and `people password` for oneself."""

import pytest

from tests.commands.conftest import Keydeck
from tests.house import PASSWORD, House
from tests.invariants.prepared import refused


def test_a_renamed_key_is_told_by_both_names_where_it_matters(
    keydeck: Keydeck, house: House
) -> None:
    key = house.create("Website").key
    request_id = refused(house, key)
    house.clock.advance(1000)
    renamed = keydeck("keys", "rename", "Website", "Shop front")
    assert f"“Website” (jw_{key.id}) is called “Shop front” now." in renamed.err + renamed.out
    assert keydeck("keys", "rename", "Website", "Third").status == 4
    assert keydeck("keys", "rename", "Shop front", "Shop front").status == 2
    house.create("Other")
    assert keydeck("keys", "rename", "Shop front", "OTHER").status == 5
    assert "Shop front" in keydeck("audit", "--filter", "renamed").out
    assert "Shop front (then Website), jw_" in keydeck("why", request_id).out
    assert "Shop front (Website until " in keydeck("why", key.id).out
    assert keydeck("why", request_id, "--json").json["key_name_then"] == "Website"


def test_holders_are_shown_named_and_chosen_for_a_successor(keydeck: Keydeck, house: House) -> None:
    house.add_member("mia@acme.example")
    house.create("Website")
    assert keydeck("keys", "holders", "Website").out == "alice@acme.example  created it\n"
    named = keydeck("keys", "holders", "Website", "mia@acme.example")
    assert named.out.splitlines()[1:] == ["mia@acme.example  named"]
    assert keydeck("keys", "holders", "Website", "eve@acme.example").status == 4
    shown = keydeck("keys", "holders", "Website", "--json").json
    assert [one["how"] for one in shown] == ["created", "custodian"]
    keydeck("keys", "rotate", "Website", "--holder", "none")
    of_new = keydeck("keys", "holders", "Website", "--new")
    assert "mia" not in of_new.out
    assert "mia" in keydeck("keys", "holders", "Website", "--old").out


def test_ones_own_password_is_changed_from_two_lines_and_never_as_an_argument(
    keydeck: Keydeck, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KEYDECK_PASSWORD", raising=False)
    lines = f"{PASSWORD}\nanother one\n"
    done = keydeck("people", "password", "--password-stdin", given=lines, password="")
    assert (done.status, done.out) == (0, "")
    assert "The password of alice@acme.example is another one now." in done.err
    house.clock.advance(1000)
    assert keydeck("keys", "list", password="another one").status == 0
    assert keydeck("keys", "list").status == 3
