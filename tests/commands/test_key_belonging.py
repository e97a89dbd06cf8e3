"""`keydeck keys owner`, `keys label`, and what is done to all keys of an owner at once."""

from tests.commands.conftest import Keydeck
from tests.house import House


def test_keys_of_an_owner_are_labelled_found_stopped_and_revoked(
    keydeck: Keydeck, house: House
) -> None:
    asked = ("keys", "create", "--name", "Billing", "--scope", "events:read", "--for", "mia")
    made = keydeck(*asked, "--label", "tier=gold", "--json").json
    assert (made["owner"], made["labels"]) == ("mia", {"tier": "gold"})
    house.create("Website")
    assert keydeck("keys", "owner", "Website").out == "nobody\n"
    assert "belongs to mia" in keydeck("keys", "owner", "Website", "mia").err
    changed = keydeck("keys", "label", "Billing", "tier=", "team=north pole", "--json").json
    assert changed["labels"] == {"team": "north pole"}
    assert "team=north pole" in keydeck("keys", "show", "Billing").out
    named = keydeck("keys", "list", "--filter", "for:mia label:team", "--json").json
    assert [key["name"] for key in named] == ["Billing"]
    stopped = keydeck("stop", "--label", "team=north pole", "--for", "mia", "--json").json
    assert [(one["of"], one["value"]) for one in stopped["stopped"]] == [
        ("owner", "mia"),
        ("label", "team=north pole"),
    ]
    assert "--label 'team=north pole'" in keydeck("stops", "list").out
    assert "Every key for mia" in keydeck("why", "Website").out
    keydeck("resume", "--for", "mia")
    assert keydeck("can", "Website", "GET", "/api/v1/availability").status == 0
    foretold = keydeck("keys", "revoke", "--for", "mia", "--dry-run", "--json").json
    assert sorted(key["name"] for key in foretold) == ["Billing", "Website"]
    revoked = keydeck("keys", "revoke", "--for", "mia", "--reason", "left", "--json").json
    assert [key["state"] for key in revoked["revoked"]] == ["revoked"] * 2
    assert "in_force_at" in revoked
    nobody = keydeck("keys", "revoke", "--for", "mia")
    assert (nobody.status, "No active key" in nobody.err) == (4, True)
    assert keydeck("keys", "revoke", "Website", "--for", "mia").status == 2
    assert keydeck("stop", "--all", "--for", "mia").status == 2
