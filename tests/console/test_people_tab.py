"""The People tab: who is here, what they may know, and what an admin does about it."""

import re
from dataclasses import replace
from typing import Any

import pytest

from console.clipboard.outcome import Outcome
from console.dialogs.enrolment_code import CodeDialog
from console.screens.sign_in import SignInScreen
from console.screens.workspace import WorkspaceScreen
from store.domain.key_string import Secret
from store.domain.people import Role
from store.domain.times import DAY
from store.errors import NotAMember
from store.service.keys import NewKey
from store.service.one_time_codes import LIFETIME
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
from tests.house import PASSWORD, House, granted_scopes

pytestmark = pytest.mark.anyio

MIA = "mia@acme.example"


def roles(house: House) -> dict[str, Role]:
    """Return everybody's role by e-mail."""
    return {one.email: one.role for one in house.store.people.all(house.alice)}


async def test_a_row_says_what_somebody_may_know_and_opens_those_keys(house: House) -> None:
    house.add_member()
    ends = house.clock.now() + DAY
    wanted = NewKey("Mias", granted_scopes("events:read"), ends, holders=[MIA])
    house.store.keys.create(house.alice, wanted)
    house.store.keys.create(house.alice, replace(wanted, name="Revoked"))
    house.store.keys.revoke(house.alice, "Revoked")
    house.create("Website")
    async with opened(console(house), SMALL, shows="Website") as pilot:
        await press(pilot, "4")
        await sees(pilot, "mia@acme.example")
        table = "\n".join(" ".join(line.split()) for line in screen_text(pilot).splitlines())
        assert "alice alice@acme.example admin 2 2 now" in table
        assert "mia mia@acme.example member - 1 now" in table
        await pilot.click("RowList", offset=(5, 2))
        await press(pilot, "enter")
        await sees(pilot, f"holder:{MIA} state:active")
        await until(pilot, lambda: "Website" not in screen_text(pilot), "Mia's keys alone")
        assert "Mias" in screen_text(pilot)
        assert "Revoked" not in screen_text(pilot)
        await press(pilot, "escape")
        await sees(pilot, "mia@acme.example")
        await press(pilot, "1")
        await sees(pilot, "Website")


async def test_adding_shows_a_code_that_esc_does_not_lose_and_that_lets_them_in(
    house: House,
) -> None:
    app = console(house)
    async with opened(app) as pilot:
        await press(pilot, "4", "n")
        await type_in(pilot, "zoe@acme.example")
        await press(pilot, "tab")
        await type_in(pilot, "zoe")
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, CodeDialog), "the code")
        await press(pilot, "escape", "q", "ctrl+q", "ctrl+c")
        await sees(pilot, "It is shown only now.")
        [code] = re.findall(r"\w{5}-\w{5}-\w{5}-\w{5}", screen_text(pilot))
        await press(pilot, "tab", "enter")
        await until(pilot, lambda: isinstance(app.screen, WorkspaceScreen), "the tab")
        await sees(pilot, "code for 7 d")
        assert code not in screen_text(pilot)
    assert house.store.sign_in.enrol("zoe@acme.example", Secret(code), Secret(PASSWORD))


async def test_a_copy_that_fails_takes_neither_the_text_nor_the_console_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.create("Website")
    app = console(house)

    def failing(value: Secret) -> Outcome:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(app, "copy", failing)
    async with opened(app, shows="Website") as pilot:
        await press(pilot, "y")
        await sees(pilot, "failed. Select it")
        await press(pilot, "d")
        await sees(pilot, "c copies the address.")
        await press(pilot, "c")
        await sees(pilot, "Copying failed. Select it")
        await press(pilot, "escape", "4", "n")
        await type_in(pilot, "zoe@acme.example")
        await press(pilot, "tab")
        await type_in(pilot, "zoe")
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, CodeDialog), "the code")
        await press(pilot, "c")
        await sees(pilot, "Copying failed. Select it")
        assert app.is_running


async def test_somebody_who_has_not_enrolled_gets_a_new_code_and_nobody_else(house: House) -> None:
    house.store.people.add(house.alice, "zoe@acme.example", "zoe")
    house.clock.advance(LIFETIME)
    app = console(house)
    async with opened(app, LARGE) as pilot:
        await press(pilot, "4")
        await sees(pilot, "code has ended")
        await press(pilot, "e")
        await sees(pilot, "has chosen a password")
        await press(pilot, "down", "e", "tab", "enter")
        await until(pilot, lambda: isinstance(app.screen, CodeDialog), "the code")
        await press(pilot, "tab", "enter")
        await sees(pilot, "code for 7 d")


async def test_roles_change_but_the_last_admin_stays_one_and_stays(house: House) -> None:
    house.add_member()
    async with opened(console(house), LARGE) as pilot:
        await press(pilot, "4")
        await sees(pilot, MIA)
        for verb in ("c", "L"):
            await press(pilot, verb)
            await sees(pilot, "alice@acme.example is the last admin. Make somebody else an admin")
            pilot.app.clear_notifications()
            await until(pilot, lambda: "last admin" not in screen_text(pilot), "the toast to go")
        await press(pilot, "down", "c")
        await sees(pilot, "mia is a member. Make them")
        await press(pilot, "enter")
        await sees(pilot, "Make mia an admin")
        await press(pilot, "tab", "enter")
        await sees(pilot, "mia@acme.example is admin now.")
        assert roles(house) == {"alice@acme.example": Role.ADMIN, MIA: Role.ADMIN}


async def test_letting_somebody_go_says_what_they_may_know_and_leaving_signs_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    mia = house.add_member(role=Role.ADMIN)
    house.create("Hers", actor=mia)
    connected = house.connect("Codex", actor=mia)
    house.calls(connected, "list_quotes", "list_events", "edit_event")
    app = console(house)
    async with opened(app, LARGE) as pilot:
        leave = app.store.people.leave

        def overheard(*given: Any) -> Any:
            done = leave(*given)
            # A list that is read at this moment.
            app.call_from_thread(app.refused, NotAMember("Acme Events"))
            return done

        monkeypatch.setattr(app.store.people, "leave", overheard)
        await press(pilot, "4")
        await sees(pilot, MIA)
        await press(pilot, "down", "L")
        await sees(pilot, "1 active key may be known to mia: it goes on")
        await sees(pilot, "Revoked with the membership, as they connected it: “Codex” (called")
        await sees(pilot, "list_quotes, list_events and 1 more; last used now")
        await press(pilot, "escape", "up", "L")
        await sees(pilot, "Leave Acme Events")
        await press(pilot, "tab", "enter")
        await until(pilot, lambda: isinstance(app.screen, SignInScreen), "the sign-in")
        await sees(pilot, "You have left Acme Events.")
    assert {one.email for one in house.store.people.all(mia)} == {MIA}


async def test_members_see_who_is_here_and_verbs_say_why_not(house: House) -> None:
    house.add_member()
    app = console(house, email=MIA)
    async with opened(app, LARGE, shows="Only workspace admins and viewers") as pilot:
        await press(pilot, "4")
        await sees(pilot, "alice@acme.example")
        await sees(pilot, "Only workspace admins and viewers can see who may know which keys.")
        assert "Let go" not in screen_text(pilot).splitlines()[-1]
        await press(pilot, "n")
        await sees(pilot, "Only workspace admins can change who is here")
        house.store.people.leave(house.alice, MIA)
        await until(pilot, lambda: isinstance(app.screen, SignInScreen), "the sign-in")
        await sees(pilot, "You are not a member of Acme Events (any more).")


async def test_a_viewer_sees_what_an_admin_sees_and_is_told_why_nothing_changes(
    house: House,
) -> None:
    house.create("Website")
    house.add_member(MIA, Role.VIEWER)
    app = console(house, email=MIA)
    async with opened(app, LARGE, shows="VIEWER") as pilot:
        await sees(pilot, "Website")
        bottom = screen_text(pilot).splitlines()[-1]
        assert "Details" in bottom
        assert "Revoke" not in bottom
        await press(pilot, "X")
        await sees(pilot, "You are a viewer here: you look, and change nothing.")
        app.clear_notifications()
        await press(pilot, "enter", "escape", "3")
        await sees(pilot, "Website")
        await press(pilot, "4")
        await sees(pilot, "alice@acme.example")
        assert "Only workspace" not in screen_text(pilot)
        await press(pilot, "n")
        await sees(pilot, "You are a viewer here")
        house.store.people.set_role(house.alice, MIA, Role.ADMIN)
        await press(pilot, "1")
        app.look_again()
        await until(pilot, lambda: "VIEWER" not in screen_text(pilot), "what an admin may do")
        await sees(pilot, "X Revoke")
