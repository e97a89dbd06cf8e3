"""`keydeck verifiers`."""

from typing import Any

import pytest
from sqlalchemy import update

from store.domain.leases.clock import over_s
from store.errors import VerifierLives
from store.persistence.schema import verifiers
from store.service.verifiers import VerifierService
from tests.commands.conftest import Keydeck
from tests.house import House
from tests.running import tell

FIELDS = [
    *("id", "host", "process", "version", "address", "started_at", "seen_at"),
    *("requests_per_second", "refusals_per_second", "requests", "refusals"),
    *("revision", "lag", "lease_ms", "lease", "state", "advice"),
]

HEAD = ("STATE", "HOST", "ADDRESS", "REQ/S", "REFUSED/S", "LAG", "LEASE", "SEEN")


@pytest.mark.both_engines
def test_verifiers_are_listed_those_in_trouble_first_with_what_to_do(
    keydeck: Keydeck, house: House
) -> None:
    assert keydeck("verifiers").err == "No verifier runs. keydeck serve starts one.\n"
    assert keydeck("verifiers", "--json").json == []
    database = house.store.database
    # As from later on: whoever signs in may take a while.
    tell(database, "web-1", ago_ms=-60_000, recent_requests=25, recent_ms=2000, recent_refusals=1)
    tell(database, "web-2", ago_ms=60_000)
    told = keydeck("verifiers", "--json").json
    assert [list(one) for one in told] == [FIELDS, FIELDS]
    assert [(one["host"], one["state"], one["lease"]) for one in told] == [
        ("web-2", "gone", None),
        ("web-1", "serving", None),
    ]
    assert told[0]["advice"].endswith("Start it again, or forget it.")
    assert told[1]["advice"] is None
    assert (told[1]["requests_per_second"], told[1]["refusals_per_second"]) == (12.5, 0.5)
    done = keydeck("verifiers")
    head, gone, serving = done.out.splitlines()
    assert head.split() == [*HEAD]
    assert gone.startswith("Gone     web-2 (4711)")
    assert serving.split()[-6:] == ["10.0.3.7:8080", "12", "0.5", "-", "none", "now"]
    assert done.err.startswith("web-2 (4711) has told nothing for 1 min.")
    house.add_member()
    refused = keydeck("verifiers", email="mia@acme.example")
    assert (refused.status, "admins" in refused.err) == (3, True)


@pytest.mark.both_engines
def test_one_that_is_gone_is_not_to_be_started_where_another_took_its_place(
    keydeck: Keydeck, house: House
) -> None:
    database, later = house.store.database, 4_000_000_000_000
    tell(database, "old", host="vm", process=3032, ago_ms=60_000)
    tell(database, "elsewhere", host="vm", address="http://10.0.3.8", ago_ms=60_000)
    tell(database, "new", host="vm", process=3044, started_at=later)
    # One that ran beside it all the time has replaced nobody.
    tell(database, "beside", host="vm", process=3040)
    told = {one["id"]: one["advice"] for one in keydeck("verifiers", "--json").json}
    assert told["old"] == "vm (3032) is gone, replaced by vm (3044)."
    assert told["elsewhere"].endswith("Start it again, or forget it.")
    assert told["old"] in keydeck("verifiers").err.splitlines()


@pytest.mark.postgres_only
def test_a_lease_and_what_it_lags_behind_are_told(keydeck: Keydeck, house: House) -> None:
    database = house.store.database
    # Leases longer than any, so that signing in may take a while.
    tell(database, "web-1", lease_ms=100_000)
    tell(database, "web-2", lease_ms=100_000, ago_ms=60_000)
    house.store.keys.revoke(house.alice, house.create().key.id)
    behind, live = keydeck("verifiers", "--json").json
    assert (behind["host"], behind["state"], behind["lease"]) == ("web-2", "behind", "live")
    assert (live["state"], live["lease"], live["lease_ms"]) == ("serving", "live", 100_000)
    assert live["lag"] > 0
    assert live["revision"] + live["lag"] == house.store.revision()
    done = keydeck("verifiers")
    assert "until its lease ends in" in done.err


def test_one_that_is_gone_for_good_is_forgotten_once_and_one_that_lives_is_not(
    keydeck: Keydeck, house: House
) -> None:
    database = house.store.database
    tell(database, "old", host="vm", process=1, ago_ms=60_000)
    tell(database, "older", host="vm", process=2, ago_ms=90_000)
    tell(database, "new", host="vm", process=3, ago_ms=-60_000)
    tell(database, "web-2", ago_ms=60_000)
    revision = house.store.revision()
    done = keydeck("verifiers", "forget", "vm")
    assert (done.status, done.err) == (0, "Off the list: vm (1), vm (2).\n")
    refused = keydeck("verifiers", "forget", "vm")
    assert (refused.status, "“vm” is not gone" in refused.err) == (5, True)
    assert keydeck("verifiers", "forget", "nobody").status == 4
    [gone] = keydeck("verifiers", "forget", "web-2 (4711)", "--json").json
    assert gone["id"] == "web-2"
    assert keydeck("verifiers", "forget", "web-2").status == 4
    assert [one["id"] for one in keydeck("verifiers", "--json").json] == ["new"]
    told = [entry for entry in keydeck("audit", "--json").json if "verifier" in entry["action"]]
    assert [entry["subject_name"] for entry in told] == ["web-2 (4711)", "vm (2)", "vm (1)"]
    # Nothing that a verdict depends on has changed.
    assert house.store.revision() == revision


def test_one_that_tells_of_itself_meanwhile_stays(house: House) -> None:
    leased: dict[str, Any] = {"lease_ms": 3000, "timeline": "1"}
    tell(house.store.database, "web-2", seen_at=house.clock.now() - 60_000, **leased)
    paused: list[float] = []

    def renew(seconds: float) -> None:
        paused.append(seconds)
        with house.store.database.writing() as connection:
            connection.execute(update(verifiers).values(renewals=verifiers.c.renewals + 1))

    with pytest.raises(VerifierLives):
        VerifierService(house.store.transactions, renew).forget(house.alice, "web-2")
    # As long as its lease could have been, as nobody had seen it run out.
    assert paused == [over_s(3.0)]
    assert [one.id for one in house.store.verifiers.all(house.alice)] == ["web-2"]
