"""Marked keys: one question for all, each its own change, and what fails stays marked."""

import pytest
from textual.widgets import Static

from console.dialogs.progress import ProgressDialog
from console.widgets.key_table import KeyTable
from store.domain.keys import State
from store.domain.people import Plan, Role
from store.domain.times import DAY
from tests.console.driving import (
    LARGE,
    console,
    looked_again,
    opened,
    over,
    press,
    screen_text,
    sees,
    table,
    type_in,
    until,
)
from tests.house import House, use

pytestmark = pytest.mark.anyio


def states(house: House) -> dict[str, State]:
    """Return the state of each of alice's keys by name."""
    from store.domain.listing import KeyQuery

    now = house.clock.now()
    page = house.store.keys.page(house.alice, KeyQuery())
    return {key.name: key.state(now) for key in page.keys}


async def test_marked_keys_are_revoked_with_one_confirmation(house: House) -> None:
    for name in ("A", "B", "C", "D"):
        house.create(name)
    async with opened(console(house), shows="D ") as pilot:
        await press(pilot, "space", "space", "j", "space")
        await sees(pilot, "3 marked")
        await press(pilot, "X")
        await sees(pilot, "Revoke 3 keys")
        await sees(pilot, "A, B, D")
        await sees(pilot, "None of them was used in the last hour.")
        await press(pilot, "enter")
        await sees(pilot, "Type “revoke 3” to revoke them.")
        await press(pilot, "escape")
        await until(pilot, lambda: "Revoke 3 keys" not in screen_text(pilot), "cancelled")
        assert State.REVOKED not in states(house).values()
        await press(pilot, "X")
        await type_in(pilot, "revoke 2")
        await press(pilot, "enter")
        await sees(pilot, "Type “revoke 3” to revoke them.")
        await press(pilot, "backspace", "3", "enter")
        await sees(pilot, "3 of 3 done")
        assert states(house) == {
            **dict.fromkeys("ABD", State.REVOKED),
            "C": State.ACTIVE,
        }
        assert table(pilot).marked == {}


async def test_a_mark_hidden_by_a_filter_is_left_alone_and_said_so(house: House) -> None:
    for name in ("Website", "Zapier", "Webhook"):
        house.create(name)
    async with opened(console(house), shows="Zapier") as pilot:
        await press(pilot, "asterisk")
        await sees(pilot, "3 marked")
        await press(pilot, "slash")
        await type_in(pilot, "web")
        await press(pilot, "enter")
        await sees(pilot, "2 of 3 match")
        await press(pilot, "X")
        await sees(pilot, "Revoke 2 keys")
        await sees(pilot, "1 marked key is hidden by the filter and left alone.")
        await type_in(pilot, "revoke 2")
        await press(pilot, "enter")
        await sees(pilot, "2 of 2 done")
        assert states(house)["Zapier"] is State.ACTIVE
        assert list(table(pilot).marked.values()) == ["Zapier"]


async def test_what_cannot_be_done_stays_marked_with_the_reason(house: House) -> None:
    first, second = house.create("First"), house.create("Second")
    async with opened(console(house), LARGE, shows="Second") as pilot:
        await press(pilot, "asterisk", "e")
        await sees(pilot, "Extend 2 keys")
        house.store.keys.revoke(house.alice, first.key.id)
        await press(pilot, "right", "enter")
        await sees(pilot, "1 could not be done and stays marked.")
        await sees(pilot, "“First” is already revoked")
        await press(pilot, "escape")
        assert table(pilot).marked == {first.key.id: "First"}
        moved = house.store.keys.show(house.alice, second.key.id)
        assert moved.expires_at is not None
        assert second.key.expires_at is not None
        assert moved.expires_at > second.key.expires_at


async def test_keys_that_cannot_be_changed_any_more_are_left_out_and_said_so(
    house: House,
) -> None:
    for name in ("Dead", "Alive"):
        house.create(name)
    house.store.keys.revoke(house.alice, "Dead")
    async with opened(console(house), shows="Dead") as pilot:
        await press(pilot, "asterisk", "X")
        await sees(pilot, "Revoke “Alive”")
        await sees(pilot, "1 marked key is expired or revoked and left out.")
        await type_in(pilot, "Alive")
        await press(pilot, "enter")
        await sees(pilot, "1 of 1 done")
        await press(pilot, "X")
        await sees(pilot, "1 marked key is expired or revoked and left out. Esc clears the marks.")
        assert list(table(pilot).marked.values()) == ["Dead"]


async def test_marked_keys_get_the_same_permissions_and_widening_asks_twice(house: House) -> None:
    first = house.create("First", "events:read")
    second = house.create("Second", "events:read quotes:read")
    async with opened(console(house), LARGE, shows="Second") as pilot:
        await press(pilot, "asterisk", "s")
        await sees(pilot, "2 keys")
        await press(pilot, "r")
        await sees(pilot, "+ availability:read 2 keys  + quotes:read 1 key")
        await press(pilot, "enter")
        await sees(pilot, "This lets First, Second do more.")
        await press(pilot, "enter")
        await sees(pilot, "2 of 2 done")
        for issued in (first, second):
            scopes = house.store.keys.show(house.alice, issued.key.id).scopes
            assert {str(one) for one in scopes} == {
                "availability:read",
                "events:read",
                "quotes:read",
            }


async def test_what_marked_keys_would_lose_is_said_of_all_of_them_and_asked_once_more(
    house: House,
) -> None:
    first, second, idle = (house.create(name, "events:read quotes:read").key for name in "ABC")
    for key, times in ((first, 2), (second, 3)):
        use(house, key, "quotes:read", times=times)
    async with opened(console(house), shows="C ") as pilot:
        await press(pilot, "asterisk", "s")
        await sees(pilot, "What they may do: 3 keys")
        # The grid begins with what all of them may: events stay, quotes go.
        await press(pilot, "down", "down", "space", "enter")
        await sees(pilot, "A, B: that would have refused 5 requests of the last 30 days.")
        await sees(pilot, "those 2 keys are used by 10.0.3.7. Enter")
        assert len(house.store.keys.show(house.alice, idle.id).scopes) == 2
        await press(pilot, "escape")
        await sees(pilot, "3 marked")
        await press(pilot, "e")
        await sees(pilot, "Extend 3 keys")
        await press(pilot, "left", "enter")
        await sees(pilot, "This lets A, B, C end sooner. It cuts off 1 caller")
        await sees(pilot, "10.0.3.7, 5 requests, last now")
        await press(pilot, "enter")
        await sees(pilot, "3 of 3 done")
    ends = house.store.keys.show(house.alice, idle.id).expires_at
    assert ends == house.clock.now() + 30 * DAY


async def test_work_on_many_keys_stops_between_two(house: House) -> None:
    for number in range(30):
        house.create(f"Key {number:02}")
    app = console(house)
    async with opened(app, shows="Key 00") as pilot:
        await press(pilot, "asterisk", "X")
        await type_in(pilot, "revoke 30")
        held = house.store.database.writing()
        held.__enter__()
        try:
            await press(pilot, "enter")
            await until(pilot, lambda: isinstance(app.screen, ProgressDialog))
            await press(pilot, "escape")
            await sees(pilot, "Stopping")
        finally:
            held.__exit__(None, None, None)
        await sees(pilot, "Stopped:")
        done = sum(state is State.REVOKED for state in states(house).values())
        assert done <= 1
        assert str(30 - done) in str(app.screen.query_one("#at", Static).content)
        await press(pilot, "escape")
        assert len(table(pilot).marked) == 30 - done


async def test_a_question_about_marks_may_be_answered_after_the_tab_is_gone(house: House) -> None:
    house.create("A")
    house.create("B")
    app = console(house)
    async with opened(app, LARGE, shows="B ") as pilot:
        await press(pilot, "asterisk", "X")
        await sees(pilot, "Revoke 2 keys")
        house.store.operator.set_plan("acme-events", Plan.FREE)
        await until(pilot, lambda: not app.screen_stack[1].query(KeyTable), "the closed tab")
        await type_in(pilot, "revoke 2")
        await press(pilot, "enter")
        await sees(pilot, "2 of 2 done")


async def test_whoever_is_let_go_during_a_batch_is_signed_out_and_nothing_fails(
    house: House,
) -> None:
    house.add_member("mia@acme.example", Role.ADMIN)
    for number in range(20):
        house.create(f"Key {number:02}")
    app = console(house, email="mia@acme.example")
    async with opened(app, LARGE, shows="Key 00") as pilot:
        await press(pilot, "asterisk", "X")
        await type_in(pilot, "revoke 20")
        house.store.people.leave(house.alice, "mia@acme.example")
        await press(pilot, "enter")
        await sees(pilot, "You are not a member of Acme Events")
        for group in ("verbs", "progress"):
            await over(pilot, group)
        assert app.is_running


async def test_shift_and_arrows_mark_a_range_and_esc_takes_the_marks_away(house: House) -> None:
    for name in ("A", "B", "C"):
        house.create(name)
    async with opened(console(house), shows="C ") as pilot:
        await press(pilot, "shift+down")
        assert sorted(table(pilot).marked.values()) == ["A", "B"]
        await press(pilot, "escape")
        assert table(pilot).marked == {}


async def test_a_key_changed_meanwhile_is_said_with_who_did_it_and_keeps_the_input(
    house: House,
) -> None:
    issued = house.create("Website", "events:read")
    async with opened(console(house), LARGE, shows="Website") as pilot:
        await press(pilot, "s", "r")
        await sees(pilot, "+ quotes:read")
        house.store.keys.extend(house.alice, issued.key.id, None)
        await press(pilot, "enter", "enter")
        await sees(pilot, "was changed meanwhile: extended by alice@acme.example at")
        await sees(pilot, "+ quotes:read")
        await press(pilot, "enter", "enter")
        await sees(pilot, "may do that from the next request on")
    assert house.store.keys.show(house.alice, issued.key.id).scopes != issued.key.scopes


async def test_a_row_changed_elsewhere_carries_a_mark_for_a_moment(house: House) -> None:
    issued = house.create("Website")
    house.create("Other")
    async with opened(console(house), shows="Website") as pilot:
        await looked_again(pilot)
        house.store.keys.extend(house.alice, issued.key.id, None)
        await sees(pilot, "•")
        house.clock.advance(5000)
        await until(pilot, lambda: "•" not in screen_text(pilot), "the mark to go")


async def test_where_only_reading_is_wanted_nothing_is_marked(house: House) -> None:
    house.create("A")
    async with opened(console(house, read_only=True), shows="A ") as pilot:
        await press(pilot, "space", "asterisk", "shift+down")
        await pilot.click("KeyTable", offset=(0, 0))
        await over(pilot, "verbs")
        await looked_again(pilot)
        assert table(pilot).marked == {}


async def test_a_click_on_the_margin_or_with_ctrl_marks_and_with_shift_marks_a_range(
    house: House,
) -> None:
    for name in ("A", "B", "C", "D"):
        house.create(name)
    async with opened(console(house), shows="D ") as pilot:
        await pilot.click("KeyTable", offset=(0, 1))
        await until(pilot, lambda: list(table(pilot).marked.values()) == ["B"])
        await pilot.click("KeyTable", offset=(20, 3), control=True)
        await until(pilot, lambda: sorted(table(pilot).marked.values()) == ["B", "D"])
        await pilot.click("KeyTable", offset=(20, 1), control=True)
        await until(pilot, lambda: list(table(pilot).marked.values()) == ["D"])
        await pilot.click("KeyTable", offset=(20, 0), shift=True)
        await until(pilot, lambda: sorted(table(pilot).marked.values()) == ["A", "B", "D"])
