"""What a command says of a change that takes rights away: committed, then in force."""

import re

import pytest

from console.commands import in_force
from store.domain.leases.receipt import Underway
from tests.commands.conftest import Keydeck
from tests.house import House
from tests.running import applying, tell

RECEIPT = ["committed_at", "in_force_at", "verifiers"]


@pytest.mark.both_engines
def test_without_a_lease_a_revocation_is_said_to_be_in_force_at_once(
    keydeck: Keydeck, house: House
) -> None:
    house.create("Zapier")
    done = keydeck("keys", "revoke", "Zapier")
    assert done.status == 0
    first, second = done.err.splitlines()
    assert first.endswith("is revoked.")
    assert second == "In force at once: every request reads the key anew."
    again = house.create("Again")
    told = keydeck("keys", "revoke", again.key.id, "--json").json
    assert list(told)[-3:] == RECEIPT
    assert told["verifiers"] == []
    assert told["in_force_at"] >= told["committed_at"] >= told["revoked_at"]
    # On SQLite the revocation's own entry says it, on PostgreSQL one of its own.
    newest = house.store.audit_trail.newest(house.alice, limit=1)[0]
    if house.store.database.on_sqlite:
        assert (newest.action, newest.details["in_force"]) == ("key.revoked", "at once")
    else:
        assert (newest.action, newest.details["verifiers"]) == ("key.in_force", [])


@pytest.mark.postgres_only
def test_a_revocation_waits_for_each_verifier_and_names_them(
    keydeck: Keydeck, house: House
) -> None:
    for name in ("web-1", "web-2"):
        tell(house.store.database, name, lease_ms=10_000)
    key_id = house.create("Zapier").key.id
    with applying(house, "web-1", "web-2"):
        told = keydeck("keys", "revoke", key_id, "--json").json
    assert sorted(one["host"] for one in told["verifiers"]) == ["web-1", "web-2"]
    for one in told["verifiers"]:
        assert (one["process"], one["how"]) == (4711, "confirmed")
        assert 0 <= one["after_ms"] < 10_000
    audit = keydeck("audit").out
    assert re.search(r"verifiers=web-\d \(4711\) confirmed after \d+ ms, web-", audit)
    other = house.create("Website", "events:read quotes:read").key.id
    with applying(house, "web-1", "web-2"):
        done = keydeck("keys", "scope", other, "--scope", "events:read")
    assert done.err.splitlines()[-1].startswith("In force on 2 of 2 verifiers after ")
    # Nothing is taken away: nobody is waited for, and nothing is said of it.
    wider = keydeck("keys", "scope", other, "--scope", "events:read events:write", "--json")
    assert not set(RECEIPT) & set(wider.json)


@pytest.mark.postgres_only
def test_a_straggler_is_named_and_ctrl_c_says_what_is_not_known_and_until_when(
    keydeck: Keydeck, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(house.store.database, "web-1", lease_ms=10_000)
    tell(house.store.database, "web-2", lease_ms=10_000)
    monkeypatch.setattr(in_force, "PATIENCE_S", 0.0)

    class Impatient(in_force._Told):
        def __call__(self, underway: Underway) -> None:
            super().__call__(underway)
            if underway.answered:
                raise KeyboardInterrupt

    monkeypatch.setattr(in_force, "_Told", Impatient)
    house.create("Zapier")
    with applying(house, "web-1"):
        done = keydeck("keys", "revoke", "Zapier", "--json")
    assert done.status == 130
    assert (done.json["state"], done.json["in_force_at"]) == ("revoked", None)
    hows = [(one["host"], one["how"]) for one in done.json["verifiers"]]
    assert hows == [("web-1", "confirmed"), ("web-2", "waiting")]
    assert done.json["in_force_by"] > done.json["committed_at"]
    # The same is said, and kept, without --json.
    assert "not known to be in force: waiting for web-2 (4711)" in done.err
    assert done.err.splitlines()[0].endswith("UTC at the latest.")
    house.create("Website")
    with applying(house, "web-1"):
        done = keydeck("keys", "revoke", "Website")
    assert done.err.splitlines()[0].endswith("is revoked.")
    assert "Waiting for web-2 (4711): its lease ends in 1" in done.err
    assert "It is committed, but not known to be in force: waiting for web-2" in done.err
    kept = house.store.audit_trail.newest(house.alice, limit=1)[0]
    assert (kept.action, kept.subject_name) == ("key.in_force", "Website")
