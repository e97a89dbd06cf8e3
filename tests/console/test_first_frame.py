"""Between a guest's first frame and their sign-in nothing is done; what is seen may be taken."""

import threading
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual._compositor import LayoutUpdate
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from console.app import KeydeckApp
from console.screens.workspace import WorkspaceScreen
from console.widgets.hint_bar import HintBar
from console.widgets.key_details import KeyDetails
from console.widgets.key_header import KeyHeader
from console.widgets.key_table import KeyTable
from console.widgets.tab_bar import TabBar
from store.domain.audit.actions import Action
from store.domain.people import Role
from store.persistence.database import limits
from tests.console.driving import LARGE, console, opened, screen_text, until
from tests.house import House
from tests.invariants.prepared import public_key

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def looked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Pilot[None], Callable[[], None]]]:
    """Open the console for a guest, who has seen a key but not come in until that is let be."""
    house.create("Website")
    go_on = threading.Event()
    # Whatever the machine does meanwhile, and however soon an order would be kept.
    monkeypatch.setattr("console.loading.LOOK_WITHIN", 60)
    monkeypatch.setattr("console.tabs.keys.KEEP_AFTER", 0)
    monkeypatch.setattr("console.app.load_store", go_on.wait)
    key = house.store.ssh_keys.add(house.alice.email, public_key(house)).came_by
    app = console(house, email=None, guest=house.alice.person_id, ssh_key=key)
    try:
        async with opened(app, LARGE, shows="Website") as pilot:
            yield pilot, go_on.set
    finally:
        go_on.set()


def said(pilot: Pilot[None]) -> str:
    """Return what is said of the current key in full, beside the list."""
    return str(pilot.app.screen.query_one(KeyDetails).query_one(Static).content)


def sign_ins(house: House) -> int:
    with house.store.database.reading() as connection:
        asked = "SELECT count(*) FROM audit WHERE action = ?"
        given = (Action.PERSON_SIGNED_IN_OVER_SSH.value,)
        return int(connection.exec_driver_sql(asked, given).scalar_one())


async def test_before_a_sign_in_is_written_down_nothing_is_done_and_no_key_opened(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with looked(house, monkeypatch) as (pilot, go_on):
        screen, before = pilot.app.screen, house.store.revision()
        assert isinstance(screen, WorkspaceScreen)
        await pilot.click(KeyTable, offset=Offset(20, 0), times=2)
        for where, column in ((KeyHeader, 24), (TabBar, 20), (HintBar, 2)):
            await pilot.click(where, offset=Offset(column, 0))
        await pilot.press("n")
        await pilot.pause(0.1)
        assert (pilot.app.screen, screen.at, screen.busy) == (screen, "keys", True)
        assert not said(pilot)
        assert (sign_ins(house), house.store.revision()) == (0, before)
        go_on()
        await until(pilot, lambda: pilot.app.screen is not screen, "the dialog that was asked for")
        assert sign_ins(house) == 1
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen and said(pilot), "the details")


@pytest.mark.usefixtures("every_frame")
async def test_the_first_frame_is_all_of_the_screen_and_nothing_was_styled_twice_for_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    display, style = KeydeckApp._display, Stylesheet.update_nodes

    def noted(app: KeydeckApp, screen: Screen[object], update: Any) -> None:
        # During a batch Textual draws, and shows nothing of it.
        if isinstance(screen, WorkspaceScreen) and update is not None and not app._batch_count:
            done.append(type(update).__name__)
        display(app, screen, update)

    def styled(sheet: Stylesheet, nodes: Iterable[DOMNode], animate: bool = False) -> None:
        some = list(nodes)
        if any(isinstance(node, WorkspaceScreen) for node in some):
            done.append("styles")
        style(sheet, some, animate)

    monkeypatch.setattr(KeydeckApp, "_display", noted)
    monkeypatch.setattr(Stylesheet, "update_nodes", styled)
    async with looked(house, monkeypatch) as (pilot, _):
        assert done[0] == LayoutUpdate.__name__
        assert "styles" not in done
        assert not pilot.app.screen_stack[0].children, "nobody sees what is under it"


def left(house: House) -> None:
    with house.store.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM memberships")


def invited_anew(house: House) -> None:
    with house.store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE people SET account_id = NULL")


def demoted(house: House) -> None:
    with house.store.database.writing() as connection:
        asked = "UPDATE memberships SET role = ?"
        connection.exec_driver_sql(asked, (Role.MEMBER.value,))


def without_their_key(house: House) -> None:
    house.store.ssh_keys.remove(house.store.ssh_keys.all()[0].fingerprint)


@pytest.mark.parametrize("otherwise", [left, without_their_key, invited_anew, demoted])
async def test_what_was_seen_is_taken_away_from_whoever_may_not_see_it_by_then(
    house: House, monkeypatch: pytest.MonkeyPatch, otherwise: Callable[[House], None]
) -> None:
    async with looked(house, monkeypatch) as (pilot, go_on):
        otherwise(house)
        go_on()
        await until(
            pilot,
            lambda: pilot.app.return_code == 3 or "Website" not in screen_text(pilot),
            "the end of the rows",
        )
        assert (pilot.app.return_code == 3) == (otherwise in (left, without_their_key))


async def test_a_store_that_is_too_busy_to_write_a_sign_in_down_ends_the_console(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BUSY_TIMEOUT_MS", 100)
    async with looked(house, monkeypatch) as (pilot, go_on):
        with house.store.database.writing():
            go_on()
            await until(pilot, lambda: pilot.app.return_code == 1, "the refusal")
    assert sign_ins(house) == 0
