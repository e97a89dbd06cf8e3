"""Trimming: what was seen is kept, and nothing goes that is in use."""

from pathlib import Path

import pytest

from store.domain.people import Plan
from store.domain.scopes import canonical
from store.domain.times import DAY
from store.errors import AllUnused, NothingUnused, PlanRequired
from store.operations.audit_archive import archive
from store.service.keys import Issued, NewKey
from tests.house import House, granted_scopes, use

pytestmark = pytest.mark.both_engines


def endless(house: House, name: str, granted: str) -> Issued:
    """Make a key of Alice's that never expires."""
    return house.store.keys.create(house.alice, NewKey(name, granted_scopes(granted), None))


def test_unused_scopes_are_proposed_and_go_when_an_admin_says_so_with_what_was_seen(
    house: House,
) -> None:
    sizing, alice = house.store.right_sizing, house.alice
    website = endless(house, "Website", "events:read events:write quotes:read").key
    idle = endless(house, "Idle", "quotes:read").key
    endless(house, "Revoked", "quotes:read")
    house.store.keys.revoke(alice, "Revoked")
    house.clock.advance(83 * DAY)
    use(house, website, "events:read", times=7)
    use(house, website, "quotes:read", times=2)
    endless(house, "Young", "quotes:read")
    house.clock.advance(DAY)
    offered = {one.key.name: one for one in sizing.all(alice)}
    assert set(offered) == {"Website", "Idle"}
    assert offered["Idle"].revoke
    with pytest.raises(AllUnused, match="in 84 days"):
        sizing.trim(alice, idle.id)
    with pytest.raises(NothingUnused):
        sizing.trim(alice, "Young")

    assert house.store.keys.details(alice, website.id).unneeded == offered["Website"]
    trimmed = sizing.trim(alice, "Website").unwaited()
    assert canonical(trimmed.key.scopes) == "events:read quotes:read"
    assert trimmed.key.revision > website.revision
    [entry] = house.store.audit_trail.newest(alice, limit=1)
    assert entry.action == "key.trimmed"
    assert entry.details | {"in_force": None} == {
        "in_force": None,
        "removed": "events:write",
        "unused_since": "2026-11-24T12:00:00.000Z",
        "unused_days": 84,
        "never_used": True,
        "requests": {"events:read": 7, "quotes:read": 2},
    }
    with pytest.raises(NothingUnused):
        sizing.trim(alice, "Website")


def test_a_scope_that_was_granted_lately_is_given_its_sixty_days(house: House) -> None:
    key = endless(house, "Website", "events:read").key
    house.clock.advance(100 * DAY)
    use(house, key, "events:read")
    house.store.keys.rescope(house.alice, key.id, granted_scopes("events:read quotes:write"))
    house.clock.advance(59 * DAY)
    use(house, key, "events:read")
    assert house.store.right_sizing.all(house.alice) == []
    house.clock.advance(DAY)
    [offered] = house.store.right_sizing.all(house.alice)
    assert canonical(offered.unused) == "quotes:write"
    house.store.operator.set_plan("acme-events", Plan.FREE)
    with pytest.raises(PlanRequired):
        house.store.right_sizing.trim(house.alice, key.id)


def test_a_scope_whose_granting_may_be_archived_is_given_its_sixty_days(
    house: House, tmp_path: Path
) -> None:
    key = endless(house, "Website", "events:read").key
    house.clock.advance(100 * DAY)
    house.store.keys.rescope(house.alice, key.id, granted_scopes("events:read quotes:write"))
    use(house, key, "events:read")
    house.clock.advance(DAY)
    workspace = house.store.operator.workspace("acme-events")
    archive(house.store, workspace, tmp_path / "audit.jsonl", house.clock.now())
    assert house.store.right_sizing.all(house.alice) == []
    house.clock.advance(61 * DAY)
    use(house, key, "events:read")
    [offered] = house.store.right_sizing.all(house.alice)
    assert canonical(offered.unused) == "quotes:write"
