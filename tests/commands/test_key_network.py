"""`keydeck keys network` and `connections network`."""

from tests.commands.conftest import Keydeck
from tests.house import House, use


def test_networks_are_foretold_observed_enforced_and_taken_away(
    keydeck: Keydeck, house: House
) -> None:
    key = house.create().key
    assert keydeck("keys", "network", "Website").out == "from anywhere\n"
    nobody = keydeck("keys", "network", "Website", "--enforce")
    assert (nobody.status, "No networks are set" in nobody.err) == (5, True)
    use(house, key, "availability:read", times=3)
    foretold = keydeck("keys", "network", "Website", "203.0.113.0/24", "--dry-run", "--json").json
    assert foretold["networks"] == ["203.0.113.0/24"]
    assert [(one["address"], one["requests"]) for one in foretold["refused"]] == [("10.0.3.7", 3)]
    assert "which is everybody: 3 requests" in foretold["sentence"]
    assert keydeck("keys", "show", "Website", "--json").json["networks"] is None
    seen = ("keys", "network", "Website", "--from-seen")
    assert keydeck(*seen, "2999-01-01").status == 2
    observed = keydeck(*seen, "2026-11-24", "--json").json
    assert observed["networks"] == {"ranges": ["10.0.3.7/32"], "enforced": False}
    assert "observing" in observed["notes"]
    enforced = keydeck("keys", "network", "Website", "--enforce")
    assert "10.0.3.7/32 and nowhere else" in enforced.err + enforced.out
    elsewhere = ("can", "Website", "GET", "/api/v1/verify", "--from")
    assert keydeck(*elsewhere, "10.0.3.8").out.startswith("no: network")
    assert keydeck(*elsewhere, "10.0.3.7").status == 0
    assert keydeck(*elsewhere, "here").status == 2
    assert "others are refused" in keydeck("keys", "show", "Website").out
    assert keydeck("keys", "network", "Website", "10.0.3.7/24").status == 2
    freed = keydeck("keys", "network", "Website", "none", "--json").json
    assert freed["networks"] is None


def test_an_assistant_is_held_to_networks_too(keydeck: Keydeck, house: House) -> None:
    house.connect("Claude")
    asked = ("connections", "network", "Claude")
    assert keydeck(*asked).out == "from anywhere\n"
    held = keydeck(*asked, "2001:db8::/48", "--enforce", "--json").json
    assert held["networks"] == {"ranges": ["2001:db8::/48"], "enforced": True}
    assert "2001:db8::/48, others are refused" in keydeck("connections", "show", "Claude").out
    assert keydeck(*asked, "--observe", "--json").json["notes"] == ["not opened", "observing"]
