"""The workspace: the table as drawn, who may see it, and how it follows the store."""

import threading

import pytest
from rich.text import Text
from textual import events

from store.domain.listing import KeyQuery
from store.domain.people import Actor, Plan, Role
from store.domain.times import DAY
from store.service.keys import KeyService
from tests.console.driving import (
    LARGE,
    PATIENCE,
    SMALL,
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
from tests.house import House

pytestmark = pytest.mark.anyio

AWKWARD = ["[red]x[/red]", "[/foo]", "[@click=app.quit]y[/]", "日本語の名前テスト", "مرحبا بالعالم"]


async def test_a_new_workspace_says_how_to_make_the_first_key(house: House) -> None:
    async with opened(console(house)) as pilot:
        await sees(pilot, "No keys yet. n makes the first one; one key per integration.")


@pytest.mark.parametrize("size", [SMALL, LARGE, (200, 60), (60, 15)])
async def test_the_table_shows_state_name_and_use_at_every_size(
    house: House, size: tuple[int, int]
) -> None:
    issued = house.create("Website")
    house.store.keys.confirm(house.alice, issued.key.id)
    async with opened(console(house), size) as pilot:
        await sees(pilot, "● Active")
        await sees(pilot, "Website")
        await sees(pilot, "never")
        assert issued.secret.reveal() not in screen_text(pilot)


async def test_names_that_look_like_markup_are_shown_as_they_are(house: House) -> None:
    for name in AWKWARD:
        house.create(name, "events:read")
    house.create("x" * 200, "events:read")
    async with opened(console(house), LARGE) as pilot:
        for name in AWKWARD:
            await sees(pilot, name)
        lines = screen_text(pilot).splitlines()
        [row] = [line for line in lines if "xxxxx" in line and "events:r" in line][:1]
        width = Text(row).cell_len
        assert width <= LARGE[0]


async def test_counts_stand_above_the_table_and_add_up(house: House) -> None:
    house.create("Website")
    house.create("Soon")
    house.store.keys.extend(house.alice, "Soon", house.clock.now() + DAY)
    house.create("Old site")
    house.store.keys.revoke(house.alice, "Old site")
    async with opened(console(house)) as pilot:
        await sees(pilot, "2 active (1 expiring)  1 revoked")


async def test_a_key_made_elsewhere_appears_without_moving_the_cursor(house: House) -> None:
    for name in ("Beta", "Delta", "Gamma"):
        house.create(name)
    async with opened(console(house)) as pilot:
        await sees(pilot, "Gamma")
        await press(pilot, "down")
        assert table(pilot).current is not None
        house.create("Alpha")
        await sees(pilot, "Alpha")
        current = table(pilot).current
        assert current is not None
        assert current.name == "Delta"


async def test_a_revocation_made_elsewhere_shows_within_a_second(house: House) -> None:
    house.create("Website")
    async with opened(console(house)) as pilot:
        await sees(pilot, "Website")
        house.store.keys.revoke(house.alice, "Website")
        await sees(pilot, "✕ Revoked")


async def test_the_filter_narrows_by_words_and_esc_clears_it(house: House) -> None:
    for name in ("Website", "Zapier", "Accounting"):
        house.create(name)
    async with opened(console(house)) as pilot:
        await sees(pilot, "Zapier")
        await press(pilot, "slash")
        await type_in(pilot, "zap")
        await until(pilot, lambda: "Website" not in screen_text(pilot), "the filtered list")
        assert "Zapier" in screen_text(pilot)
        await press(pilot, "enter", "escape")
        await sees(pilot, "Website")


async def test_a_filter_that_finds_nothing_says_how_to_go_on(house: House) -> None:
    house.create("Website")
    async with opened(console(house)) as pilot:
        await sees(pilot, "Website")
        await press(pilot, "slash")
        await type_in(pilot, "nope")
        await sees(pilot, "No key matches “nope”. Esc clears the filter.")
        await press(pilot, "escape")
        await sees(pilot, "Website")
        # And the keys do what they did before.
        await press(pilot, "n")
        await sees(pilot, "1 of 3")


async def test_o_sorts_by_the_next_column(house: House) -> None:
    for name in ("Alpha", "Omega"):
        house.create(name)
    house.store.keys.revoke(house.alice, "Alpha")
    async with opened(console(house)) as pilot:
        await sees(pilot, "Omega")
        await until(pilot, lambda: _names(screen_text(pilot)) == ["Omega", "Alpha"])
        await press(pilot, "o")
        await until(pilot, lambda: _names(screen_text(pilot)) == ["Alpha", "Omega"])


def _names(screen: str) -> list[str]:
    return [name for line in screen.splitlines() for name in ("Alpha", "Omega") if name in line]


async def test_on_the_free_plan_the_tab_is_closed_and_says_why(house: House) -> None:
    house.create("Website")
    house.store.operator.set_plan("acme-events", Plan.FREE)
    async with opened(console(house), shows="API keys require the Pro plan") as pilot:
        assert "Website" not in screen_text(pilot)
        await sees(pilot, "Revoke a key…")
        house.store.operator.set_plan("acme-events", Plan.PRO)
        await sees(pilot, "Website")


async def test_a_tab_that_opens_again_does_not_close_the_one_somebody_went_to(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.store.operator.set_plan("acme-events", Plan.FREE)
    asked, go_on = threading.Event(), threading.Event()
    count = KeyService.count

    def slow(self: KeyService, actor: Actor, query: KeyQuery) -> int:
        asked.set()
        go_on.wait(PATIENCE)
        return count(self, actor, query)

    async with opened(console(house), shows="API keys require the Pro plan") as pilot:
        monkeypatch.setattr(KeyService, "count", slow)
        house.store.operator.set_plan("acme-events", Plan.PRO)
        await until(pilot, asked.is_set, "a look whether it is open")
        await press(pilot, "3")
        await until(pilot, lambda: pilot.app.screen.query("#activity-tab"), "the other tab")
        go_on.set()
        await over(pilot, "gate")
        await looked_again(pilot)
        assert pilot.app.screen.query("#activity-tab")
        await press(pilot, "1")
        await sees(pilot, "No keys yet")


async def test_a_downgrade_closes_the_open_tab(house: House) -> None:
    house.create("Website")
    async with opened(console(house)) as pilot:
        await sees(pilot, "Website")
        house.store.operator.set_plan("acme-events", Plan.FREE)
        await sees(pilot, "API keys require the Pro plan")


async def test_a_member_is_told_that_admins_manage_keys(house: House) -> None:
    house.add_member("mia@acme.example", Role.MEMBER)
    app = console(house, email="mia@acme.example")
    async with opened(app, shows="Only workspace admins and viewers can list API keys") as pilot:
        await press(pilot, "n")
        assert "Create" not in screen_text(pilot)


async def test_whoever_leaves_the_workspace_is_signed_out(house: House) -> None:
    house.add_member("mia@acme.example", Role.ADMIN)
    async with opened(console(house, email="mia@acme.example")) as pilot:
        await sees(pilot, "No keys yet")
        house.store.people.leave(house.alice, "mia@acme.example")
        await sees(pilot, "You are not a member of Acme Events")
        await sees(pilot, "Sign in")


async def test_whoever_leaves_with_a_dialog_open_can_type_on_the_form_at_once(
    house: House,
) -> None:
    house.add_member("mia@acme.example", Role.ADMIN)
    app = console(house, email="mia@acme.example")
    async with opened(app, shows="No keys yet") as pilot:
        await press(pilot, "n")
        await sees(pilot, "1 of 3")
        house.store.people.leave(house.alice, "mia@acme.example")
        await sees(pilot, "You are not a member of Acme Events")
        assert not app.verbs.opening
        assert not [one for one in app.workers if one.group == "verbs" and one.is_running]


async def test_the_wheel_scrolls_away_from_the_cursor_and_a_step_comes_back(house: House) -> None:
    for number in range(120):
        house.create(f"Key {number:03}")
    async with opened(console(house), shows="Key 000") as pilot:
        keys = table(pilot)
        await until(pilot, lambda: "120 active" in screen_text(pilot))
        for _ in range(60):
            keys.post_message(events.MouseScrollDown(keys, 5, 3, 0, 1, 0, False, False, False))
        await until(pilot, lambda: keys.scroll_offset.y == keys.max_scroll_y, "the last rows")
        await sees(pilot, "Key 119")
        current, top = keys.current, keys.scroll_offset.y
        house.create("Aaa")
        await until(pilot, lambda: keys.scroll_offset.y == top + 1, "the row that came above")
        await looked_again(pilot)
        await sees(pilot, "Key 119")
        assert keys.scroll_offset.y == top + 1, "what is in view stays, whatever came above"
        assert current is not None
        assert keys.current == current
        await press(pilot, "down")
        await sees(pilot, "Key 001")
        assert keys.current is not None
        assert keys.current.name == "Key 001"


async def test_below_60_by_15_one_sentence_is_shown_and_keys_are_swallowed(house: House) -> None:
    house.create("Website")
    app = console(house)
    async with opened(app) as pilot:
        await sees(pilot, "Website")
        await pilot.resize_terminal(59, 24)
        await sees(pilot, "Make this terminal at least 60 by 15.")
        await press(pilot, "q", "n", "X")
        assert app.is_running
        await pilot.resize_terminal(80, 24)
        await sees(pilot, "Website")
        assert "Cancel" not in screen_text(pilot)


async def test_a_key_with_nothing_to_act_on_says_so(house: House) -> None:
    async with opened(console(house)) as pilot:
        await sees(pilot, "No keys yet")
        await press(pilot, "s")
        await sees(pilot, "There is no key here yet. n makes one.")


async def test_a_verb_on_a_dead_key_says_why_not(house: House) -> None:
    house.create("Website")
    house.clock.advance(91 * DAY)
    async with opened(console(house)) as pilot:
        await sees(pilot, "○ Expired")
        await press(pilot, "r")
        await sees(pilot, "is expired and stays as it is")
