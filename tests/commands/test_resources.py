"""`keydeck resources`: what can be granted, said and in JSON, and what is refused."""

from tests.commands.conftest import Keydeck
from tests.house import House

INVOICES = {"name": "invoices", "title": "Invoices", "builtin": False}


def test_a_resource_is_given_actions_and_loses_those_that_no_key_has(
    keydeck: Keydeck, house: House
) -> None:
    done = keydeck("resources", "add", "invoices", "--actions", "write,read,delete", "--json")
    assert (done.status, done.json) == (0, INVOICES | {"actions": ["read", "write", "delete"]})
    listed = keydeck("resources", "list")
    assert "read, write, delete" in listed.out
    changed = ("resources", "actions", "invoices", "--add", "archive", "--remove", "write")
    for _ in range(2):
        done = keydeck(*changed, "--json")
        assert (done.status, done.json) == (
            0,
            INVOICES | {"actions": ["read", "delete", "archive"]},
        )
    asked = ("keys", "create", "--name", "Billing", "--scope")
    refused = keydeck(*asked, "invoices:delte")
    assert refused.status == 4
    assert "Did you mean invoices:delete?" in refused.err
    assert keydeck(*asked, "invoices:delete").status == 0
    shown = keydeck("keys", "list")
    assert "invoices:delete" in shown.out
    refused = keydeck("resources", "actions", "invoices", "--remove", "delete")
    assert refused.status == 5
    assert "“invoices:delete” is in use by Billing." in refused.err


def test_what_cannot_be_said_of_actions_is_told(keydeck: Keydeck, house: House) -> None:
    house.store.operator.add_resource("invoices")
    for asked, status, said in (
        (("add", "rooms", "--actions", "Delete"), 2, "cannot name an action"),
        (("add", "rooms", "--actions", "rw"), 2, "Write read or write."),
        (("add", "rooms", "--actions", ""), 2, "one action at least"),
        (("actions", "invoices"), 2, "Say what to --add or to --remove."),
        (("actions", "invoices", "--remove", "read,write"), 2, "one action at least"),
        (("actions", "events", "--add", "delete"), 5, "stays as it is"),
        (("actions", "bills", "--add", "delete"), 4, "no resource “bills”"),
    ):
        done = keydeck("resources", *asked)
        assert (done.status, said in done.err) == (status, True), (asked, done.err)
