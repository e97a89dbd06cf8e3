"""The operator's catalogue: what can be granted on a resource, and when that may change."""

import pytest

from store.domain.audit.actions import Action
from store.domain.scopes import USUAL, Resource, from_canonical
from store.errors import (
    Invalid,
    NoSuchAction,
    NoSuchResource,
    ResourceFixed,
    ResourceInUse,
    ResourceRouted,
)
from store.service.keys import NewKey
from tests.house import House

OWN = ("read", "write", "delete", "archive")


def changes(house: House) -> list[tuple[str, str]]:
    """Return what the audit says was added and removed, newest first."""
    entries = house.store.audit_trail.newest(house.alice)
    return [
        (str(entry.details["added"]), str(entry.details["removed"]))
        for entry in entries
        if entry.action == Action.RESOURCE_CHANGED
    ]


@pytest.mark.both_engines
def test_a_resource_has_the_actions_it_was_given_and_read_and_write_without(house: House) -> None:
    operator = house.store.operator
    assert operator.add_resource("rooms").actions == USUAL
    added = operator.add_resource("invoices", actions=["write,read", "delete archive delete"])
    assert added == Resource("invoices", "Invoices", False, OWN)
    assert added in house.store.keys.catalogue()
    assert operator.change_actions("invoices", add=["approve"]).actions == (*OWN, "approve")
    changed = operator.change_actions("invoices", add=["read"], remove=["approve,write"])
    assert changed.actions == ("read", "delete", "archive")
    assert changed in house.store.keys.catalogue()
    assert changes(house) == [("", "write approve"), ("approve", "")]
    ours = [one for one in house.store.keys.catalogue() if one.builtin]
    assert [one.actions for one in ours] == [USUAL] * 3


def test_what_is_so_already_changes_nothing_and_is_not_audited(house: House) -> None:
    operator = house.store.operator
    operator.add_resource("invoices", actions=OWN)
    before = house.store.revision()
    assert operator.change_actions("invoices", add=["delete"]).actions == OWN
    assert operator.change_actions("invoices", remove=["approve"]).actions == OWN
    assert house.store.revision() == before
    assert changes(house) == []


@pytest.mark.both_engines
def test_an_action_that_an_active_key_or_connection_has_stays(house: House) -> None:
    operator, keys = house.store.operator, house.store.keys
    operator.add_resource("invoices", actions=[*OWN, "delete-all"])
    wanted = from_canonical("events:read invoices:delete")
    key = keys.create(house.alice, NewKey("Billing", wanted, None)).key
    connection = house.connect()
    with house.store.database.writing() as writing:
        writing.exec_driver_sql("UPDATE connections SET scopes = 'invoices:archive'")
    for action, user in (("delete", "Billing"), ("archive", "Claude")):
        with pytest.raises(ResourceInUse, match=rf"“invoices:{action}” is in use by {user}\."):
            operator.change_actions("invoices", add=["x"], remove=["write", action])
    assert operator.resources()[2].actions == (*OWN, "delete-all"), "nothing of it was done"
    # Neither an action that its name begins with nor the same one elsewhere is in use.
    operator.change_actions("invoices", remove=["delete-all"])
    operator.add_resource("rooms", actions=["delete"])
    operator.change_actions("rooms", add=["read"], remove=["delete"])
    with pytest.raises(ResourceInUse, match="Billing"):
        operator.remove_resource("invoices")
    keys.rescope(house.alice, key.id, from_canonical("events:read"))
    operator.change_actions("invoices", remove=["delete"])
    with pytest.raises(NoSuchAction):
        keys.rescope(house.alice, key.id, wanted)
    with pytest.raises(NoSuchAction):
        keys.create(house.alice, NewKey("Other", wanted, None))
    house.store.connections.revoke(house.alice, connection.id)
    assert operator.change_actions("invoices", remove=["archive"]).actions == USUAL


def test_an_action_that_a_route_takes_stays(house: House) -> None:
    operator, routes = house.store.operator, house.store.routes
    operator.add_resource("invoices", actions=OWN)
    routes.add("DELETE /invoices/{id}", ["invoices:delete"])
    with pytest.raises(ResourceRouted, match=r"“invoices:delete” is needed by DELETE /invoices"):
        operator.change_actions("invoices", remove=["delete"])
    with pytest.raises(NoSuchAction):
        routes.add("PUT /invoices/{id}/approval", ["invoices:approve"])
    operator.change_actions("invoices", remove=["archive"])


def test_a_change_of_actions_that_cannot_be_is_refused(house: House) -> None:
    operator = house.store.operator
    operator.add_resource("invoices", actions=["run"])
    with pytest.raises(ResourceFixed):
        operator.change_actions("events", add=["delete"])
    with pytest.raises(NoSuchResource):
        operator.change_actions("bills", add=["delete"])
    with pytest.raises(Invalid, match="added and removed at once"):
        operator.change_actions("invoices", add=["a b"], remove=["b"])
    with pytest.raises(Invalid, match="one action at least"):
        operator.change_actions("invoices", remove=["run"])
    with pytest.raises(Invalid, match="16 actions at most"):
        operator.change_actions("invoices", add=[f"a{number}" for number in range(16)])
    with pytest.raises(Invalid, match="short for another"):
        operator.add_resource("rooms", actions=["rw"])
    assert [one.name for one in operator.resources()][2:] == ["invoices", "quotes"]
