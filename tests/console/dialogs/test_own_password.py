"""Changing one's password in the console: refused, it is asked again; nothing typed is drawn."""

import pytest

from store.domain.key_string import Secret
from tests.console.driving import SMALL, console, opened, press, screen_text, sees, type_in
from tests.house import PASSWORD, House

pytestmark = pytest.mark.anyio


async def test_a_password_is_changed_where_the_one_of_now_is_known_and_the_new_one_typed_twice(
    house: House,
) -> None:
    async with opened(console(house), SMALL) as pilot:
        await press(pilot, "ctrl+p")
        await type_in(pilot, "your password")
        await press(pilot, "enter")
        await sees(pilot, "Once more")
        for typed in ("wrong one", "another one", "another two"):
            await type_in(pilot, typed)
            await press(pilot, "enter")
        await sees(pilot, "The two passwords differ")
        for typed in ("another one", "another one"):
            await type_in(pilot, typed)
            assert typed not in screen_text(pilot)
            await press(pilot, "enter")
        await sees(pilot, "That is not your password of now.")
        house.clock.advance(1000)
        for typed in (PASSWORD, "another one", "another one"):
            await type_in(pilot, typed)
            await press(pilot, "enter")
        await sees(pilot, "Your password is another one now.")
    house.store.sign_in.sign_in(house.alice.email, Secret("another one"), "acme-events")
