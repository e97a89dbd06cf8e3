"""`keydeck keys create --not-before`, `keys start` and `keys expire`."""

from store.domain.keys import Note
from store.domain.times import DAY
from tests.commands.conftest import Keydeck
from tests.house import House, use

ASKED = ("keys", "create", "--name", "Billing", "--scope", "availability:read")
CAN = ("can", "Billing", "GET", "/api/v1/availability")


def test_a_key_begins_later_and_at_once_where_somebody_says_so(
    keydeck: Keydeck, house: House
) -> None:
    made = keydeck(*ASKED, "--not-before", "7d", "--json").json
    assert made["state"] == "active"
    assert Note.NOT_STARTED.value in made["notes"]
    details = house.store.keys.show(house.alice, made["id"])
    # Where no end is named it lives as long as any, from then on; and so does its successor.
    assert details.not_before is not None
    assert details.expires_at == details.not_before + 90 * DAY
    assert details.lifetime_ms == 90 * DAY
    named = (*ASKED[:3], "Named", *ASKED[4:], "--not-before", "7d", "--expires", "30d")
    lives = house.store.keys.show(house.alice, keydeck(*named, "--json").json["id"])
    assert lives.lifetime_ms == 30 * DAY
    house.store.keys.revoke(house.alice, lives.id).unwaited()
    listed = keydeck("keys", "list", "--filter", "note:not-started", "--json").json
    assert [key["name"] for key in listed] == ["Billing"]
    assert "Starts" in keydeck("keys", "show", "Billing").out
    assert keydeck(*CAN).out.startswith("no: not_before")
    assert "keydeck keys start moves that" in keydeck("why", "Billing").out
    ends = keydeck("keys", "expire", "Billing", "--in", "3d")
    assert (ends.status, "end before it begins" in ends.err) == (2, True)
    moved = keydeck("keys", "start", "Billing", "--at", "2100-01-31")
    assert (moved.status, "end before it begins" in moved.err) == (2, True)
    assert "works from" in keydeck("keys", "start", "Billing", "--in", "3d").err
    begun = keydeck("keys", "start", "Billing", "--now", "--json").json
    assert (begun["not_before"], keydeck(*CAN).status) == (None, 0)
    again = keydeck("keys", "start", "Billing", "--in", "3d")
    assert (again.status, "keydeck stop" in again.err) == (5, True)
    for wrong in ((), ("--now", "--in", "3d"), ("--in", "soon"), ("--at", "2020-01-31")):
        assert keydeck("keys", "start", "Billing", *wrong).status == 2, wrong
    past = keydeck(*ASKED[:3], "Other", *ASKED[4:], "--not-before", "2020-01-31")
    assert (past.status, "in the past" in past.err) == (2, True)


def test_a_key_is_made_with_its_limits_and_networks_observed_unless_others_are_to_be_refused(
    keydeck: Keydeck,
) -> None:
    often = ("--limit", "100/1m", "--limit", "50000/month?")
    made = keydeck(*ASKED, "--network", "203.0.113.0/24", "--network", "2001:db8::/48", *often)
    assert "Used 100 times a minute; only counted beyond 50,000 times a month." in made.err
    limits = keydeck("keys", "show", "Billing", "--json").json["limits"]
    assert limits == ["50000/month?", "100/1m"]
    [created] = [one for one in keydeck("audit", "--json").json if one["action"] == "key.created"]
    assert created["details"]["limits"] == "50000/month? 100/1m"
    assert keydeck(*ASKED[:3], "Wrong", *ASKED[4:], "--limit", "often").status == 2
    assert "Used from 203.0.113.0/24, 2001:db8::/48; others are only counted." in made.err
    assert keydeck("keys", "show", "Billing", "--json").json["networks"]["enforced"] is False
    unseen = keydeck(*ASKED[:3], "Other", *ASKED[4:], "--network", "203.0.113.0/24", "--enforce")
    assert (unseen.status, keydeck(*ASKED[:3], "Third", *ASKED[4:], "--enforce").status) == (0, 2)


def test_a_successor_of_what_has_not_begun_begins_with_it_and_lives_as_long(
    keydeck: Keydeck, house: House
) -> None:
    first = keydeck(*ASKED, "--not-before", "200d", "--json").json
    second = keydeck("keys", "rotate", "Billing", "--json").json
    assert second["not_before"] == first["not_before"]
    assert second["expires_at"] == first["expires_at"]
    shown = keydeck("keys", "show", second["id"]).out
    assert "key 2 of 2 since" in shown
    assert "owner, labels and restrictions are of all of them" in shown


def test_what_was_needed_of_scopes_is_told_before_they_go(keydeck: Keydeck, house: House) -> None:
    key = house.create("Website", "availability:read events:read events:write").key
    foretell = ("keys", "scope", "Website", "--scope", "availability:read", "--dry-run")
    assert keydeck(*foretell).out == "No request of the last 30 days needed what goes.\n"
    use(house, key, "events:read", times=3)
    use(house, key, "availability:read")
    said = keydeck(*foretell).out
    assert "events:read, 3 requests, last" in said
    assert "That would have refused 3 requests of the last 30 days." in said
    assert "the key is used by 10.0.3.7" in said
    told = keydeck(*foretell, "--json").json
    assert told["removed"] == ["events:read", "events:write"]
    assert [(use["scope"], use["requests"]) for use in told["used"]] == [("events:read", 3)]
    assert len(house.store.keys.show(house.alice, key.id).scopes) == 3


def test_who_is_cut_off_by_a_sooner_end_is_told_before_it_is_moved(
    keydeck: Keydeck, house: House
) -> None:
    key = house.create().key
    foretell = ("keys", "expire", "Website", "--in", "7d", "--dry-run")
    assert keydeck(*foretell).out == "Nobody was seen to call with it in the last 30 days.\n"
    use(house, key, "availability:read", times=3)
    said = keydeck(*foretell).out
    assert "10.0.3.7" in said
    assert "It cuts off 1 caller seen in the last 30 days: 3 requests" in said
    foretold = keydeck(*foretell, "--json").json
    assert [one["requests"] for one in foretold["refused"]] == [3]
    assert foretold["before"] == keydeck("keys", "show", "Website", "--json").json["expires_at"]
    later = keydeck("keys", "expire", "Website", "--at", "never", "--dry-run", "--json").json
    assert (later["refused"], later["sentence"]) == ([], "A later end cuts nobody off.")
    done = keydeck("keys", "expire", "Website", "--in", "7d")
    assert "is shortened. Expires" in done.err
    assert "In force at once" in done.err
    assert "is extended" in keydeck("keys", "expire", "Website", "--at", "2100-01-31").err
    for wrong in ((), ("--in", "7d", "--at", "never")):
        assert keydeck("keys", "expire", "Website", *wrong).status == 2
