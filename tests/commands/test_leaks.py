"""`keydeck leaks policy`: what a report of a leaked key does."""

from tests.commands.conftest import Keydeck
from tests.house import House


def test_the_operator_chooses_and_every_workspaces_audit_tells(
    keydeck: Keydeck, house: House
) -> None:
    assert keydeck("leaks", "policy", "--json", password="").json == {"policy": "report"}
    assert keydeck("leaks", "policy", "revoke", password="").err == (
        "A live key that is reported leaked is revoked at once.\n"
    )
    assert keydeck("leaks", "policy", "--json", password="").json == {"policy": "revoke"}
    for actor in (house.alice, house.bob):
        [entry, *_] = house.store.audit_trail.newest(actor, limit=1)
        assert (entry.action, entry.details) == (
            "store.leak_policy_changed",
            {"policy": "revoke", "before": "report"},
        )
    assert keydeck("leaks", "policy", "sometimes", password="").status == 2
