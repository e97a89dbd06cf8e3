"""`keydeck keys owner`, `keys label`, and what is done to all keys of an owner at once."""

from contextlib import closing
from typing import Any
from unittest.mock import patch

import pytest

from console.commands import many
from store.domain import labels
from store.errors import NoKeysFor, PlanRequired
from store.service import belonging, stops
from store.service.belonging import BelongingService
from store.service.keys import KeyService
from store.verifier.api_keys import key_authenticator
from store.verifier.context import WorkerContext
from tests.commands.conftest import Keydeck
from tests.house import House
from tests.verifier.test_networks import request


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
    foretell = ("stop", "--for", "mia", "--dry-run")
    counted = keydeck(*foretell, "--json").json
    assert (counted["active"], counted["more"]) == (2, False)
    with patch.object(stops, "MOST_COUNTED", 1):
        counted = keydeck(*foretell, "--json").json
        assert (counted["active"], counted["more"]) == (1, True)
        assert keydeck(*foretell).err.startswith("More than 1 active key; of those")
    with patch.object(belonging, "AT_ONCE", 1):
        foretold = keydeck("keys", "revoke", "--for", "mia", "--dry-run", "--json").json
    assert sorted(key["name"] for key in foretold["changed"]) == ["Billing", "Website"]
    revoked = keydeck("keys", "revoke", "--for", "mia", "--reason", "left", "--json").json
    assert [key["state"] for key in revoked["revoked"]] == ["revoked"] * 2
    assert "in_force_at" in revoked
    nobody = keydeck("keys", "revoke", "--for", "mia")
    assert (nobody.status, "No active key" in nobody.err) == (4, True)
    assert keydeck("keys", "revoke", "Website", "--for", "mia").status == 2
    assert keydeck("keys", "revoke", "--for", "mia", "--old").status == 2
    assert keydeck("stop", "--all", "--for", "mia").status == 2


def test_a_key_that_is_another_owners_by_now_is_not_revoked_with_the_old_ones(house: House) -> None:
    key = house.create().key
    house.store.belonging.set_owner(house.alice, key.id, "other").unwaited()
    with pytest.raises(NoKeysFor):
        house.store.keys.revoke(house.alice, key.id, owner="mia").unwaited()
    assert house.store.keys.show(house.alice, key.id).revoked_at is None


def test_it_is_said_whether_a_key_goes_on_or_is_stopped_with_its_new_owner(
    keydeck: Keydeck, house: House
) -> None:
    house.create("Website")
    keydeck("stop", "--for", "mia")
    assert "It is stopped from now on." in keydeck("keys", "owner", "Website", "mia").err
    assert "stopped" not in keydeck("keys", "label", "Website", "tier=gold").err
    assert "It goes on now." in keydeck("keys", "owner", "Website", "none").err


def test_people_read_a_remark_that_follows_the_chain_and_no_caller_is_told(
    keydeck: Keydeck, house: House
) -> None:
    issued = house.create("Website")
    text = "Ask Mia before it is rotated"
    assert f"is remarked on: {text}" in keydeck("keys", "remark", "Website", text).err
    assert keydeck("keys", "remark", "Website").out == f"{text}\n"
    assert text in keydeck("keys", "show", "Website").out
    assert text in keydeck("keys", "list", "--columns", "name,remark").out
    keydeck("keys", "rotate", "Website", "--json")
    assert [key["remark"] for key in keydeck("keys", "list", "--json").json] == [text] * 2
    with closing(WorkerContext(house.url, pepper_path=house.pepper_path)) as context:
        found = key_authenticator(context).check(request(issued.secret.reveal(), None))
    assert text not in repr(found)
    held = ("keys", "remark", "--filter", "state:active")
    assert "2 keys would be without a remark" in keydeck(*held, "none", "--dry-run").err
    assert [key["remark"] for key in keydeck(*held, "none", "--json").json["changed"]] == [None] * 2
    told = keydeck("audit", "--json").json
    assert [one["action"] for one in told].count("key.remarked") == 2
    leaked = keydeck("keys", "remark", issued.key.id, f"it was {issued.secret.reveal()}")
    assert (leaked.status, "holds a key" in leaked.err) == (2, True)


def test_what_would_mean_two_things_is_refused(keydeck: Keydeck, house: House) -> None:
    house.create("Website")
    twice = keydeck("keys", "label", "Website", "tier=gold", "tier=")
    assert (twice.status, "given twice" in twice.err) == (2, True)
    made = keydeck("keys", "create", "--name", "A", "--scope", "events:read", "--for", "none")
    assert (made.status, "the word for no owner" in made.err) == (2, True)


def test_all_that_a_filter_finds_are_labelled_and_owned_after_they_were_shown(
    keydeck: Keydeck, house: House
) -> None:
    for name in ("One", "Two", "Three"):
        house.create(name)
    house.store.keys.revoke(house.alice, "Three").unwaited()
    keydeck("stop", "--for", "mia")
    asked = ("keys", "owner", "--filter", "-for:mia", "mia")
    with patch.object(many, "PAGE", 1):
        foretold = keydeck(*asked, "--dry-run")
        assert [line.split()[-1] for line in foretold.out.splitlines()] == ["One", "Two"]
        assert "2 keys would belong to mia. Nothing was changed." in foretold.err
        done = keydeck(*asked)
    assert "2 keys belong to mia. 2 of them are stopped from now on." in done.err
    assert (keydeck(*asked).status, keydeck("keys", "owner", "Three").out) == (4, "nobody\n")
    labelled = ("keys", "label", "--filter", "for:mia")
    changed = keydeck(*labelled, "tier=gold", "env=", "--json").json["changed"]
    assert [key["labels"] for key in changed] == [{"tier": "gold"}] * 2
    for wrong in (
        labelled,
        ("keys", "owner"),
        (*asked, "tom"),
        ("keys", "owner", "One", "--dry-run"),
        ("keys", "owner", "One", "mia", "--filter", "for:mia"),
    ):
        assert keydeck(*wrong).status == 2, wrong


def test_a_filter_that_says_nothing_changes_no_key(keydeck: Keydeck, house: House) -> None:
    house.create("One")
    for command, what in (("owner", "mia"), ("label", "tier=gold")):
        for nothing in ("", " ", '""', '" "'):
            done = keydeck("keys", command, "--filter", nothing, what)
            assert (done.status, "--filter says nothing" in done.err) == (2, True), done
    key = house.store.keys.show(house.alice, "One")
    assert (key.owner, dict(key.labels)) == (None, {})
    assert keydeck("keys", "list", "--filter", "", "--json").json


@pytest.mark.parametrize(
    ("by", "status"), [(KeyboardInterrupt(), 130), (PlanRequired("Acme", "free"), 5)]
)
def test_where_changing_many_is_cut_it_is_said_which_were_changed(
    keydeck: Keydeck,
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    by: BaseException,
    status: int,
) -> None:
    for name in ("One", "Two"):
        house.create(name)
    whole, begun = BelongingService.label, []

    def cut(*given: Any, **more: Any) -> Any:
        begun.append(given)
        if len(begun) > 1:
            raise by
        return whole(*given, **more)

    monkeypatch.setattr(BelongingService, "label", cut)
    done = keydeck("keys", "label", "--filter", "state:active", "tier=gold", "--json")
    assert (done.status, [key["name"] for key in done.json["changed"]]) == (status, ["One"])
    assert done.json["refused"] == []


def test_a_key_that_cannot_have_a_label_is_named_and_the_others_have_it(
    keydeck: Keydeck, house: House
) -> None:
    for name in ("Alpha", "Full", "Omega"):
        house.create(name)
    full = {f"l{number}": "x" for number in range(labels.MOST)}
    house.store.belonging.label(house.alice, "Full", full).unwaited()
    asked = ("keys", "label", "--filter", "state:active")
    done = keydeck(*asked, "tier=gold")
    assert "2 keys are labelled tier=gold." in done.err
    why = f"A key may have {labels.MOST} labels, and these are {labels.MOST + 1}."
    assert f"1 key could not be changed and is as it was: Full. That is because: {why}" in done.err
    foretold = keydeck(*asked, "tier=silver", "--dry-run")
    assert [line.split()[-1] for line in foretold.out.splitlines()] == ["Alpha", "Omega"]
    assert foretold.err.startswith("2 keys would be labelled tier=silver. Nothing was changed.")
    assert (foretold.status, why in foretold.err) == (5, True)
    one = keydeck("keys", "label", "Full", "tier=silver", "--dry-run", "--json")
    assert (one.status, one.json["refused"][0]["why"]) == (5, why)
    again = keydeck(*asked, "tier=gold", "--json")
    assert [key["name"] for key in again.json["changed"]] == ["Alpha", "Omega"]
    assert [(one["name"], one["why"]) for one in again.json["refused"]] == [("Full", why)]
    assert (done.status, again.status) == (5, 5)


def test_where_revoking_is_cut_it_is_said_what_is_revoked(
    keydeck: Keydeck, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("One", "Two"):
        key = house.create(name).key
        house.store.belonging.set_owner(house.alice, key.id, "mia").unwaited()
    whole, begun = KeyService.revoke, []

    def cut(*given: Any, **more: Any) -> Any:
        begun.append(given)
        if len(begun) > 1:
            raise KeyboardInterrupt
        return whole(*given, **more)

    monkeypatch.setattr(KeyService, "revoke", cut)
    done = keydeck("keys", "revoke", "--for", "mia", "--json")
    assert (done.status, len(done.json["revoked"])) == (130, 1)
    assert "in_force_at" in done.json
    monkeypatch.undo()
    assert len(keydeck("keys", "revoke", "--for", "mia", "--json").json["revoked"]) == 1
