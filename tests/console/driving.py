"""Opening the console on a house and waiting for what it shows."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from textual import events
from textual.pilot import Pilot

from console.app import KeydeckApp
from console.launch_options import LaunchOptions
from console.tabs.keys import KeysTab
from console.tabs.tab import Tab
from console.widgets.key_table import KeyTable
from store.domain.key_string import Secret
from tests.house import PASSWORD, House

SMALL, LARGE = (80, 24), (140, 40)
PATIENCE = 60.0
"""Seconds: a machine that runs everything at once may take long, and what never comes fails."""


def console(
    house: House, *, email: str | None = "alice@acme.example", **more: object
) -> KeydeckApp:
    """Return the console on a house, signing in as somebody, or asking for None."""
    options = LaunchOptions(
        url=house.url,
        pepper_path=house.pepper_path,
        email=email,
        password=None if email is None else Secret(PASSWORD),
        **more,  # type: ignore[arg-type]
    )
    return KeydeckApp(options, house.clock)


async def until(pilot: Pilot[None], condition: Callable[[], object], what: str = "it") -> None:
    """Wait until a condition holds; fail with the screen's text when it does not."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        await pilot.pause(0.02)
        if condition():
            return
    raise AssertionError(f"never came: {what}\n{screen_text(pilot)}")


def screen_text(pilot: Pilot[None]) -> str:
    """Return what is on the screen, line by line."""
    app = pilot.app
    width, height = app.size
    lines = app.screen._compositor.render_strips()
    return "\n".join(
        "".join(segment.text for segment in line)[:width].rstrip() for line in lines[:height]
    )


async def sees(pilot: Pilot[None], text: str) -> None:
    """Wait until a text is on the screen."""
    await until(pilot, lambda: text in screen_text(pilot), text)


async def looked_again(pilot: Pilot[None]) -> None:
    """Wait until the open tab has read the store once more and drawn what it found.

    What was not to come of it has not come then: no pause proves that on a slow machine.
    """
    [tab] = [tab for tab in pilot.app.screen.query(Tab) if tab.display]
    reader, name = (tab._loader, "load") if isinstance(tab, KeysTab) else (tab, "read")
    read, begun = getattr(reader, name), []

    def counted(*given: object) -> object:
        begun.append(given)
        return read(*given)

    setattr(reader, name, counted)
    # Each is drawn before the next begins; the first of these may be one that was under way.
    await until(pilot, lambda: len(begun) > 1, "another look at the store")
    delattr(reader, name)
    await pilot.pause()


async def over(pilot: Pilot[None], group: str) -> None:
    """Wait until no worker of a group runs any more."""
    await pilot.pause()
    workers = pilot.app.workers
    await until(
        pilot,
        lambda: not [one for one in workers if one.group == group and one.is_running],
        f"the end of {group}",
    )


@asynccontextmanager
async def opened(
    app: KeydeckApp, size: tuple[int, int] = SMALL, *, shows: str = "API keys"
) -> AsyncIterator[Pilot[None]]:
    """Open the console and wait until it shows something."""
    async with app.run_test(size=size, notifications=True) as pilot:
        await sees(pilot, shows)
        yield pilot
        # What is drawn last is drawn for nobody else to look at.
        if app.is_running and app.screen_stack:
            screen_text(pilot)


def table(pilot: Pilot[None]) -> KeyTable:
    """Return the key table."""
    return pilot.app.screen.query_one(KeyTable)


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys, one after the other, each let to take effect."""
    for key in keys:
        await pilot.press(key)
        await pilot.pause()


def type_ahead(pilot: Pilot[None], key: str) -> None:
    """Press a key without waiting for anything."""
    named = {"space": " ", "at": "@", "full_stop": ".", "slash": "/", "enter": "\r", "up": None}
    named |= {"right": None, "down": None, "escape": "\x1b", "tab": "\t", "colon": ":"}
    character = named.get(key, key)
    pilot.app.post_message(events.Key(key, character))


async def type_in(pilot: Pilot[None], text: str) -> None:
    """Type a text as fast as somebody who pastes it: what it does is waited for at its end."""
    names = {" ": "space", "@": "at", ".": "full_stop", "-": "minus", "_": "underscore"}
    await pilot.press(*[names.get(char, char) for char in text])
    await pilot.pause()
