"""`keydeck keys limit` and `keydeck limits`."""

import asyncio
from contextlib import closing

from store.verifier.api_keys import key_authenticator
from store.verifier.context import WorkerContext
from tests.commands.conftest import Keydeck
from tests.house import House, use
from tests.verifier.test_networks import request


def test_limits_are_foretold_set_shown_with_what_is_used_and_taken_away(
    keydeck: Keydeck, house: House
) -> None:
    issued = house.create()
    assert keydeck("keys", "limit", "Website").out == "without a limit\n"
    use(house, issued.key, "availability:read", times=3)
    foretold = keydeck("keys", "limit", "Website", "2/1m", "9/1h", "1/1s", "--dry-run", "--json")
    assert [(one["limit"], one["busiest"], one["refused"]) for one in foretold.json["limits"]] == [
        ("1/1s", None, 0),
        ("2/1m", 3, 1),
        ("9/1h", 3, 0),
    ]
    said = keydeck("keys", "limit", "Website", "2/1m", "--dry-run").out
    assert "2 a minute: would have refused 1 request " in said
    assert keydeck("keys", "show", "Website", "--json").json["limits"] == []
    limited = keydeck("keys", "limit", "Website", "2/1d", "--quota", "50000/month")
    assert "is used 2 times a day and 50,000 times a month" in limited.out + limited.err
    assert keydeck("can", "Website", "GET", "/api/v1/verify").status == 0
    with closing(WorkerContext(house.url, pepper_path=house.pepper_path)) as context:
        for _ in range(2):
            key_authenticator(context).admit(request(issued.secret.reveal(), None), ())
        asyncio.run(context.usage.flush())
    shown = keydeck("keys", "limit", "Website", "--json").json["limits"]
    assert [(one["limit"], one["used"], one["remaining"]) for one in shown] == [
        ("2/1d", 2, 0),
        ("50000/month", 2, 49_998),
    ]
    assert "2 of 2 a day, nothing left until" in keydeck("keys", "limit", "Website").out
    assert keydeck("can", "Website", "GET", "/api/v1/verify").out.startswith("no: limited")
    why = keydeck("why", "Website")
    assert "Refused now: limited" in why.out
    assert "2 a day, 2 used until" in why.out
    assert "2 a day, 2 used until" in keydeck("keys", "show", "Website").out
    assert keydeck("keys", "limit", "Website", "2/year").status == 2
    assert keydeck("keys", "limit", "Website", "none", "--json").json["limits"] == []


def test_a_limit_is_observed_first_seen_in_table_and_why_and_then_enforced(
    keydeck: Keydeck, house: House
) -> None:
    issued = house.create()
    observed = keydeck("keys", "limit", "Website", "1/1d", "1/1h", "--observe")
    assert "as often as it likes; only counted beyond once an hour and once a day" in observed.err
    with closing(WorkerContext(house.url, pepper_path=house.pepper_path)) as context:
        for _ in range(3):
            key_authenticator(context).admit(request(issued.secret.reveal(), "10.0.3.7"), ())
        asyncio.run(context.usage.flush())
    key = keydeck("keys", "list", "--filter", "note:observing", "--json").json[0]
    assert key["limits"] == ["1/1h?", "1/1d?"]
    assert "observing" in key["notes"]
    assert keydeck("keys", "list", "--filter", "note:limited", "--json").json == []
    shown = keydeck("keys", "limit", "Website", "--json").json["limits"]
    assert [(one["used"], one["enforced"]) for one in shown] == [(3, False)] * 2
    assert "1 a day, only counted, 3 used until" in keydeck("keys", "show", "Website").out
    assert (
        "2 requests of 1 caller would have been refused" in keydeck("keys", "show", "Website").out
    )
    # What a limit found is nothing of networks.
    assert keydeck("keys", "network", "Website").out == "from anywhere\n"
    assert keydeck("keys", "network", "Website", "--json").json["observed"] == []
    foretold = keydeck("keys", "limit", "Website", "2/1h", "9/1d?", "--dry-run").out
    assert "2 an hour: " in foretold
    assert "9 a day, only counted: " in foretold
    assert keydeck("can", "Website", "GET", "/api/v1/verify").status == 0
    assert keydeck("keys", "limit", "Website", "--enforce", "--json").json["limits"] == [
        "1/1h",
        "1/1d",
    ]
    assert keydeck("can", "Website", "GET", "/api/v1/verify").out.startswith("no: limited")
    held = keydeck("keys", "limit", "--filter", "note:limited", "--observe", "--json").json
    assert [key["limits"] for key in held["changed"]] == [["1/1h?", "1/1d?"]]
    house.create("Other")
    none = keydeck("keys", "limit", "Other", "--enforce")
    assert (none.status, "Say how often" in none.err) == (2, True)
    shared = keydeck("limits", "set", "--all", "5/1m", "--observe", "--json").json
    assert shared["limits"] == ["5/1m?"]
    assert "5 a minute, only counted" in keydeck("limits", "list").out


def test_an_owner_s_keys_and_a_workspace_s_are_limited_together(
    keydeck: Keydeck, house: House
) -> None:
    house.create()
    assert keydeck("limits", "list", "--json").json == []
    assert keydeck("limits", "set", "9/1m").status == 2
    owner = keydeck("limits", "set", "--for", "customer_42", "9/1m", "--json").json
    assert (owner["of"], owner["value"], owner["limits"]) == ("owner", "customer_42", ["9/1m"])
    every = keydeck("limits", "set", "--all", "1000/1s", "--quota", "5/month")
    assert "All keys of the workspace together are used" in every.out + every.err
    listed = keydeck("limits", "list", "--json").json
    assert [(one["of"], one["value"], one["limit"]) for one in listed] == [
        ("owner", "customer_42", "9/1m"),
        ("workspace", None, "1000/1s"),
        ("workspace", None, "5/month"),
    ]
    used = keydeck("keys", "limit", "Website", "--json").json["limits"]
    assert [one["of"] for one in used] == ["workspace", "workspace"]
    assert keydeck("limits", "set", "--all", "none").status == 0
    assert len(keydeck("limits", "list", "--json").json) == 1
