"""`keydeck audit verify|anchor|export`: what was changed, removed, moved or cut off is named."""

import json
from itertools import pairwise

import pytest

from tests.commands.conftest import Keydeck
from tests.house import House, meddle


@pytest.fixture
def history(house: House) -> House:
    """A house with an audit of some length."""
    for number in range(4):
        house.create(f"Key {number}")
    return house


def test_an_audit_that_nobody_touched_is_intact(keydeck: Keydeck, history: House) -> None:
    done = keydeck("audit", "verify", "--json")
    assert done.status == 0
    # Signing in for this is an entry too.
    assert done.json == {"intact_up_to": 7, "trouble": None}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "UPDATE audit SET actor = 'nobody' WHERE workspace_id = 1 AND seq = 4",
            "Intact up to entry 3. Entry 4 was changed",
        ),
        (
            "DELETE FROM audit WHERE workspace_id = 1 AND seq = 4",
            "Intact up to entry 3. Entry 4 is missing: 5 comes after 3.",
        ),
        (
            "UPDATE audit SET seq = CASE seq WHEN -4 THEN 5 ELSE 4 END"
            " WHERE workspace_id = 1 AND seq < 0",
            "Intact up to entry 3. Entry 4 was changed",
        ),
        *(
            (
                f"UPDATE audit SET {change} WHERE workspace_id = 1 AND seq = 4",
                "Intact up to entry 3. Entry 4 was changed",
            )
            for change in (
                "details = 'no JSON'",
                "details = details || ' '",
                "details = CAST(details AS BLOB)",
                "actor = x'ff'",
                "actor = CAST(x'ff' AS TEXT)",
                "mac = 'text'",
                "at = 'noon'",
            )
        ),
    ],
)
def test_the_first_entry_that_is_not_as_it_was_written_is_named(
    keydeck: Keydeck, history: House, change: str, said: str
) -> None:
    moving = "UPDATE audit SET seq = -seq WHERE workspace_id = 1 AND seq IN (4, 5)"
    meddle(history, *([moving] if "CASE" in change else []), change)
    done = keydeck("audit", "verify")
    assert (done.status, done.out[: len(said)]) == (1, said)
    checked = keydeck("store", "check")
    assert checked.status == 1
    assert said.partition(". ")[2] in checked.out + checked.err


def test_a_newest_entry_that_is_none_any_more_is_named_too(
    keydeck: Keydeck, history: House
) -> None:
    meddle(history, "UPDATE audit SET mac = 'text' WHERE workspace_id = 1 AND seq = 6")
    assert keydeck("audit", "verify").out.startswith("Intact up to entry 5. Entry 6 was changed")
    exported = keydeck("audit", "export")
    assert (exported.status, "1 left out" in exported.err) == (1, True)


def test_an_anchor_tells_of_what_was_cut_off_at_the_end(keydeck: Keydeck, history: House) -> None:
    anchor = keydeck("audit", "anchor").out.strip()
    assert keydeck("audit", "verify", "--anchor", anchor).status == 0
    meddle(history, "DELETE FROM audit WHERE workspace_id = 1 AND seq >= 5")
    assert keydeck("audit", "verify").status == 0
    done = keydeck("audit", "verify", "--anchor", anchor)
    assert done.status == 1
    assert "Entry 7 is not the one" in done.out or "were cut off" in done.out


def test_an_anchor_of_another_workspace_or_none_at_all_is_refused(
    keydeck: Keydeck, history: House
) -> None:
    anchor = str(history.store.audit_trail.anchor(history.bob))
    assert keydeck("audit", "verify", "--anchor", anchor).status == 2
    assert keydeck("audit", "verify", "--anchor", "acme-events 5").status == 2


def test_without_the_store_nobody_can_tell(keydeck: Keydeck, history: House) -> None:
    history.pepper_path.unlink()
    assert keydeck("audit", "verify").status == 6


def test_the_export_is_a_line_of_json_for_each_entry_oldest_first(
    keydeck: Keydeck, history: House
) -> None:
    lines = [json.loads(line) for line in keydeck("audit", "export").out.splitlines()]
    assert [one["seq"] for one in lines] == list(range(1, len(lines) + 1))
    for before, after in pairwise(lines):
        assert after["previous_mac"] == before["mac"]


def test_who_signed_in_is_left_out_unless_asked_for_and_who_could_not_is_told_of(
    keydeck: Keydeck, house: House
) -> None:
    house.create("Website")
    assert keydeck("audit", password="wrong horse battery").status == 3
    house.clock.advance(60_000)

    def told(*options: str) -> list[str]:
        return [entry["action"] for entry in keydeck("audit", "--json", *options).json]

    quiet = told()
    assert "person.signed_in" not in quiet
    assert {"key.created", "person.sign_in_failed", "workspace.created"} <= set(quiet)
    assert "person.signed_in" in told("--sign-ins")
    assert set(told("--filter", "signed")) >= {"person.signed_in"}
    assert "person.signed_in" not in told("--filter", "alice")
    assert "person.signed_in" not in told("--sort", "when")
    assert "person.signed_in" in told("--sort", "when", "--sign-ins")
