"""The tables of the catalogue: no entry is left out of them, and what they say of keys is bound."""

import importlib
import pkgutil

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import _character_to_key

import console.verbs.catalogue
from console.host import READ_ONLY, VIEWER
from console.screens.workspace import WorkspaceScreen
from console.tabs.activity import ActivityTab
from console.tabs.keys import KeysTab
from console.tabs.routes import RoutesTab
from console.verb import HelpEntry, Move, Verb
from console.verbs.catalogue import ENTRIES, ON_TAB
from console.verbs.catalogue.everywhere import EVERYWHERE, NEXT_TAB, PALETTE
from console.verbs.catalogue.keys import OFFERED
from console.widgets.key_table import KeyTable
from console.widgets.row_list import RowList

WHERE: dict[str, tuple[type[DOMNode], ...]] = {
    "keys": (KeyTable, KeysTab, WorkspaceScreen),
    "activity": (RowList, ActivityTab, WorkspaceScreen),
    "routes": (RowList, RoutesTab, WorkspaceScreen),
}
MOVES = [
    (tab, entry)
    for tab in WHERE
    for entry in (*ON_TAB[tab], *EVERYWHERE)
    # Of the first there are as many as tabs, the second is Textual's own.
    if isinstance(entry, Move) and entry not in (NEXT_TAB, PALETTE)
]


HIDDEN = {"people": {"c"}}
"""Keys of a tab that stand for something else everywhere: a role, and the calendar."""
MOVING = {"move", "page", "top", "bottom"}


def _declared() -> dict[str, HelpEntry]:
    room = console.verbs.catalogue
    modules = [
        importlib.import_module(f"{room.__name__}.{m.name}")
        for m in pkgutil.iter_modules(room.__path__)
    ]
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, HelpEntry)
    }


def _bound(where: type[DOMNode]) -> dict[str, str]:
    """Return the actions of a class's own bindings by their keys, as Textual spells them."""
    bindings = [one for one in where.BINDINGS if isinstance(one, Binding)]
    return {key: one.action for one in bindings for key in one.key.split(",")}


def _spelt(key: str) -> str:
    return _character_to_key(key) if len(key) == 1 else key


def test_whatever_a_file_of_the_catalogue_declares_is_in_it() -> None:
    forgotten = {name for name, entry in _declared().items() if entry not in ENTRIES}
    marked = {entry.marked for entry in ENTRIES if hasattr(entry, "marked")}
    assert {name for name in forgotten if _declared()[name] not in marked} == set()


def test_the_details_of_a_key_offer_whatever_has_an_offer() -> None:
    offers = [entry for entry in ENTRIES if isinstance(entry, Verb) and entry.offer is not None]
    assert set(OFFERED) == set(offers)


@pytest.mark.parametrize(("tab", "move"), MOVES, ids=[f"{move.id} on {tab}" for tab, move in MOVES])
def test_a_key_that_goes_somewhere_is_bound_to_it(tab: str, move: Move) -> None:
    assert any(_bound(where).get(_spelt(move.key)) == move.runs for where in WHERE[tab]), move.key


@pytest.mark.parametrize("tab", sorted(ON_TAB))
def test_a_key_stands_for_one_thing_on_a_tab(tab: str) -> None:
    own = [entry.key for entry in ON_TAB[tab] if entry.key]
    assert len(set(own)) == len(own), sorted(own)
    hidden = set(own) & {entry.key for entry in EVERYWHERE}
    assert hidden == HIDDEN.get(tab, set()), "it takes the place of what is there everywhere"


def test_being_a_viewer_withholds_what_changes_the_workspace_and_nothing_of_ones_own() -> None:
    for entry in ENTRIES:
        assert bool(entry.withheld(READ_ONLY)) == entry.changes, entry.id
        assert bool(entry.withheld(VIEWER)) == (entry.changes and not entry.own), entry.id
        assert not entry.withheld(""), entry.id
    assert {entry.id for entry in ENTRIES if entry.own} == {
        "accept-invitation",
        "own-password",
    }


def test_no_verb_has_a_key_that_moves_in_the_table() -> None:
    moves = {key for key, action in _bound(KeyTable).items() if action.split("(")[0] in MOVING}
    verbs = {_spelt(entry.key) for entry in (*ON_TAB["keys"], *EVERYWHERE) if entry.key}
    assert moves
    assert not moves & verbs
