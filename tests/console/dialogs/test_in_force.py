"""The receipt of a revocation in the console: who is waited for, live, and what comes after."""

import asyncio

import pytest

from console import propagation
from store.domain.keys import State
from tests.console.driving import console, opened, press, screen_text, sees, type_in, until
from tests.house import House
from tests.running import applying, confirm, tell

pytestmark = [pytest.mark.anyio, pytest.mark.postgres_only]


@pytest.fixture
def anyio_backend() -> str:
    """Textual runs on asyncio."""
    return "asyncio"


async def test_the_receipt_names_a_straggler_and_counts_up_until_it_has_confirmed(
    house: House,
) -> None:
    tell(house.store.database, "web-2", lease_ms=10_000)
    key_id = house.create().key.id
    house.store.keys.confirm(house.alice, key_id)
    app = console(house)
    async with opened(app, shows="Website") as pilot:
        await press(pilot, "X")
        await sees(pilot, "Revoke “Website”")
        await type_in(pilot, "Website")
        await press(pilot, "enter")
        await sees(pilot, "committed 12:00:00.000 · in force on 0 of 1 verifiers")
        await sees(pilot, "waiting for web-2 (4711): its lease ends in")
        assert house.store.keys.show(house.alice, key_id).state(0) is State.REVOKED
        confirm(house.store.database, "web-2")
        await sees(pilot, "committed 12:00:00.000 · in force on 1 of 1 verifiers after")
        await press(pilot, "escape")
        await until(pilot, lambda: "Close" not in screen_text(pilot), "the workspace")
        # Left before it is known, the rest is said by itself.
        confirm(house.store.database, "web-2")
        other = house.create("Zapier").key.id
        house.store.keys.confirm(house.alice, other)
        await sees(pilot, "Zapier")
        await press(pilot, "home", "X")
        await sees(pilot, "Revoke “Zapier”")
        await type_in(pilot, "Zapier")
        await press(pilot, "enter")
        await sees(pilot, "waiting for web-2")
        await press(pilot, "escape")
        await sees(pilot, "“Zapier” is revoked: waiting for web-2 (4711): its lease ends in")
        confirm(house.store.database, "web-2")
        await sees(pilot, "“Zapier” is revoked: committed 12:00:00.000 UTC, in force on 1 of 1")
    app.store.close()
    actions = [entry.action for entry in house.store.audit_trail.newest(house.alice, limit=20)]
    assert actions.count("key.in_force") == 2


async def test_what_nobody_would_notice_waiting_for_is_said_in_passing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(propagation, "SOON_S", 5.0)
    tell(house.store.database, "web-2", lease_ms=10_000)
    house.store.keys.confirm(house.alice, house.create().key.id)
    app = console(house)
    async with opened(app, shows="Website") as pilot:
        await press(pilot, "X")
        await sees(pilot, "Revoke “Website”")
        await type_in(pilot, "Website")
        with applying(house, "web-2"):
            await press(pilot, "enter")
            await sees(
                pilot,
                "“Website” is revoked: committed 12:00:00.000 UTC, in force on 1",
            )
        assert "Close" not in screen_text(pilot)
    app.store.close()


async def test_the_console_may_be_left_while_a_verifier_is_waited_for_and_keeps_until_when(
    house: House,
) -> None:
    tell(house.store.database, "web-2", lease_ms=10_000)
    house.store.keys.confirm(house.alice, house.create().key.id)
    app = console(house)
    # What a worker raises while the console is taken down would be raised here.
    async with opened(app, shows="Website") as pilot:
        await press(pilot, "X")
        await sees(pilot, "Revoke “Website”")
        await type_in(pilot, "Website")
        await press(pilot, "enter")
        await sees(pilot, "waiting for web-2")
        await press(pilot, "escape")
        await until(pilot, lambda: "Close" not in screen_text(pilot), "the workspace")
    # As the process does before it ends.
    await asyncio.get_running_loop().shutdown_default_executor()
    [last] = app.last_words
    assert "is revoked: committed 12:00:00.000 UTC. The wait was cut short: in force by" in last
    kept = house.store.audit_trail.newest(house.alice, limit=1)[0]
    assert (kept.action, kept.details["in_force_at"]) == ("key.in_force", None)
    assert [one["how"] for one in kept.details["verifiers"]] == ["waiting"]
    app.store.close()
