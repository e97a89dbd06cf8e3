"""A key is used by a thief: stopped at once, understood, closed to other networks, and replaced.

All of it in the console, against a verifier in a process of its own.
"""

import asyncio
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from store.domain.key_string import Secret
from tests.console.driving import LARGE, console, opened, press, screen_text, sees, type_in, until
from tests.house import House
from tests.stories.desk import Desk
from tests.verifier.serving import API, serving

pytestmark = pytest.mark.anyio

OURS, THIEF = "203.0.113.7", "198.51.100.66"


@pytest.fixture
def here(own_house: House, tmp_path: Path) -> Iterator[Desk]:
    """Serve a store behind a proxy that says who calls."""
    with serving(own_house, tmp_path / "stderr", proxies=["127.0.0.1"]) as server:
        yield Desk(own_house, f"{server.address}{API}", tmp_path)


async def asked(here: Desk, key: Secret, address: str, agent: str = "billing/1") -> str:
    """Ask as somebody from elsewhere does; return what is answered: a code, or 200."""
    headers = {"X-Forwarded-For": address, "User-Agent": agent}
    answer = await asyncio.to_thread(
        partial(here.ask, "/availability", key.reveal(), headers=headers)
    )
    told: dict[str, Any] = answer.json()
    return "200" if answer.status_code == 200 else str(told["code"])


async def to_key(pilot: Pilot[None], name: str) -> None:
    """Go to a key by its name."""
    await press(pilot, "slash")
    await type_in(pilot, name)
    await press(pilot, "enter")
    await sees(pilot, "1 of 2 match")


async def test_a_leaked_key_is_stopped_looked_into_held_to_its_network_and_replaced(
    here: Desk,
) -> None:
    store, alice = here.house.store, here.house.alice
    leaked, other = here.house.create("Billing"), here.house.create("Reports")
    for issued in (leaked, other):
        store.keys.confirm(alice, issued.key.id)
        store.belonging.set_owner(alice, issued.key.id, "customer_42").unwaited()
        assert await asked(here, issued.secret, OURS) == "200"
    assert await asked(here, leaked.secret, THIEF, "curl/8") == "200"

    async with opened(console(here.house), LARGE, shows="Billing") as pilot:
        # One key press, for all that the customer has; the question names who uses them.
        await press(pilot, "asterisk", "p")
        await sees(pilot, "Stop 2 keys?")
        await press(pilot, "tab", "enter")
        await sees(pilot, "are stopped")
        for issued in (leaked, other):
            assert await asked(here, issued.secret, OURS) == "stopped"
        assert await asked(here, leaked.secret, THIEF, "curl/8") == "stopped"

        # Who would be refused is who used it from elsewhere: observed first, then enforced.
        await press(pilot, "escape")
        await to_key(pilot, "Billing")
        await press(pilot, "f")
        await type_in(pilot, "203.0.113.0/24")
        await press(pilot, "enter")
        await sees(pilot, "203.0.113.0/24, observing")
        await press(pilot, "f", "tab", "right", "enter")
        await sees(pilot, f"{THIEF} (curl/8), 1 request")
        await sees(pilot, "would have refused 1 caller")
        await press(pilot, "tab", "enter")
        await sees(pilot, "203.0.113.0/24, others are")

        # The owner gets a successor, which takes over network and owner, and is not stopped.
        await press(pilot, "r")
        await sees(pilot, "Rotate “Billing”")
        await press(pilot, "enter")
        await sees(pilot, "The new key of Billing is ready.")
        found = re.search(r"jw_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}", screen_text(pilot))
        assert found is not None, screen_text(pilot)
        successor = Secret(found[0])
        await press(pilot, "shift+tab", "enter", "enter")
        await until(pilot, lambda: "is ready" not in screen_text(pilot), "the reveal is left")
        assert await asked(here, successor, OURS) == "200"
        assert await asked(here, successor, THIEF, "curl/8") == "network"
        assert await asked(here, leaked.secret, THIEF, "curl/8") == "stopped"
        made = store.keys.show(alice, leaked.key.id).successor
        assert made is not None
        assert store.keys.show(alice, made).owner == "customer_42"

        # The stop is lifted for the other; what leaked stays stopped.
        await press(pilot, "escape", "slash")
        await type_in(pilot, "Reports")
        await press(pilot, "enter")
        await sees(pilot, "1 of 3 match")
        await press(pilot, "p")
        await sees(pilot, "Let “Reports” go on?")
        await press(pilot, "tab", "enter")
        await until(pilot, lambda: "let go on" in screen_text(pilot), "it is said")
    assert await asked(here, other.secret, OURS) == "200"
    assert await asked(here, leaked.secret, OURS) == "stopped"
