"""The Routes tab: what is there, what a request would meet, and who may change it."""

import re

import pytest

from console.dialogs.asked_request import RequestDialog
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.route import RouteDialog
from console.screens.workspace import WorkspaceScreen
from console.tabs.keys import KeysTab
from store.domain.people import Plan
from store.domain.scopes import Scope
from store.domain.times import DAY
from store.service import foreseen_routes
from store.service.keys import NewKey
from tests.console.driving import (
    SMALL,
    console,
    opened,
    press,
    screen_text,
    sees,
    type_in,
    until,
)
from tests.house import House

pytestmark = pytest.mark.anyio


@pytest.fixture
def routed(house: House) -> House:
    """A house with a few routes, and keys that may and may not."""
    house.store.operator.add_resource("invoices", None, ("read", "write", "delete"))
    for text, needs in (
        ("GET /invoices/{id}", "invoices:read"),
        ("DELETE /invoices/{id}", "invoices:delete"),
        ("GET /health", "public"),
        ("GET /me", "any"),
    ):
        house.store.routes.add(text, [needs])
    for name, granted in (("Billing", "delete"), ("Website", "read"), ("Gone", "delete")):
        scopes = frozenset({Scope("invoices", granted)})
        house.store.keys.create(house.alice, NewKey(name, scopes, house.clock.now() + DAY))
    house.store.keys.revoke(house.alice, "Gone")
    return house


def routes(house: House) -> list[tuple[str, str]]:
    """Return the routes there are, and what each needs."""
    return [(str(route), route.needs) for route in house.store.routes.all()]


async def test_an_empty_list_says_what_a_route_is_and_the_first_one_what_it_does(
    house: House,
) -> None:
    async with opened(console(house), SMALL, shows="No keys") as pilot:
        await press(pilot, "6")
        await sees(pilot, "lets every good key pass, for anything.")
        await sees(pilot, "n adds one;")
        await press(pilot, "s")
        await sees(pilot, "There is no route here.")
        await press(pilot, "n")
        await sees(pilot, "With the first route, /api/v1/authorize refuses")
        await type_in(pilot, "GET /events/{id}")
        await press(pilot, "enter")
        await type_in(pilot, "nothing:read")
        await press(pilot, "enter")
        # Refused, it comes back with what was given.
        await sees(pilot, "nothing")
        await until(pilot, lambda: isinstance(pilot.app.screen, RouteDialog), "the dialog")
        await press(pilot, "tab", "ctrl+u")
        await type_in(pilot, "events:read")
        await press(pilot, "enter")
        await sees(pilot, "GET /events/{id} needs events:read.")
        assert routes(house) == [("GET /events/{id}", "events:read")]
        # What is done elsewhere shows by itself.
        house.store.routes.add("* /files/{rest...}", ["public"])
        await sees(pilot, "2 routes · 1 public")
        await until(pilot, lambda: "No route yet" not in screen_text(pilot), "no teaching")


async def test_a_request_is_tested_and_leads_to_the_keys_that_may(routed: House) -> None:
    async with opened(console(routed), shows="Billing") as pilot:
        await press(pilot, "6")
        await sees(pilot, "DELETE")
        await press(pilot, "t")
        for asked, said in (
            ("/invoices/7", "is no request"),
            ("DELETE /nowhere", "✕ No route names it, so it is refused."),
            ("GET /Invoices/7", "GET /invoices/{id} does, but for"),
            ("GET /invoices/%2e", "It is refused, whatever the key."),
            ("GET /health", "✓ GET /health needs no key."),
            ("GET /me", "2 of your keys may: Billing, Website."),
            ("DELETE /invoices/7", "1 of your keys may: Billing."),
        ):
            await press(pilot, "home", "ctrl+k")
            await type_in(pilot, asked)
            await until(pilot, lambda: "✓" not in screen_text(pilot), "an answer to nothing else")
            await press(pilot, "enter")
            await sees(pilot, said)
        await press(pilot, "tab", "enter")
        await sees(pilot, "state:active scope:invoices:delete")
        await until(pilot, lambda: "Website" not in screen_text(pilot), "the keys that may")
        assert "Gone" not in screen_text(pilot)
        await press(pilot, "escape")
        await sees(pilot, "Needs")


async def test_whose_keys_may_is_not_told_where_none_does(routed: House) -> None:
    async with opened(console(routed), shows="Billing") as pilot:
        await press(pilot, "6")
        await sees(pilot, "DELETE")
        routed.store.operator.set_plan("acme-events", Plan.FREE)
        await press(pilot, "t")
        await type_in(pilot, "GET /me")
        await press(pilot, "enter")
        await sees(pilot, "GET /me needs any good key.")
        await sees(pilot, "keydeck plan pro")
        assert "Billing" not in screen_text(pilot)


async def test_a_route_is_changed_removed_and_found(routed: House) -> None:
    async with opened(console(routed), shows="Billing") as pilot:
        await press(pilot, "6")
        await sees(pilot, "4 routes · 1 public. GET /health needs no key.")
        await press(pilot, "slash")
        await type_in(pilot, "delete")
        await sees(pilot, "1 route. DELETE /invoices/{id} needs invoices:delete.")
        await press(pilot, "enter", "s")
        await sees(pilot, "What DELETE /invoices/{id} needs")
        await press(pilot, "ctrl+u")
        await type_in(pilot, "invoices:write")
        await press(pilot, "enter")
        await until(
            pilot, lambda: ("DELETE /invoices/{id}", "invoices:write") in routes(routed), "it"
        )
        await press(pilot, "X")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog), "the question")
        await sees(pilot, "What no other route names is refused then, whatever the key.")
        # Cancel has the focus.
        await press(pilot, "enter")
        assert len(routes(routed)) == 4
        await press(pilot, "X")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog), "the question")
        await press(pilot, "tab", "enter")
        await until(pilot, lambda: len(routes(routed)) == 3, "it to be gone")
        await sees(pilot, "No route matches “delete”.")
        await press(pilot, "escape")
        await sees(pilot, "3 routes · 1 public")


async def test_where_not_every_key_was_looked_at_a_change_is_asked_about(
    routed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreseen_routes, "MOST_WORKSPACES", 1)
    async with opened(console(routed), shows="Billing") as pilot:
        await press(pilot, "6", "slash")
        await type_in(pilot, "delete")
        await sees(pilot, "1 route.")
        await press(pilot, "enter", "s")
        await sees(pilot, "What DELETE /invoices/{id} needs")
        await press(pilot, "ctrl+u")
        await type_in(pilot, "invoices:write")
        await press(pilot, "enter")
        await sees(pilot, "Not every key")
        assert ("DELETE /invoices/{id}", "invoices:delete") in routes(routed)
        await press(pilot, "enter")
        await until(
            pilot, lambda: ("DELETE /invoices/{id}", "invoices:write") in routes(routed), "it"
        )


async def test_enter_shows_the_keys_that_may(routed: House) -> None:
    async with opened(console(routed), shows="Billing") as pilot:
        await press(pilot, "6")
        await sees(pilot, "GET /health needs no key.")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, WorkspaceScreen)
        await press(pilot, "end", "enter")
        await until(pilot, lambda: pilot.app.screen.query_one(KeysTab).display, "the keys")
        await sees(pilot, "state:active")


@pytest.mark.parametrize("key", ["n", "s", "X"])
async def test_over_ssh_it_is_said_who_may_change_routes_and_how(routed: House, key: str) -> None:
    before = routes(routed)
    app = console(routed, email=None, guest=routed.alice.person_id)
    async with opened(app, shows="Billing") as pilot:
        await press(pilot, "6")
        await sees(pilot, "4 routes")
        await press(pilot, key)
        await sees(pilot, "Only the operator can")
        assert re.search(r"keydeck\W+routes", screen_text(pilot))
        assert isinstance(pilot.app.screen, WorkspaceScreen)
        # Looking is an admin's.
        await press(pilot, "t")
        await until(pilot, lambda: isinstance(pilot.app.screen, RequestDialog), "the test")
    assert routes(routed) == before


async def test_members_see_no_route(routed: House) -> None:
    routed.add_member()
    app = console(routed, email="mia@acme.example")
    async with opened(app, shows="Only workspace admins") as pilot:
        await press(pilot, "6")
        await sees(pilot, "see the routes")
        assert "invoices" not in screen_text(pilot)


async def test_a_key_in_what_is_tested_is_not_drawn(routed: House) -> None:
    issued = routed.create("Pasted")
    secret = issued.secret.reveal()
    async with opened(console(routed), shows="Billing") as pilot:
        await press(pilot, "6", "t")
        await until(pilot, lambda: isinstance(pilot.app.screen, RequestDialog), "the test")
        await type_in(pilot, f"GET /me?key={secret}")
        assert secret not in screen_text(pilot)
        assert secret[20:40] not in screen_text(pilot)
