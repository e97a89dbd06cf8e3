"""b says whom keys belong to and labels them, with what there is already completed."""

import threading

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from console.text.label_words import read, written
from store.domain.listing import Sort, View
from store.domain.people import Actor
from store.domain.stops import StopKind, Target
from store.errors import Invalid
from store.service.belonging import BelongingService
from store.service.keys import NewKey
from tests.console.driving import (
    PATIENCE,
    SMALL,
    console,
    opened,
    press,
    screen_text,
    sees,
    type_ahead,
    until,
)
from tests.house import House, granted_scopes

pytestmark = pytest.mark.anyio


async def test_b_completes_an_owner_and_labels_and_says_that_the_key_is_stopped_with_it(
    house: House,
) -> None:
    store, alice = house.store, house.alice
    labels = {"team": "north", "tier": "gold"}
    there = NewKey("Billing", granted_scopes("events:read"), None, None, (), "customer_42", labels)
    store.keys.create(alice, there)
    store.stops.stop(alice, [Target(StopKind.OWNER, "customer_42")]).unwaited()
    key = house.create("Website").key
    async with opened(console(house), SMALL, shows="Website") as pilot:
        await press(pilot, "down", "b")
        await sees(pilot, "Whose “Website” is")
        await press(pilot, *"cust")
        await sees(pilot, "customer_42")
        await press(pilot, "right", "tab", *"env=prod ti")
        await sees(pilot, "env=prod tier=gold")
        await press(pilot, "right", "enter")
        await sees(pilot, "belongs to customer_42")
        changed = store.keys.show(alice, key.id)
        assert (changed.owner, changed.labels) == ("customer_42", {"env": "prod", "tier": "gold"})
        await press(pilot, "b", "tab", "end", *" env")
        await press(pilot, "enter")
        await sees(pilot, "Write a label as name=value")


async def test_marked_keys_are_labelled_together_and_the_owner_of_each_stays(house: House) -> None:
    store, alice = house.store, house.alice
    keys = [house.create(name).key.id for name in ("One", "Two")]
    store.belonging.set_owner(alice, keys[0], "mia").unwaited()
    async with opened(console(house), SMALL, shows="Two") as pilot:
        await press(pilot, "asterisk", "b")
        await sees(pilot, "Whose are 2 keys")
        await press(pilot, "tab", *"tier=gold", "enter")
        await sees(pilot, "Label 2 keys: 2 of 2 done.")
    changed = [store.keys.show(alice, key_id) for key_id in keys]
    assert [(key.owner, key.labels) for key in changed] == [
        ("mia", {"tier": "gold"}),
        (None, {"tier": "gold"}),
    ]


async def test_sorted_by_owner_one_heads_all_that_belongs_to_it(house: House) -> None:
    store, alice = house.store, house.alice
    for name, owner in (("One", "mia"), ("Two", "mia"), ("Three", "ben"), ("Four", None)):
        key = house.create(name).key
        store.belonging.set_owner(alice, key.id, owner).unwaited()
    store.key_views.keep(alice, View("", Sort.OWNER))
    async with opened(console(house), SMALL, shows="Four") as pilot:

        def heads() -> list[str]:
            rows = [row for row in screen_text(pilot).splitlines() if "Unconfirmed" in row]
            return [row[2:].partition("◌")[0].strip() for row in rows]

        await until(pilot, lambda: heads() == ["ben", "mia", "", "-"])
        # The current row says it too: it may be far below its head.
        await press(pilot, "down", "down")
        await until(pilot, lambda: heads() == ["ben", "mia", "mia", "-"])


async def test_the_filter_offers_owners_and_labels_that_there_are(house: House) -> None:
    store, alice = house.store, house.alice
    key = house.create("Website").key
    async with opened(console(house), SMALL, shows="Website") as pilot:
        store.belonging.set_both(alice, key.id, "Mia GmbH", {"tier": "gold"}).unwaited()
        await press(pilot, "slash", *"label:t")
        await sees(pilot, "tab: label:tier  label:tier=gold")
        await press(pilot, *(["backspace"] * 7), *"for:M")
        await sees(pilot, 'tab: for:"Mia GmbH"')
        await press(pilot, "tab", "enter")
        await sees(pilot, "1 of 1 match")


async def test_a_key_that_takes_what_is_offered_waits_until_that_is_known(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, alice = house.store, house.alice
    house.create("Website")
    store.belonging.set_owner(alice, house.create("Theirs").key.id, "customer_42").unwaited()
    known, offered = threading.Event(), BelongingService.offered

    def slow(self: BelongingService, actor: Actor, begun: str) -> object:
        assert known.wait(PATIENCE)
        return offered(self, actor, begun)

    monkeypatch.setattr(BelongingService, "offered", slow)
    async with opened(console(house), SMALL, shows="Website") as pilot:
        filtering = ("escape", "slash", *"for", "colon", *"cust", "tab")
        for typed in (("down", "b", *"cust", "right"), filtering):
            known.clear()
            for one in typed:
                type_ahead(pilot, one)
            held = typed[-1]
            await until(pilot, lambda: _typed(pilot).endswith("cust"), "what was typed")
            # All that could be handled is.
            await pilot.pause()
            assert _typed(pilot).endswith("cust"), held
            known.set()
            await until(pilot, lambda: _typed(pilot).endswith("customer_42"), held)


def _typed(pilot: Pilot[None]) -> str:
    field = pilot.app.focused
    return field.value if isinstance(field, Input) else ""


def test_labels_are_read_as_they_are_written() -> None:
    labels = {"env": "prod", "team": "north pole", "who": "o'hara # 7"}
    assert read(written(labels)) == [f"{name}={value}" for name, value in labels.items()]
    with pytest.raises(Invalid, match="not closed"):
        read('team="north')
