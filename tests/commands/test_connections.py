"""`keydeck connections`: the same use cases as the console, for scripts."""

from store.domain.clock import SystemClock
from store.domain.connections import short_code
from tests.commands.conftest import Keydeck
from tests.house import House


def test_a_connection_is_approved_by_its_code_narrowed_and_revoked(
    keydeck: Keydeck, house: House
) -> None:
    house.clock.instant = SystemClock().now()
    brought = house.ask("Claude", "events:read events:write quotes:read")
    code = short_code(brought.browser.reveal())
    looked = keydeck("connections", "approve", code.lower(), "--json")
    assert looked.json == {
        "name": "Claude",
        "host": "127.0.0.1:33418",
        "client_id": brought.ask.client_id,
        "redirect_host": "127.0.0.1:33418",
        "scopes": ["events:read", "events:write", "quotes:read"],
    }
    # Nothing is ended where nothing is approved.
    alone = keydeck("connections", "approve", code, "--end-earlier")
    assert (alone.status, "goes with --scope" in alone.err) == (2, True)
    wider = keydeck("connections", "approve", code, "--scope", "availability:read")
    assert (wider.status, wider.out) == (5, "")
    made = keydeck(
        "connections",
        "approve",
        code,
        "--scope",
        "events:read quotes:read",
        "--for",
        "1d",
        "--json",
    )
    assert (made.json["state"], made.json["approved_by"]) == ("active", "alice@acme.example")
    assert keydeck("connections", "approve", code).status == 5
    narrowed = keydeck("connections", "scope", "claude", "--scope", "events:read", "--json")
    assert narrowed.json["scopes"] == ["events:read"]
    assert "Can view events." in keydeck("connections", "show", "Claude").out
    assert "NAME" not in keydeck("connections", "list").out
    revoked = keydeck("connections", "revoke", made.json["id"], "--reason", "done", "--json")
    assert revoked.json["state"] == "revoked"
    assert keydeck("connections", "revoke", made.json["id"]).status == 5
    assert [one["id"] for one in keydeck("connections", "list", "--json").json] == [made.json["id"]]


def test_end_earlier_ends_what_it_was_connected_as_with_the_yes(
    keydeck: Keydeck, house: House
) -> None:
    house.clock.instant = SystemClock().now()
    before = house.connect()
    code = short_code(house.ask().browser.reveal())
    given = ("connections", "approve", code, "--scope", "events:read", "--end-earlier", "--json")
    made = keydeck(*given)
    assert made.json["state"] == "active"
    assert made.json["in_force_at"] is not None
    assert "One of its earlier connections ended." in made.err
    assert house.store.connections.show(house.alice, before.id).revoked_at is not None


def test_what_is_not_there_is_not_found_and_no_member_may_look(
    keydeck: Keydeck, house: House
) -> None:
    house.add_member()
    assert keydeck("connections", "show", "nobody").status == 4
    assert keydeck("connections", "approve", "BBBB-BBBB").status == 4
    assert keydeck("connections", "approve", "x").status == 2
    assert keydeck("connections", "list", email="mia@acme.example").status == 3
