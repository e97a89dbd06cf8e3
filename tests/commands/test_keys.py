"""`keydeck keys` and what it prints."""

import json
import re

import pytest

from store.domain.clock import SystemClock
from store.domain.credential import Credential
from store.domain.people import Plan
from store.domain.usage import Refusal
from store.domain.verdicts import Verdict
from store.verifier.usage.batch import Batch
from store.verifier.usage.rows import write
from tests.commands.conftest import Keydeck
from tests.house import House

KEY = re.compile(r"jw_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}\n")
FIELDS = [
    "id",
    "name",
    "state",
    "notes",
    "scopes",
    "created_at",
    "created_by",
    "not_before",
    "expires_at",
    "revoked_at",
    "last_used_at",
    "rotate_every_days",
    "predecessor",
    "successor",
    "lineage",
    "networks",
    "limits",
    "shared_limits",
    "owner",
    "labels",
    "remark",
]


def create(keydeck: Keydeck, name: str = "Website", *more: str) -> dict[str, object]:
    """Create a key and return its object."""
    done = keydeck("keys", "create", "--name", name, "--scope", "events:read", "--json", *more)
    assert done.status == 0, done.err
    found: dict[str, object] = done.json
    return found


def test_create_prints_the_key_alone_and_everything_else_elsewhere(keydeck: Keydeck) -> None:
    done = keydeck("keys", "create", "--name", "Website", "--scope", "availability:read")
    assert done.status == 0
    assert KEY.fullmatch(done.out)
    assert "Can view availability." in done.err
    assert done.out.strip() not in done.err


def test_create_in_json_gives_the_key_object_and_the_key(keydeck: Keydeck, house: House) -> None:
    made = create(keydeck, "Website", "--expires", "2099-01-31", "--rotate-every", "90d")
    assert list(made) == [*FIELDS, "key"]
    assert KEY.fullmatch(f"{made['key']}\n")
    assert made["state"] == "active"
    assert made["scopes"] == ["events:read"]
    assert made["expires_at"] == "2099-01-31T23:59:59.999Z"
    assert made["rotate_every_days"] == 90
    assert made["created_by"] == "alice@acme.example"
    assert made["revoked_at"] is None
    key = house.store.keys.show(house.alice, "Website")
    assert key.confirmed_at is not None, "whoever asked has it"


def test_never_and_holders_are_kept(keydeck: Keydeck, house: House) -> None:
    house.add_member("mia@acme.example")
    made = create(keydeck, "Website", "--expires", "never", "--holder", "mia@acme.example")
    assert made["expires_at"] is None
    details = house.store.keys.details(house.alice, str(made["id"]))
    assert "mia@acme.example" in [holder.email for holder in details.holders]


def test_list_is_a_bare_array_and_filters_by_state(keydeck: Keydeck) -> None:
    assert keydeck("keys", "list", "--json").json == []
    create(keydeck, "Website")
    create(keydeck, "Old site")
    keydeck("keys", "revoke", "Old site")
    assert {one["name"] for one in keydeck("keys", "list", "--json").json} == {
        "Website",
        "Old site",
    }
    [revoked] = keydeck("keys", "list", "--state", "revoked", "--json").json
    assert revoked["name"] == "Old site"
    assert list(revoked) == FIELDS
    assert "key" not in revoked


def test_the_filter_understands_an_id_as_it_is_shown(keydeck: Keydeck, house: House) -> None:
    issued = house.create("Zapier")
    house.create("Website")
    [found] = keydeck("keys", "list", "--json", "--filter", f"jw_{issued.key.id[:5]}…").json
    assert found["name"] == "Zapier"
    refused = keydeck("keys", "list", "--filter", "a\udcff")
    assert (refused.status, "no text" in refused.err) == (2, True)


def test_the_list_for_people_draws_foreign_names_harmless(keydeck: Keydeck, house: House) -> None:
    create(keydeck, "[red]x[/red]")
    create(keydeck, "日本語")
    done = keydeck("keys", "list")
    assert "[red]x[/red]" in done.out
    assert "日本語" in done.out
    assert done.err == ""


@pytest.mark.parametrize("reference", ["{id}", "jw_{id}", "jw_{start}", "Website", "website"])
def test_a_key_is_found_by_id_by_its_beginning_and_by_name(
    keydeck: Keydeck, reference: str
) -> None:
    key_id = str(create(keydeck)["id"])
    named = reference.format(id=key_id, start=key_id[:6])
    assert keydeck("keys", "show", named, "--json").json["id"] == key_id


def test_what_is_not_there_is_4_and_so_is_what_is_ambiguous(keydeck: Keydeck) -> None:
    assert keydeck("keys", "show", "nothing").status == 4
    create(keydeck)
    keydeck("keys", "rotate", "Website")
    done = keydeck("keys", "revoke", "Website")
    assert done.status == 4
    assert done.err.count("jw_") == 2
    assert done.err.count("\n") == 1


def test_scope_replaces_and_extend_moves(keydeck: Keydeck) -> None:
    create(keydeck)
    done = keydeck("keys", "scope", "Website", "--scope", "quotes:read quotes:write", "--json")
    assert done.json["scopes"] == ["quotes:read", "quotes:write"]
    done = keydeck("keys", "extend", "Website", "--expires", "2099-12-31", "--json")
    assert done.json["expires_at"] == "2099-12-31T23:59:59.999Z"


def test_rotate_ties_two_keys_and_says_so(keydeck: Keydeck) -> None:
    old = create(keydeck)
    new = keydeck("keys", "rotate", "Website", "--overlap", "1h", "--json").json
    assert new["predecessor"] == old["id"]
    assert new["key"] != old["key"]
    before = keydeck("keys", "show", str(old["id"]), "--json").json
    assert before["successor"] == new["id"]
    assert "rotating" in before["notes"]


def test_a_retried_rotation_gives_one_successor_and_its_newest_secret(
    keydeck: Keydeck, house: House
) -> None:
    create(keydeck)
    call = ("keys", "rotate", "Website", "--idempotency-token", "deploy-7", "--json")
    first, second = keydeck(*call).json, keydeck(*call).json
    assert first["id"] == second["id"]
    assert first["key"] != second["key"]
    assert len(keydeck("keys", "list", "--json").json) == 2
    keydeck("keys", "confirm", first["id"])
    done = keydeck(*call)
    assert done.status == 5
    assert done.out == ""


def test_a_second_revocation_is_refused_with_5(keydeck: Keydeck) -> None:
    create(keydeck)
    assert keydeck("keys", "revoke", "Website", "--reason", "leaked").status == 0
    done = keydeck("keys", "revoke", "Website")
    assert done.status == 5
    assert "already revoked" in done.err


def test_rules_of_the_domain_are_5_and_bad_input_is_2(keydeck: Keydeck, house: House) -> None:
    create(keydeck)
    taken = keydeck("keys", "create", "--name", "website", "--scope", "events:read")
    assert (taken.status, taken.out) == (5, "")
    for arguments in (
        ("--name", "x", "--scope", "events"),
        ("--name", "x", "--scope", "events:read", "--expires", "soon"),
        ("--name", "a\x1bb", "--scope", "events:read"),
        ("--name", "x"),
        ("--name", "x", "--scope", "events:read", "--nonsense"),
    ):
        done = keydeck("keys", "create", *arguments)
        assert done.status == 2, arguments
        assert done.err.count("\n") == 1
        assert "\x1b" not in done.err
    house.store.operator.set_plan("acme-events", Plan.FREE)
    assert keydeck("keys", "list").status == 5
    assert keydeck("keys", "revoke", "Website").status == 0


def test_show_says_in_words_what_a_key_may_do_and_what_to_do_next(keydeck: Keydeck) -> None:
    create(keydeck, "Website", "--expires", "3d")
    done = keydeck("keys", "show", "Website")
    assert "Can view events. Cannot create or edit anything." in done.out
    assert "Rotate it: it stops in 3 d." in done.out


def test_usage_tells_what_a_key_was_used_for_and_refused(keydeck: Keydeck, house: House) -> None:
    create(keydeck, "Website")
    key_id = keydeck("keys", "show", "Website", "--json").json["id"]
    assert "No requests since" in keydeck("keys", "usage", "Website").out
    now = SystemClock().now()
    batch = Batch()
    row = Credential(key_id, 1, "acme-events", "pro", "Website", b"", "", "events:read", None, None)
    batch.count(row, Verdict.VALID, now, "10.0.3.7", ["events:read"])
    batch.count(row, Verdict.SCOPE, now, "10.0.3.7", ["quotes:read"])
    batch.refuse(row, Refusal(now, Verdict.SCOPE, "10.0.3.7", "curl/8", "GET", "/quotes", "ab12"))
    write(house.store.database, batch)
    told = keydeck("keys", "usage", "Website").out
    for word in ("valid", "events:read", "GET /quotes", "10.0.3.7", "curl/8", "ab12"):
        assert word in told
    said = keydeck("keys", "usage", "Website", "--since", "1h", "--json").json
    assert said["verdicts"] == {"scope": 1, "valid": 1}
    assert [(one["scope"], one["requests"]) for one in said["scopes"]] == [("events:read", 1)]
    assert said["refusals"][0]["path"] == "/quotes"
    [line] = keydeck("keys", "refusals", "Website", "--jsonl").out.splitlines()
    assert json.loads(line) == said["refusals"][0]
    assert keydeck("keys", "refusals", "Website", "--filter", "verdict:route").err == (
        "Nothing matches.\n"
    )
    assert keydeck("keys", "usage", "Website", "--since", "never").status == 2
    assert keydeck("keys", "usage", "Nobody").status == 4
