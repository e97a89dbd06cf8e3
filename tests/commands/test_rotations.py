"""`keydeck rotations` and `keydeck keys due`: what they say, and with which exit status."""

import pytest

from store.domain.clock import SystemClock
from store.domain.credential import Credential
from store.domain.verdicts import Verdict
from store.verifier.usage.batch import Batch
from store.verifier.usage.rows import write
from tests.commands.conftest import Keydeck
from tests.house import House


def used(house: House, key_id: str, agent: bytes) -> None:
    """Count a request with a key, now, as a verifier does."""
    row = Credential(
        key_id, house.alice.workspace_id, "", "", "", b"", "", "events:read", None, None
    )
    batch = Batch()
    now = SystemClock().now()
    batch.count(row, Verdict.VALID, now, "10.0.3.7", ["events:read"], agent)
    write(house.store.database, batch)


def rotated(keydeck: Keydeck, name: str = "Zapier", expires: str = "90d") -> tuple[str, str]:
    """Make a key, rotate it, and return the ids of the old and the new one."""
    keydeck("keys", "create", "--name", name, "--scope", "events:read", "--expires", expires)
    new = keydeck("keys", "rotate", name, "--json").json
    return new["predecessor"], new["id"]


def test_a_rotation_is_listed_shown_extended_and_finished(keydeck: Keydeck, house: House) -> None:
    assert keydeck("rotations", "list").err == "No rotations.\n"
    assert keydeck("rotations", "list", "--json").json == []
    old, new = rotated(keydeck)
    used(house, old, b"curl/8 \x1b]52;c;x")
    [listed] = keydeck("rotations", "list", "--json").json
    assert (listed["predecessor"], listed["successor"]) == (old, new)
    assert (listed["name"], listed["status"], listed["safe"]) == ("Zapier", "both live", False)
    assert listed["quiet_window_s"] == 86400
    assert "both live" in keydeck("rotations", "list").out
    used(house, new, b"Zapier")
    told = keydeck("rotations", "show", str(listed["id"])).out
    assert "Not yet: 10.0.3.7 (curl/8 ?]52;c;x) used the old key" in told
    assert "\x1b" not in told
    in_full = keydeck("rotations", "show", "Zapier", "--json").json
    assert in_full["sentence"].startswith("Not yet: 10.0.3.7")
    assert [(one["address"], one["requests"]) for one in in_full["still_calling"]] == [
        ("10.0.3.7", 1)
    ]
    extended = keydeck("rotations", "extend", "Zapier", "--overlap", "open", "--json").json
    assert extended["overlap_ends_at"] is None
    assert extended["predecessor_expires_at"] is not None
    assert keydeck("rotations", "extend", "Zapier", "--overlap", "soon").status == 2
    refused = keydeck("rotations", "finish", "Zapier")
    assert (refused.status, refused.err.count("\n")) == (5, 1)
    assert "10.0.3.7 (curl/8 ?]52;c;x) used the old key" in refused.err
    done = keydeck("rotations", "finish", "Zapier", "--confirm", "Zapier")
    assert (done.status, "the old key" in done.err) == (0, True)
    assert keydeck("rotations", "show", old, "--json").json["status"] == "done"
    assert keydeck("rotations", "finish", old).status == 5
    assert keydeck("rotations", "show", "Nobody").status == 4


def test_abandoning_says_what_becomes_of_both_keys(keydeck: Keydeck) -> None:
    old, new = rotated(keydeck, expires="never")
    done = keydeck("rotations", "abandon", new)
    assert f"jw_{new}) is revoked" in done.err
    assert "The old one works on. Never expires." in done.err
    assert keydeck("keys", "show", old, "--json").json["expires_at"] is None
    assert "Abandoned: the new key was revoked" in keydeck("rotations", "show", old).out


def test_a_successor_is_rotated_over_an_older_key_in_use_only_where_that_is_said(
    keydeck: Keydeck, house: House
) -> None:
    old, new = rotated(keydeck)
    used(house, old, b"curl/8")
    refused = keydeck("keys", "rotate", new)
    assert (refused.status, refused.out) == (5, "")
    assert "10.0.3.7 (curl/8) used" in refused.err
    assert "--end-older" in refused.err
    assert keydeck("keys", "show", old, "--json").json["state"] == "active"
    assert keydeck("keys", "rotate", new, "--end-older").status == 0
    assert keydeck("keys", "show", old, "--json").json["state"] == "expired"


def test_what_cuts_somebody_off_is_named_first_and_what_is_shortened_is_said(
    keydeck: Keydeck, house: House
) -> None:
    _, new = rotated(keydeck, expires="90d")
    shorter = keydeck("rotations", "extend", "Zapier", "--overlap", "1h")
    assert "That is sooner than before: it was" in shorter.err
    assert "sooner" not in keydeck("rotations", "extend", "Zapier", "--overlap", "7d").err
    used(house, new, b"Zapier")
    refused = keydeck("rotations", "abandon", "Zapier")
    assert (refused.status, "--confirm NAME" in refused.err) == (5, True)
    assert keydeck("rotations", "abandon", "Zapier", "--confirm", "zapier").status == 0
    moved = keydeck("keys", "extend", "Zapier", "--expires", "2d").err
    assert "is shortened. Expires" in moved
    assert "sooner than before" in moved
    assert (
        "Its active key is refused with 403"
        in keydeck("plan", "free", "--workspace", "acme-events").err
    )


def test_due_tells_cron_by_its_exit_status_and_people_who_would_be_cut_off(
    keydeck: Keydeck, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    keydeck("keys", "create", "--name", "Far", "--scope", "events:read")
    nothing = keydeck("keys", "due", "--json")
    assert (nothing.status, nothing.json) == (0, [])
    keydeck("keys", "create", "--name", "Soon", "--scope", "events:read", "--expires", "9d")
    key_id = keydeck("keys", "show", "Soon", "--json").json["id"]
    for agent in (b"Datev", b"curl/8"):
        used(house, key_id, agent)
    found = keydeck("keys", "due")
    assert found.status == 1
    assert "in 9 d" in found.out
    assert ", 1 more" in found.out
    assert "alice@acme.example" in found.out
    [due] = keydeck("keys", "due", "--json").json
    assert (due["id"], due["why"], due["overdue"]) == (key_id, "expires", False)
    assert {one["user_agent"] for one in due["callers"]} == {"Datev", "curl/8"}
    assert keydeck("keys", "due", "--within", "8d").status == 0
    assert len(keydeck("keys", "due", "--within", "90d", "--json").json) == 2
    assert keydeck("keys", "due", "--within", "soon").status == 2
    house.store.database.path.rename(house.store.database.path.with_name("elsewhere"))
    gone = keydeck("keys", "due")
    assert (gone.status, gone.out, gone.err.count("\n")) == (6, "", 1)
