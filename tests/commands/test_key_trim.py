"""`keydeck keys unused-scopes` and `keys trim`."""

from store.domain.times import DAY
from store.service.keys import NewKey
from tests.commands.conftest import Keydeck
from tests.house import House, granted_scopes, use


def test_unused_scopes_are_listed_and_trimmed_with_what_was_seen(
    keydeck: Keydeck, house: House
) -> None:
    # The command's clock is the machine's: the key is as old as the house says.
    house.clock.advance(-100 * DAY)
    wanted = NewKey("Website", granted_scopes("events:read events:write"), None)
    key = house.store.keys.create(house.alice, wanted).key
    house.store.keys.create(house.alice, NewKey("Idle", granted_scopes("quotes:read"), None))
    house.clock.advance(99 * DAY)
    use(house, key, "events:read", times=3)
    told = {one["name"]: one for one in keydeck("keys", "unused-scopes", "--json").json}
    assert told["Idle"]["proposal"] == "revoke"
    website = told["Website"]
    assert (website["unused"], website["proposal"]) == (["events:write"], "trim")
    assert (website["requests"], website["never_used"]) == ({"events:read": 3}, True)
    assert website["unused_days"] >= 60
    assert "events:read 3" in keydeck("keys", "unused-scopes").out
    done = keydeck("keys", "trim", "Website", "--json")
    assert done.json["scopes"] == ["events:read"]
    assert done.json["trimmed"]["unused"] == ["events:write"]
    assert keydeck("keys", "trim", "Website").status == 5
    refused = keydeck("keys", "trim", "Idle")
    assert (refused.status, "Revoke it instead" in refused.err) == (5, True)
