"""Scope, rotate, revoke and details, through the table as an admin uses them."""

from dataclasses import replace
from functools import partial

import pytest

from console.text.batches import sooner
from console.widgets.scope_grid import ScopeGrid
from store.domain.keys import State
from store.domain.people import Plan
from store.domain.scopes import Scope, from_canonical
from store.domain.times import DAY, HOUR
from store.service.keys import NewKey
from tests.console.driving import (
    LARGE,
    SMALL,
    console,
    opened,
    press,
    screen_text,
    sees,
    type_in,
    until,
)
from tests.house import House, use

pytestmark = pytest.mark.anyio


def confirmed(house: House, name: str = "Website", granted: str = "availability:read") -> str:
    """Make a key that somebody has stored, and return its id."""
    issued = house.create(name, granted)
    house.store.keys.confirm(house.alice, issued.key.id)
    return issued.key.id


async def test_widening_shows_the_change_and_asks_once_more(house: House) -> None:
    key_id = confirmed(house)
    async with opened(console(house), shows="Website") as pilot:
        await press(pilot, "s")
        await sees(pilot, "What “Website” may do")
        await press(pilot, "down", "right", "space")
        await sees(pilot, "+ events:write")
        await press(pilot, "enter")
        await sees(pilot, "do more: events:write")
        assert len(house.store.keys.show(house.alice, key_id).scopes) == 1
        await press(pilot, "enter")
        await sees(pilot, "from the next request on")
    scopes = house.store.keys.show(house.alice, key_id).scopes
    assert {str(one) for one in scopes} == {"availability:read", "events:write"}


async def test_actions_of_a_resource_of_ones_own_are_granted_beside_it(
    house: House,
) -> None:
    key_id = confirmed(house)
    many = ["read,delete", *(f"action-{number}" for number in range(8))]
    house.store.operator.add_resource("invoices", actions=many)
    house.store.operator.add_resource("jobs", actions=["run"])
    async with opened(console(house), SMALL, shows="Website") as pilot:
        await press(pilot, "s")
        await sees(pilot, "[ ] delete")
        await sees(pilot, "view availability, events, invoices and quotes")
        await sees(pilot, "also create and edit 3 of them")
        # It has no write, and what does not fit beside it begins below it.
        await press(pilot, "down", "down", "right", "space")
        await sees(pilot, "[✓] delete +")
        await press(pilot, *("right" for _ in range(9)), "space")
        await sees(pilot, "[✓] action-7 +")
        await press(pilot, "down", "space")
        await sees(pilot, "[✓] run +")
        await sees(pilot, "action 7 invoices, delete invoices and run")
        await press(pilot, "space", "enter", "enter")
        await sees(pilot, "from the next request on")
    wanted = {"availability:read", "invoices:delete", "invoices:action-7"}
    assert set(map(str, house.store.keys.show(house.alice, key_id).scopes)) == wanted
    async with opened(console(house), LARGE, shows="Website") as pilot:
        await press(pilot, "s")
        await sees(pilot, "[✓] delete")
        await press(pilot, "w")
        await sees(pilot, "+ invoices:read")
        assert "[ ] delete -" in screen_text(pilot), "it is no more than read and write"
        await press(pilot, "e")
        await sees(pilot, "[✓] run +")
        await press(pilot, "enter", "enter")
        await sees(pilot, "from the next request on")
    granted = house.store.keys.show(house.alice, key_id).scopes
    assert granted == {one for each in house.store.keys.catalogue() for one in each.scopes}


def _granted(grid: ScopeGrid, action: str) -> bool:
    return Scope("invoices", action) in grid.value


async def test_a_box_is_ticked_by_the_mouse_wherever_it_stands(house: House) -> None:
    confirmed(house)
    house.store.operator.add_resource("invoices", actions=["read", "delete", "archive", "approve"])
    async with opened(console(house), shows="Website") as pilot:
        await press(pilot, "s")
        await sees(pilot, "[ ] approve")
        grid = pilot.app.screen.query_one(ScopeGrid)
        for action in ("approve", "delete", "archive"):
            rows = screen_text(pilot).splitlines()
            y = next(at for at, line in enumerate(rows) if f"] {action}" in line)
            x = rows[y].find(f"] {action}")
            await pilot.click(offset=(x - 1, y))
            await until(pilot, partial(_granted, grid, action), action)
        assert {one.action for one in grid.value if one.resource == "invoices"} == {
            *("approve", "delete", "archive"),
        }


async def test_what_a_resource_has_no_longer_can_be_taken_away(house: House) -> None:
    operator, alice = house.store.operator, house.alice
    operator.add_resource("invoices", actions=["read", "delete"])
    new = NewKey("Website", from_canonical("events:read invoices:delete"), None)
    key = house.store.keys.create(alice, new).key
    with house.store.database.writing() as writing:
        writing.exec_driver_sql("UPDATE resources SET actions = 'read' WHERE name = 'invoices'")
    house.store.keys.confirm(alice, key.id)
    async with opened(console(house), shows="Website") as pilot:
        await press(pilot, "s")
        await sees(pilot, "[✓] delete")
        await press(pilot, "down", "down", "right", "space")
        await sees(pilot, "- invoices:delete")


async def test_what_was_wrong_with_an_answer_is_forgotten_once_it_is_another(
    house: House,
) -> None:
    confirmed(house)
    async with opened(console(house), shows="Website") as pilot:
        await press(pilot, "X")
        await type_in(pilot, "Web")
        await press(pilot, "enter")
        await sees(pilot, "That is not it.")
        await press(pilot, "tab", "tab", "tab", "tab")
        assert "That is not it." in screen_text(pilot)
        await type_in(pilot, "s")
        await until(pilot, lambda: "That is not it." not in screen_text(pilot), "forgotten")


async def test_narrowing_says_whom_it_would_have_refused_and_is_else_done_at_once(
    house: House,
) -> None:
    key_id = confirmed(house, granted="availability:read events:read quotes:read")
    use(house, house.store.keys.show(house.alice, key_id), "availability:read", times=3)
    async with opened(console(house), shows="Website") as pilot:
        await press(pilot, "s")
        await sees(pilot, "What “Website” may do")
        await press(pilot, "space")
        await sees(pilot, "- availability:read (would have refused 3 in 30 d)")
        await press(pilot, "enter")
        await sees(pilot, "the key is used by 10.0.3.7. Enter again takes")
        # To give and to take is neither the one nor the other.
        await press(pilot, "down", "right", "space", "enter")
        await sees(pilot, "Enter again does both.")
        await press(pilot, "space", "enter")
        await sees(pilot, "the key is used by 10.0.3.7. Enter again takes")
        assert len(house.store.keys.show(house.alice, key_id).scopes) == 3
        await press(pilot, "enter")
        await sees(pilot, "“Website” is narrowed to events:read, quotes:read")
        await press(pilot, "s")
        await sees(pilot, "What “Website” may do")
        # Nobody needed that.
        await press(pilot, "down", "down", "space", "enter")
        await sees(pilot, "“Website” is narrowed to events:read.")
        await press(pilot, "s")
        await sees(pilot, "What “Website” may do")
        await press(pilot, "c", "enter")
        await sees(pilot, "To stop the key, revoke it")
        await press(pilot, "escape")
        await sees(pilot, "Expires")
    scopes = house.store.keys.show(house.alice, key_id).scopes
    assert {str(one) for one in scopes} == {"events:read"}


async def test_what_ends_a_key_sooner_is_said_and_asked_once_more(house: House) -> None:
    key_id = confirmed(house)
    house.store.keys.extend(house.alice, key_id, house.clock.now() + 365 * DAY)
    use(house, house.store.keys.show(house.alice, key_id), "availability:read", times=3)
    async with opened(console(house), shows="Website") as pilot:
        await press(pilot, "e")
        await sees(pilot, "Extend “Website”")
        await press(pilot, "enter")
        await sees(pilot, "This lets Website end 275 d sooner. It cuts off 1 caller")
        await sees(pilot, "10.0.3.7, 3 requests, last now")
        await press(pilot, "right")
        await until(pilot, lambda: "sooner" not in screen_text(pilot), "another choice")
        await press(pilot, "left", "enter")
        await sees(pilot, "This lets Website end 275 d sooner.")
        before = house.store.keys.show(house.alice, key_id).expires_at
        assert before == house.clock.now() + 365 * DAY
        await press(pilot, "enter")
        await until(pilot, lambda: "Extend “" not in screen_text(pilot), "it is done")
    key = house.store.keys.show(house.alice, key_id)
    assert key.expires_at == house.clock.now() + 90 * DAY
    endless = replace(key, name="Zapier", expires_at=None)
    soon = house.clock.now() + DAY
    assert sooner([endless], soon, 0) == "This lets Zapier end, which never expires now."
    assert sooner([endless, key], soon, 0) == "This lets Zapier, Website end sooner."
    assert not sooner([endless, key], None, 0)


async def test_rotating_ties_two_rows_and_shows_the_successor_once(house: House) -> None:
    key_id = confirmed(house)
    async with opened(console(house), shows="Website") as pilot:
        await press(pilot, "r")
        await sees(pilot, "Rotate “Website”")
        await sees(pilot, "1 Dec 2026 12:00 UTC, in 7 d")
        await press(pilot, "left", "left")
        await sees(pilot, "24 Nov 2026 13:00 UTC")
        await press(pilot, "enter")
        await sees(pilot, "The new key of Website is ready.")
        await press(pilot, "shift+tab", "enter", "enter")
        await until(pilot, lambda: screen_text(pilot).count("⇄ Rotating") == 2, "two rows")
    old = house.store.keys.show(house.alice, key_id)
    assert old.successor is not None
    assert old.expires_at == house.clock.now() + HOUR


async def test_until_i_say_leaves_the_old_key_its_expiry(house: House) -> None:
    key_id = confirmed(house)
    async with opened(console(house), shows="Website") as pilot:
        await press(pilot, "r")
        await sees(pilot, "Rotate “Website”")
        await press(pilot, "right")
        await sees(pilot, "Keeps the expiry it has")
        await press(pilot, "enter")
        await sees(pilot, "is ready")
    old = house.store.keys.show(house.alice, key_id)
    assert old.expires_at == house.clock.now() + 90 * DAY


async def test_revoking_takes_the_name_and_says_when_it_was_in_force(house: House) -> None:
    key_id = confirmed(house)
    async with opened(console(house), shows="Website") as pilot:
        await press(pilot, "X")
        await sees(pilot, "Revoke “Website”")
        await sees(pilot, "alice")
        await type_in(pilot, "Webs")
        await press(pilot, "enter")
        await sees(pilot, "That is not it")
        await type_in(pilot, "ite")
        await press(pilot, "tab")
        await type_in(pilot, "leaked")
        await press(pilot, "enter")
        await sees(pilot, "✕ Revoked")
        await sees(pilot, "in force at")
    key = house.store.keys.show(house.alice, key_id)
    assert key.state(house.clock.now()) is State.REVOKED
    assert key.revoke_reason == "leaked"


async def test_enter_before_the_name_is_typed_neither_revokes_nor_takes_the_name_for_keys(
    house: House,
) -> None:
    key_id = confirmed(house)
    async with opened(console(house), shows="Website") as pilot:
        await press(pilot, "X")
        await sees(pilot, "Revoke “Website”")
        await press(pilot, "enter", "enter")
        await sees(pilot, "Type “Website” or")
        assert house.store.keys.show(house.alice, key_id).revoked_at is None
        await type_in(pilot, "Website")
        await press(pilot, "enter")
        await sees(pilot, "✕ Revoked")


async def test_a_name_hard_to_type_is_confirmed_by_the_beginning_of_its_id(house: House) -> None:
    key_id = confirmed(house, "日本語の名前")
    async with opened(console(house), shows="日本語") as pilot:
        await press(pilot, "X")
        await sees(pilot, "Revoke “日本語の名前”")
        await type_in(pilot, key_id[:5])
        await press(pilot, "enter")
        await sees(pilot, "✕ Revoked")


async def test_a_dead_key_says_why_its_verbs_do_nothing(house: House) -> None:
    key_id = confirmed(house)
    house.store.keys.revoke(house.alice, key_id, "leaked")
    async with opened(console(house), shows="Website") as pilot:
        for verb in ("s", "r"):
            await press(pilot, verb)
            await sees(pilot, "is revoked and stays as it is")
        await press(pilot, "X")
        await sees(pilot, "is revoked already, for good")


async def test_details_stand_beside_the_table_where_there_is_room(house: House) -> None:
    confirmed(house)
    async with opened(console(house), LARGE, shows="Website") as pilot:
        await sees(pilot, "Can view availability.")
        await sees(pilot, "alice created it")


async def test_details_open_over_a_small_table_and_lead_on_to_the_verbs(house: House) -> None:
    confirmed(house)
    async with opened(console(house), shows="Website") as pilot:
        await press(pilot, "enter")
        await sees(pilot, "Held by  alice")
        await press(pilot, "X")
        await sees(pilot, "Revoke “Website”")
        await press(pilot, "escape", "enter")
        await sees(pilot, "Held by  alice")
        await press(pilot, "escape")
        await sees(pilot, "Last used")


async def test_on_free_a_pasted_key_is_found_masked_and_revoked(house: House) -> None:
    issued = house.create("Website")
    house.store.operator.set_plan("acme-events", Plan.FREE)
    async with opened(console(house), shows="403") as pilot:
        await press(pilot, "X")
        await sees(pilot, "Revoke a key")
        await type_in(pilot, "nothing like it")
        await press(pilot, "enter")
        await sees(pilot, "No ")
        await type_in(pilot, issued.secret.reveal())
        assert issued.secret.reveal()[16:30] not in screen_text(pilot)
        await press(pilot, "enter")
        await sees(pilot, "Revoke “Website”")
        await type_in(pilot, "Website")
        await press(pilot, "enter")
        await sees(pilot, "in force at")
    key = house.store.keys.find_to_revoke(house.alice, issued.key.id)
    assert key.revoked_at is not None


async def test_help_names_every_key_and_any_of_three_close_it(house: House) -> None:
    async with opened(console(house), shows="No keys yet") as pilot:
        for closing in ("escape", "q", "question_mark"):
            await press(pilot, "question_mark")
            await sees(pilot, "revoke it, at once and for good")
            await press(pilot, closing)
            await sees(pilot, "No keys yet")
