"""The filter as it is typed: what it offers, explains, keeps, and never keeps."""

import re
import threading
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert, select
from textual.pilot import Pilot
from textual.widgets import Input, Static

from console.tabs.key_loader import KeyLoader, Snapshot
from console.text import badges
from console.text.badges import Badge
from console.widgets.filter_bar import FilterBar
from store.domain.filtering import meant, terms
from store.domain.listing import Sort, View
from store.persistence.repositories import key_pages
from store.persistence.schema import keys as key_rows
from store.service.key_views import KeyViewService
from tests.console.driving import (
    PATIENCE,
    console,
    looked_again,
    opened,
    over,
    press,
    screen_text,
    sees,
    table,
    type_ahead,
    type_in,
    until,
)
from tests.house import House

pytestmark = pytest.mark.anyio


async def test_terms_are_offered_completed_and_explained_where_they_are_typed(
    house: House,
) -> None:
    house.create("Website")
    house.create("Old site")
    house.store.keys.revoke(house.alice, "Old site")
    async with opened(console(house), shows="Old site") as pilot:
        await press(pilot, "slash")
        await sees(pilot, "words  -not  state:")
        await type_in(pilot, "state:")
        await sees(pilot, "tab: state:active  state:expired  state:revoked")
        await sees(pilot, "Website")
        await type_in(pilot, "r")
        await press(pilot, "tab")
        await sees(pilot, "1 of 2 match")
        await until(pilot, lambda: "Website" not in screen_text(pilot), "the filtered list")
        await type_in(pilot, " expires:14d")
        await sees(pilot, "expires: takes < or > and a time: expires:<14d")
        assert pilot.app.screen.query_one("#filter-help").has_class("wrong")
        await press(pilot, "enter")
        # What is listed would not be what the line says: the line is not left.
        assert isinstance(pilot.app.focused, Input)
        await press(pilot, "escape")
        await sees(pilot, "Website")
        await press(pilot, "slash")
        await type_in(pilot, "scope:evnts")
        await sees(pilot, "No resource “evnts” here: availability, events, quotes.")
        await press(pilot, "escape", "slash")
        await type_in(pilot, "scope:events:delete")
        await sees(pilot, "No “delete” of events here: read, write.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("exipres:<14d", "No “exipres:”. Write expires:, or quotes. Left out."),
        (
            "expires:soon",
            "expires: takes < or > and a time: expires:<30d, expires:never.",
        ),
    ],
)
async def test_a_term_that_makes_no_sense_is_left_out_wherever_it_stands(
    house: House, text: str, said: str
) -> None:
    house.create("Website")
    house.create("Zapier")
    async with opened(console(house), shows="Zapier") as pilot:
        await press(pilot, "slash")
        field = pilot.app.screen.query_one(FilterBar).field
        field.value = text
        await sees(pilot, said)
        assert {"Website", "Zapier"} == {key.name for key in table(pilot)._window}
        field.value = f"{text} zap"
        await sees(pilot, "1 of 2 match")
        field.value = f"zap {text}"
        await sees(pilot, said)
        await until(pilot, lambda: house.store.key_views.of(house.alice).filter == "zap", "kept")
        await until(pilot, lambda: [key.name for key in table(pilot)._window] == ["Zapier"], "one")


async def test_a_term_that_is_only_begun_is_wrong_once_it_is_entered(house: House) -> None:
    house.create("Website")
    async with opened(console(house), shows="Website") as pilot:
        await press(pilot, "slash")
        await type_in(pilot, "state:")
        line = pilot.app.screen.query_one("#filter-help")
        assert not line.has_class("wrong")
        await press(pilot, "enter")
        assert line.has_class("wrong")
        await sees(pilot, "state: takes active, expired, revoked.")


async def test_filter_and_order_outlive_the_console_for_each_person(house: House) -> None:
    for name in ("Website", "Webhook", "Zapier"):
        house.create(name)
    async with opened(console(house), shows="Zapier") as pilot:
        await press(pilot, "o", "O", "slash")
        await type_in(pilot, "web")
        await press(pilot, "enter")
        await sees(pilot, "2 of 3 match")
        await until(pilot, lambda: house.store.key_views.of(house.alice).filter == "web", "kept")
    async with opened(console(house), shows="Webhook") as pilot:
        await sees(pilot, "2 of 3 match")
        await sees(pilot, "Only keys that match are listed. Esc shows every key.")
        await sees(pilot, "Name ▼")
        await until(pilot, lambda: "Zapier" not in screen_text(pilot), "the filter")
        assert [key.name for key in table(pilot)._window] == ["Website", "Webhook"]
        await press(pilot, "escape")
        await sees(pilot, "Zapier")
        await until(pilot, lambda: house.store.key_views.of(house.alice).filter == "", "kept")
    assert house.store.key_views.of(house.alice).sort is Sort.NAME


async def test_how_one_looked_last_does_not_replace_what_is_typed_meanwhile(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.create("Website")
    house.create("Zapier")
    house.store.key_views.keep(house.alice, View("web", Sort.NAME, descending=False))
    go_on, known = threading.Event(), KeyLoader.known

    def slow(self: KeyLoader) -> object:
        found = known(self)
        go_on.wait(PATIENCE)
        return found

    monkeypatch.setattr(KeyLoader, "known", slow)
    async with opened(console(house)) as pilot:
        await until(pilot, lambda: pilot.app.screen.query("#filter"), "the filter")
        await press(pilot, "slash")
        await type_in(pilot, "zap")
        go_on.set()
        await sees(pilot, "1 of 2 match")
        assert "Zapier" in screen_text(pilot)
        assert "Website" not in screen_text(pilot)


async def test_how_one_looked_last_is_read_and_not_written_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.create("Website")
    house.store.key_views.keep(house.alice, View("web", Sort.NAME, descending=True))
    written: list[View] = []
    monkeypatch.setattr(KeyViewService, "keep", lambda self, actor, view: written.append(view))
    async with opened(console(house), shows="1 of 1 match") as pilot:
        await over(pilot, "keep")
        assert written == []
        await press(pilot, "o")
        await until(pilot, lambda: len(written) == 1, "kept once it is another")


async def test_of_a_whole_key_that_is_pasted_only_the_id_is_seen_and_kept(house: House) -> None:
    issued = house.create("Website")
    house.create("Zapier")
    secret = issued.secret.reveal()
    async with opened(console(house), shows="Zapier") as pilot:
        await press(pilot, "slash")
        pilot.app.screen.query_one(FilterBar).field.insert_text_at_cursor(secret)
        await sees(pilot, "1 of 2 match")
        assert secret[16:] not in screen_text(pilot)
        shown = f"jw_{issued.key.id}"
        await until(pilot, lambda: house.store.key_views.of(house.alice).filter == shown, "kept")


async def _sorted_by(pilot: Pilot[None], title: str) -> None:
    # Where there is no room the arrow stands close.
    await until(pilot, lambda: re.search(f"{title} ?▲", screen_text(pilot)), title)


async def test_every_order_is_shown_above_its_column_and_a_click_turns_it(house: House) -> None:
    house.create("Website")
    async with opened(console(house), (60, 24), shows="Website") as pilot:
        for title in ("Name", "Key", "Scopes", "Expires", "Last used", "Created", "State"):
            await press(pilot, "o")
            await _sorted_by(pilot, title)
        await pilot.click("KeyHeader", offset=(4, 0))
        await sees(pilot, "State ▼")
        await pilot.click("KeyHeader", offset=(20, 0))
        await sees(pilot, "Name ▲")


async def test_a_verb_typed_ahead_waits_for_the_list_that_was_asked_for(house: House) -> None:
    for name in ("Accounting", "Partner portal"):
        house.create(name)
    app = console(house)
    async with opened(app, shows="Partner portal") as pilot:
        assert (current := table(pilot).current) is not None
        assert current.name == "Accounting"
        for key in ("slash", *"part", "enter", "r"):
            type_ahead(pilot, key)
        await sees(pilot, "Rotate “Partner portal”")


async def test_more_than_were_counted_are_said_to_be_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_pages, "LOOKED_AT", 90)
    for number in range(120):
        house.create(f"Key {number:03}")
    async with opened(console(house), shows="Key 001") as pilot:
        await press(pilot, "slash")
        await type_in(pilot, "-scope:quotes")
        await sees(pilot, "+ of 120 match")


async def test_a_word_of_the_table_is_completed_to_what_finds_it(house: House) -> None:
    house.create("Website")
    house.create("Old site")
    house.store.keys.revoke(house.alice, "Old site")
    async with opened(console(house), shows="Old site") as pilot:
        await press(pilot, "slash")
        await until(pilot, lambda: "1 active" not in screen_text(pilot), "room for the filter")
        await type_in(pilot, "revoked")
        await sees(pilot, "Did you mean state:revoked?")
        await press(pilot, "tab")
        await sees(pilot, "1 of 2 match")
        assert table(pilot).current is not None


async def test_a_filter_that_finds_nothing_greets_nobody(house: House) -> None:
    house.create("Website")

    def is_kept(text: str) -> bool:
        return house.store.key_views.of(house.alice).filter == text

    for text, kept in (("Web", "Web"), ("nobody", "")):
        async with opened(console(house), shows="Website") as pilot:
            await press(pilot, "slash")
            await type_in(pilot, text)
            await sees(pilot, "1 of 1 match" if kept else "No key matches")
            await press(pilot, "enter")
            await until(pilot, partial(is_kept, kept), "what is kept")


async def test_what_an_older_filter_did_not_find_is_not_said_of_the_list(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.create("Website")
    begun, go_on, load = threading.Event(), threading.Event(), KeyLoader.load

    def slow(self: KeyLoader, *given: Any) -> Snapshot:
        found = load(self, *given)
        if not found.total:
            begun.set()
            go_on.wait(PATIENCE)
        return found

    monkeypatch.setattr(KeyLoader, "load", slow)
    async with opened(console(house), shows="Website") as pilot:
        nothing = pilot.app.screen.query_one("#nothing", Static)
        said: list[str] = []
        monkeypatch.setattr(nothing, "update", said.append)
        await press(pilot, "slash")
        await type_in(pilot, "nobody")
        await until(pilot, begun.is_set, "a list without keys")
        await press(pilot, "escape")
        go_on.set()
        await looked_again(pilot)
        await sees(pilot, "Website")
        assert said == []


def test_every_word_that_the_table_has_for_a_state_is_understood() -> None:
    words = {badge.word.lower() for badge in vars(badges).values() if isinstance(badge, Badge)}
    assert len(words) >= 9
    for word in words:
        said = meant(word)
        assert said is not None, word
        assert terms(said)


async def test_end_leads_to_the_last_key_of_more_than_were_counted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_pages, "COUNTED", 20)
    house.create("Key")
    with house.store.database.writing() as connection:
        row = dict(connection.execute(select(key_rows)).mappings().one())
        others = [
            row | {"id": f"{one:012}", "name": f"Key {one}", "name_folded": f"key {one}"}
            for one in range(100, 350)
        ]
        connection.execute(insert(key_rows), others)
    async with opened(console(house), shows="20+ active") as pilot:
        await press(pilot, "end")
        await sees(pilot, "Key 349")
        await until(pilot, lambda: table(pilot).cursor == 250, "the last row")
