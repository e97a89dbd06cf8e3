"""`keydeck people leave`, what is decided afterwards, and how keys came to be known."""

from pathlib import Path

import pytest

from store.domain.people import Actor, KnownBy, Role
from store.errors import StoreBusy
from store.service.holders import HolderService
from tests.commands.conftest import Keydeck
from tests.house import House

TOM = "tom@acme.example"
OFFBOARDING = ("people", "offboarding")


@pytest.fixture
def tom(house: House) -> Actor:
    """A second admin, who will leave."""
    return house.add_member(TOM, Role.ADMIN)


def test_how_a_key_was_taken_is_known_of_every_way_out(
    keydeck: Keydeck, house: House, tom: Actor, tmp_path: Path
) -> None:
    new = ("keys", "create", "--scope", "events:read", "--name")
    for name, more in (
        ("Printed", ()),
        ("As JSON", ("--json",)),
        ("Filed", ("--to-file", str(tmp_path / "key"))),
        ("Piped", ("--to-command", "cat")),
    ):
        assert keydeck(*new, name, *more, email=TOM).status == 0
    left = keydeck("people", "leave", TOM, "--json")
    assert left.status == 0
    known = {one["name"]: one["known"] for one in left.json["offboarding"]["keys"]}
    assert known == {
        "As JSON": ["created", "shown"],
        "Filed": ["created", "filed"],
        "Piped": ["created", "piped"],
        "Printed": ["created", "shown"],
    }
    assert left.json["email"] == TOM


def test_a_key_is_handed_over_even_if_that_cannot_be_written_down_and_this_is_said(
    keydeck: Keydeck, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(self: HolderService, actor: Actor, key_id: str, how: KnownBy) -> None:
        raise StoreBusy("store.db")

    monkeypatch.setattr(HolderService, "taken", busy)
    done = keydeck("keys", "create", "--name", "Website", "--scope", "events:read")
    assert (done.status, done.out[:3]) == (0, "jw_")
    assert "How you took the key was not written down:" in done.err


def test_whoever_knows_nothing_just_leaves(keydeck: Keydeck, tom: Actor) -> None:
    done = keydeck("people", "leave", TOM, "--yes")
    assert (done.status, done.out, done.err) == (0, "", f"{TOM} has left.\n")
    assert keydeck(*OFFBOARDING, "list", "--json").json == []
    assert keydeck(*OFFBOARDING, "show", TOM).status == 4


def test_keys_are_decided_one_by_one_and_the_record_goes_to_the_ticket(
    keydeck: Keydeck, house: House, tom: Actor, tmp_path: Path
) -> None:
    for name in ("Mine | ours", "Shop", "Website"):
        house.create(name, actor=tom)
    left = keydeck("people", "leave", TOM)
    assert left.status == 0
    assert "created it" in left.out
    assert "3 keys wait for a decision" in left.err
    assert keydeck("keys", "list", email=TOM).status == 3
    [open_one] = keydeck(*OFFBOARDING, "list", "--json").json
    assert (open_one["email"], open_one["keys"], open_one["waiting"]) == (TOM, 3, 3)

    assert keydeck(*OFFBOARDING, "keep", TOM, "Shop").status == 2
    kept = keydeck(*OFFBOARDING, "keep", TOM, "Mine | ours", "--reason", "test <b>only</b>")
    assert "2 keys wait" in kept.err
    rotated = keydeck(*OFFBOARDING, "rotate", TOM, "Shop", "--overlap", "1d", "--json")
    assert rotated.json["key"].startswith("jw_")
    assert keydeck(*OFFBOARDING, "finish", TOM).status == 5
    assert keydeck(*OFFBOARDING, "resume", TOM).status == 2
    done = keydeck(*OFFBOARDING, "revoke", TOM, "Website", "--json").json
    assert (done["waiting"], done["finished_by"]) == (0, "alice@acme.example")
    assert [(one["name"], one["decision"], one["reason"]) for one in done["keys"]] == [
        ("Mine | ours", "keep", "test <b>only</b>"),
        ("Shop", "rotate", None),
        ("Website", "revoke", f"{TOM} left"),
    ]
    assert done["keys"][1]["successor"] == rotated.json["id"]

    ticket = tmp_path / "ticket.md"
    assert keydeck(*OFFBOARDING, "show", TOM, "--markdown", str(ticket)).status == 0
    said = ticket.read_text()
    assert "| Mine \\| ours | jw\\_" in said
    assert "| kept: test \\<b\\>only\\</b\\> | alice@acme.example |" in said
    assert "replaced by jw\\_" in said
    assert "the old one works until" in said
    assert rotated.json["key"] not in said
    again = keydeck(*OFFBOARDING, "show", TOM, "--markdown", str(ticket))
    assert (again.status, "exists already" in again.err) == (2, True)


def test_a_key_that_somebody_else_rotated_meanwhile_is_only_written_down(
    keydeck: Keydeck, house: House, tom: Actor
) -> None:
    house.create("Website", actor=tom)
    keydeck("people", "leave", TOM)
    successor = house.store.rotations.rotate(house.alice, "Website").unwaited().successor
    house.store.keys.confirm(house.alice, successor.id)
    done = keydeck(*OFFBOARDING, "rotate", TOM, "Website", "--json")
    assert done.json["keys"][0]["successor"] == successor.id
    assert done.json["finished_at"] is not None


def test_a_rotation_that_was_cut_off_is_no_decision_and_the_key_is_made_anew(
    keydeck: Keydeck, house: House, tom: Actor
) -> None:
    house.create("Website", actor=tom)
    keydeck("people", "leave", TOM)
    lost = house.store.rotations.rotate(house.alice, "Website").unwaited().successor
    assert "nobody stored the new key" in keydeck(*OFFBOARDING, "show", TOM).out
    done = keydeck(*OFFBOARDING, "rotate", TOM, "Website", "--json")
    assert (done.json["id"], done.json["key"][:3]) == (lost.id, "jw_")
    assert "it is made anew" in done.err
    assert keydeck(*OFFBOARDING, "show", TOM, "--json").json["finished_at"] is not None


def test_assistants_that_ended_with_a_leaving_are_told_with_what_they_called_and_once(
    keydeck: Keydeck, house: House, tom: Actor
) -> None:
    house.create("Website", actor=tom)
    claude = house.connect("Claude | Code", actor=tom)
    house.calls(claude, "list_events", "list_events", "create_event")
    house.connect("Codex")
    assert keydeck("people", "leave", TOM).status == 0
    shown = keydeck(*OFFBOARDING, "show", TOM)
    assert f"Claude | Code  {claude.id}  " in shown.out
    assert "  list_events 2, create_event 1  " in shown.out
    [ended] = keydeck(*OFFBOARDING, "show", TOM, "--json").json["connections"]
    assert (ended["name"], ended["id"]) == ("Claude | Code", claude.id)
    assert [(one["tool"], one["calls"]) for one in ended["tools"]] == [
        ("create_event", 1),
        ("list_events", 2),
    ]
    said = keydeck(*OFFBOARDING, "show", TOM, "--markdown", "-").out
    assert "| Claude \\| Code |" in said
    assert "| list\\_events 2, create\\_event 1 |" in said

    assert keydeck(*OFFBOARDING, "revoke", TOM, "Website").status == 0
    back = house.add_member(TOM, Role.ADMIN)
    house.create("Shop", actor=back)
    gemini = house.connect("Gemini", actor=back)
    assert keydeck("people", "leave", TOM).status == 0
    again = keydeck(*OFFBOARDING, "show", TOM, "--json").json["connections"]
    assert [(one["id"], one["tools"]) for one in again] == [(gemini.id, [])]
