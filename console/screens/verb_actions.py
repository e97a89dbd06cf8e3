"""What the keys do: each stands for a verb of the catalogue, or asks the open tab."""

from typing import TYPE_CHECKING, Any, cast

from textual import on
from textual.binding import Binding
from textual.screen import Screen

from console.tabs.tab import Tab
from console.textual_privates import DrawnWhole
from console.verb import Verb
from console.verbs.catalogue import ENTRIES, VERBS, pressed
from console.verbs.catalogue.everywhere import EVERYWHERE
from console.verbs.catalogue.keys import DETAILS
from console.verbs.kinds import (
    AboutVerb,
    ConnectionVerb,
    KeyVerb,
    ListVerb,
    PersonVerb,
    PlainVerb,
    RouteVerb,
    VerifierVerb,
)
from console.widgets.key_table import KeyTable
from console.widgets.leaving import MayLeave, is_leaving
from console.widgets.row_list import RowList
from console.widgets.styled_once import StyledOnce
from console.widgets.tab_bar import TabBar

if TYPE_CHECKING:
    from console.tabs.keys import KeysTab
    from console.verbs.run import Console

_SPELT = {"*": "asterisk"}
"""Keys that Textual names otherwise."""
_KEYS = sorted(
    {entry.key for entry in ENTRIES if isinstance(entry, Verb) and entry.key} - {"enter"}
)


class VerbActions(MayLeave, StyledOnce, DrawnWhole, Screen[None]):
    """A screen with tabs. A verb is done to what is current on the open one, or marked there."""

    BINDINGS = [  # noqa: RUF012
        Binding(_SPELT.get(key, key), f"press('{key}')", show=False) for key in _KEYS
    ]

    tabs: TabBar
    """Held, not sought: a flow may ask which is open while the screen is taken down."""

    busy = False
    """Whether it is not known yet whose workspace it is."""
    _gated = False
    """Whether the keys are closed to this person."""
    _may_revoke = False
    """Whether they may revoke all the same."""

    @property
    def console(self) -> "Console":
        """The App, for what may be asked of it."""
        return cast("Console", self.app)

    @property
    def at(self) -> str:
        """Which tab is open."""
        return self.tabs.open

    @property
    def tab(self) -> "KeysTab | None":
        """The keys tab, while it is open and open to this person."""
        from console.tabs.keys import KeysTab

        opened = self.opened
        return opened if isinstance(opened, KeysTab) else None

    @property
    def opened(self) -> Tab | None:
        """The open tab; None for the moment in which it is closed to this person, and then on."""
        found = (tab for tab in self.query(Tab) if tab.id == f"{self.at}-tab")
        return next((tab for tab in found if not is_leaving(tab)), None)

    def action_press(self, key: str) -> None:
        """Do what a key stands for on the open tab."""
        if self.busy:
            return
        at = self.at
        if at == "keys" and self._gated:
            at = "gated" if self._may_revoke else "closed"
        if (verb := pressed(at, key)) is not None:
            self.do(verb)

    def action_verb(self, name: str) -> None:
        """Do what a verb says, which is named by its id."""
        self.do(VERBS[name])

    def do(self, verb: Verb[Any]) -> None:
        """Do what a verb says to what it is done to; say it where there is nothing of that kind."""
        match verb:
            case KeyVerb():
                self._to_key(verb)
            case ListVerb() if self.tab is not None:
                self.console.verbs.start(verb, self.tab)
            case AboutVerb():
                self.console.verbs.start(verb, self.tab.current if self.tab else None)
            case PersonVerb():
                self._to_person(verb)
            case ConnectionVerb():
                self._to_connection(verb)
            case RouteVerb():
                self._to_route(verb)
            case VerifierVerb():
                self._to_verifier(verb)
            case PlainVerb() if verb in EVERYWHERE or self._is_open():
                self.console.verbs.start(verb, None)

    def _is_open(self) -> bool:
        opened = self.opened
        return opened is not None and not opened.refuses()

    def _to_key(self, verb: KeyVerb) -> None:
        tab, console = self.tab, self.console
        if tab is None:
            return
        if tab.table.marked and verb.marked is not None:
            if isinstance(verb.marked, str):
                console.say(verb.marked)
            else:
                console.verbs.start(verb.marked, tab)
        elif verb is DETAILS and tab.focus_pane():
            # It shows them already: there is only to scroll.
            return
        elif tab.current is not None:
            console.verbs.start(verb, tab.current)
        elif tab.query_now.terms:
            console.say("No key matches the filter. Esc clears it.")
        else:
            makes = "" if console.looks_only else " n makes one."
            console.say(f"There is no key here yet.{makes}")

    def _to_person(self, verb: PersonVerb) -> None:
        from console.tabs.people import PeopleTab

        tab = self.opened
        if not isinstance(tab, PeopleTab):
            return
        leaver, member = tab.leaver, tab.member
        if leaver is not None and verb.of_leaver is not None:
            self.console.verbs.start(verb.of_leaver(leaver), leaver)
        elif leaver is not None:
            shows = "goes on with" if leaver.finished_at is None else "shows what became of"
            self.console.say(f"{leaver.name} has left. enter {shows} the keys they may know.")
        elif not tab.refuses() and member is not None:
            self.console.verbs.start(verb, member)

    def _to_connection(self, verb: ConnectionVerb) -> None:
        from console.tabs.connections import ConnectionsTab

        tab = self.opened
        if not isinstance(tab, ConnectionsTab) or tab.refuses():
            return
        if tab.current is not None:
            self.console.verbs.start(verb, tab.current)
        else:
            self.console.say("No assistant is connected yet. n shows how one is.")

    def _to_route(self, verb: RouteVerb) -> None:
        from console.tabs.routes import RoutesTab

        tab = self.opened
        if not isinstance(tab, RoutesTab) or tab.refuses():
            return
        if tab.current is not None:
            self.console.verbs.start(verb, tab.current)
        else:
            self.console.say("There is no route here.")

    def _to_verifier(self, verb: VerifierVerb) -> None:
        from console.tabs.verifiers import VerifiersTab

        tab = self.opened
        if isinstance(tab, VerifiersTab) and not tab.refuses() and tab.current is not None:
            self.console.verbs.start(verb, tab.current)

    @on(KeyTable.Opened)
    @on(RowList.Opened)
    def _row_opened(self) -> None:
        self.action_press("enter")

    def action_filter(self) -> None:
        """Go to the open tab's filter."""
        if self.opened is not None:
            self.opened.action_filter()

    def action_open(self) -> None:
        """Open the current row of the open tab."""
        if self.opened is not None:
            self.opened.action_open()

    def action_to_list(self) -> None:
        """Go back from the filter or the pane to the list."""
        if self.tab is not None:
            self.tab.to_list()

    def action_clear_filter(self) -> None:
        """Show every key again."""
        if self.tab is not None:
            self.tab.action_clear()

    def action_sign_ins(self) -> None:
        """List who came in too, or leave it out again."""
        from console.tabs.activity import ActivityTab

        if isinstance(self.opened, ActivityTab):
            self.opened.action_sign_ins()

    def action_sort(self) -> None:
        """Sort by the next column."""
        if self.tab is not None:
            self.tab.action_sort()

    def action_mark(self) -> None:
        """Mark the current key."""
        if self.tab is not None:
            self.tab.table.action_mark()
