"""Accepting another workspace's invitation in the console."""

import pytest

from console.screens.workspace import WorkspaceScreen
from store.domain.people import Role
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


async def test_who_vouches_is_said_before_an_invitation_is_accepted_and_then_one_is_there(
    house: House,
) -> None:
    code = house.store.people.add(house.bob, house.alice.email, "Alice", Role.MEMBER).code
    app = console(house)
    async with opened(app, SMALL) as pilot:
        await press(pilot, "ctrl+p")
        await type_in(pilot, "accept an inv")
        await sees(pilot, "to another workspace, with its code")
        await press(pilot, "enter")
        await sees(pilot, "is shown")
        await type_in(pilot, "AAAAA-BBBBB")
        await press(pilot, "enter")
        await sees(pilot, "wrong, used or out of date")
        house.clock.advance(60_000)
        await type_in(pilot, code.reveal())
        await press(pilot, "enter")
        await sees(pilot, "bob@bolt.example vouches for you as a member of Bolt Catering.")
        assert code.reveal() not in screen_text(pilot)
        assert house.store.people.all(house.bob)[0].enrolled is False
        await press(pilot, "tab", "enter")
        there = house.bob.workspace_id
        await until(pilot, lambda: app.actor.workspace_id == there, "the other workspace")
        assert isinstance(app.screen, WorkspaceScreen)
