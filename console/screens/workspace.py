"""The workspace: where one is, the tabs, and what the keys do."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Input, Static

from console.host import READ_ONLY, VIEWER
from console.screens.hints import TABS, bar, help_on
from console.screens.verb_actions import VerbActions
from console.tabs.tab import Tab
from console.text.safe import safe
from console.verb import HelpEntry
from console.verbs.catalogue import ON_TAB
from console.verbs.catalogue.everywhere import FIND, REVOKE_ANY
from console.widgets.hint_bar import HintBar
from console.widgets.leaving import is_leaving, still
from console.widgets.tab_bar import TabBar
from console.widgets.top_bar import TopBar
from store.domain.key_string import Secret
from store.domain.keys import Note
from store.domain.people import LOOKING, Plan, Role
from store.errors import KeydeckError, NotAMember, PlanRequired, StoreUnusable

if TYPE_CHECKING:
    from console.tabs.activity import ActivityTab
    from console.tabs.keys import KeysTab
    from console.tabs.polling_tab import PollingTab
    from store.domain.people import Workspace
    from store.operations.first_look import FirstLook


DRAWN_WITHIN = 0.5
"""Seconds after which a first look is waited for no more: something may cover it."""
STEPS = "Try  n make a key → enter look → r rotate it → w why refused → X end it"
"""What a demonstration is for, in an order that can be followed."""


class WorkspaceScreen(VerbActions):
    """The signed-in person's workspace."""

    BINDINGS = [  # noqa: RUF012
        Binding("1", "tab('keys')", "API keys", show=False),
        Binding("2", "tab('connections')", "Connections", show=False),
        Binding("3", "tab('activity')", "Activity", show=False),
        Binding("4", "tab('people')", "People", show=False),
        Binding("5", "tab('verifiers')", "Verifiers", show=False),
        Binding("6", "tab('routes')", "Routes", show=False),
        Binding("question_mark,f1", "help", "Help", show=False),
        Binding("q", "app.quit", "Quit", show=False),
    ]

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide"), (136, "-ample"), (170, "-roomy")]  # noqa: RUF012

    def __init__(self, look: "FirstLook | None" = None) -> None:
        """A first look is drawn until somebody is in; keys wait for that."""
        super().__init__()
        self._look = look
        self.tabs = TabBar(TABS)
        self._shown = "keys"
        self._looks = True
        """Whether it is not known that this person may not look at keys."""
        self._trouble = ""
        self.busy = True
        """Until it is known whose workspace it is; keys wait."""

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        self.fit(self.app.size.width)
        ascii_only = self.console.options.ascii_only
        yield TopBar(ascii_only=ascii_only)
        yield self.tabs
        with Vertical(id="body"):
            if self._look is not None:
                yield self._keys_tab(self._look.prefix, self._look)
        yield Static("", id="trouble", markup=False)
        if self.console.options.demo and not self.console.options.read_only:
            yield Static(STEPS, id="steps", markup=False)
        yield HintBar(ascii_only=ascii_only)

    async def on_mount(self) -> None:
        """Show the keys, or why they cannot be shown, once it is known to whom."""
        if hasattr(self.app, "actor"):
            await self.enter()
        else:
            if self._look is not None:
                self._say_where(self._look.workspace, self._look.actor.name)
            self._opened("keys")
        self.set_interval(2.0, self._look_whether_open, name="gate")

    async def enter(self) -> None:
        """Draw the workspace as it stands for this person now."""
        app, look = self.console, self._look
        self.busy, self._gated, self._look = False, False, None
        tab = self.tab if look is not None and look.actor == app.actor else None
        if tab is None:
            tab = self._keys_tab(app.store.prefix)
            body = self.query_one("#body", Vertical)
            await body.remove_children()
            await body.mount(tab)
        if not is_leaving(self):
            tab.follow(app.store, app.actor)
            self._opened("keys")
            self._look_where_one_is()

    async def on_screen_suspend(self) -> None:
        """Take a first look away under whatever comes before somebody is in."""
        if self._look is not None:
            self._look = None
            await self.query_one("#body", Vertical).remove_children()

    async def drawn(self) -> None:
        """Wait until a first look is on the screen: whatever is loaded meanwhile holds it up."""
        if self._look is not None and self._look.page.keys and self.tab is not None:
            with suppress(TimeoutError):
                await still(self, asyncio.wait_for(self.tab.table.drawn.wait(), DRAWN_WITHIN))

    def _keys_tab(self, prefix: str, look: "FirstLook | None" = None) -> "KeysTab":
        from console.tabs.keys import KeysTab

        console = self.console
        return KeysTab(
            prefix,
            ascii_only=console.options.ascii_only,
            read_only=bool(console.looks_only),
            look=look,
        )

    def _look_where_one_is(self) -> None:
        self.console.run_worker(self._name_the_place(), group="place", exclusive=True)

    async def _name_the_place(self) -> None:
        console = self.console
        try:
            asked = console.in_store(lambda store: store.sign_in.standing(console.actor))
            standing = await still(self, asked)
        except KeydeckError as error:
            console.refused(error)
            return
        viewer = VIEWER if standing.role is Role.VIEWER else ""
        if (looks_only := READ_ONLY if console.options.read_only else viewer) != console.looks_only:
            # What is there is drawn for somebody who may do otherwise.
            console.looks_only = looks_only
            self.call_later(self.enter)
            return
        self._say_where(standing.workspace, console.actor.name)
        closed = {"keys"} if standing.workspace.plan is not Plan.PRO else set()
        self._looks = standing.role in LOOKING
        if not self._looks:
            closed = {"keys", "connections", "activity", "verifiers", "routes"}
        self.tabs.closed = frozenset(closed)
        self._opened(self.at)

    def _say_where(self, workspace: "Workspace", person: str) -> None:
        bar, console = self.query_one(TopBar), self.console
        bar.workspace, bar.plan = workspace.name, workspace.plan.value
        bar.person, bar.demo = person, console.options.demo
        bar.looks_only = {READ_ONLY: "READ ONLY", VIEWER: "VIEWER"}.get(console.looks_only, "")
        bar.colour = workspace.colour or ""

    @property
    def behind(self) -> bool:
        """Whether the list is not yet what was asked for; keys wait."""
        return any(tab.behind for tab in self.query(Tab) if tab.display)

    def _opened(self, name: str) -> None:
        self.tabs.open = name
        self._shown = name
        if name == "keys" and self._gated:
            self._shown = "gated" if self._may_revoke else "closed"
        if not self._looks:
            # What the tabs hold for others, the list itself says.
            self._shown = "closed"
        self._say_keys()

    def _say_keys(self) -> None:
        """Say at the bottom what the keys do where the focus is, to the current key among all."""
        shown, tab = self._shown, self.tab
        if tab is not None and shown == "keys" and self.focused is not None:
            shown = {"details": "pane", "filter": "filtering"}.get(self.focused.id or "", "keys")
        looks_only, unconfirmed = self.console.looks_only, False
        if not self.busy and tab is not None and tab.current is not None and not tab.table.marked:
            unconfirmed = Note.UNCONFIRMED in tab.current.notes(self.console.store.clock.now())
        self.query_one(HintBar).hints = bar(shown, looks_only=looks_only, unconfirmed=unconfirmed)

    def on_key_table_moved(self) -> None:
        """Offer what the key that is current now has use for."""
        self._say_keys()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Allow nothing before somebody is in. Where only reading is wanted the verbs say so."""
        return not self.busy

    def allows(self, entry: HelpEntry) -> bool:
        """Return whether an entry of the catalogue does anything here."""
        if entry is REVOKE_ANY and self._gated and not self._may_revoke:
            return False
        if not self._looks and any(entry in tab for tab in ON_TAB.values()):
            return False
        return not self.busy and not entry.withheld(self.console.looks_only)

    async def action_tab(self, name: str) -> None:
        """Open a tab."""
        if name == self.at or self.busy:
            return
        body = self.query_one("#body", Vertical)
        for child in body.children:
            child.display = False
        tab = next(iter(body.query(f"#{name}-tab")), None)
        if tab is None and name != "keys":
            tab = self._made(name)
            await body.mount(tab)
        if is_leaving(self):
            return
        self._opened(name)
        if tab is None:
            # The keys are being closed to this person, or opened: whoever does that shows them.
            return
        tab.display = True
        if isinstance(tab, Tab):
            tab.take_focus()

    def _made(self, name: str) -> "PollingTab":
        from console.tabs.activity import ActivityTab
        from console.tabs.connections import ConnectionsTab
        from console.tabs.people import PeopleTab
        from console.tabs.routes import RoutesTab
        from console.tabs.verifiers import VerifiersTab

        app, ascii_only = self.console, self.console.options.ascii_only
        kinds: dict[str, Callable[..., PollingTab]] = {
            "activity": ActivityTab,
            "connections": ConnectionsTab,
            "people": PeopleTab,
            "routes": RoutesTab,
            "verifiers": VerifiersTab,
        }
        made = kinds[name](app.store, app.actor, ascii_only=ascii_only)
        made.id = f"{name}-tab"
        return made

    def look_again(self, key_id: str | None = None) -> None:
        """Let the tabs read the store now, and the keys go to one."""
        self._look_where_one_is()
        for tab in self.query(Tab):
            tab.look_again(key_id)

    async def action_next_tab(self) -> None:
        """Open the next tab."""
        names = [tab.id for tab in TABS]
        await self.action_tab(names[(names.index(self.at) + 1) % len(names)])

    @on(TabBar.Chosen)
    async def _tab_chosen(self, event: TabBar.Chosen) -> None:
        await self.action_tab(event.tab)

    def on_keys_tab_refused(self, event: "KeysTab.Refused") -> None:
        """Close the tab with the reason; a store out of reach is waited for."""
        error = event.error
        if isinstance(error, StoreUnusable):
            self._say(str(error))
        elif isinstance(error, NotAMember):
            self.console.refused(error)
        else:
            self.run_worker(self._gate(error), group="gate", exclusive=True)

    def on_keys_tab_reached(self) -> None:
        """Forget the trouble: the store answered."""
        self._say("")

    def on_polling_tab_refused(self, event: "PollingTab.Refused") -> None:
        """Say it; whoever is no longer a member is signed out."""
        if isinstance(event.error, NotAMember):
            self.console.refused(event.error)
        else:
            self._say(str(event.error))

    def on_polling_tab_reached(self) -> None:
        """Forget the trouble: the store answered."""
        self._say("")

    async def _gate(self, error: KeydeckError) -> None:
        body = self.query_one("#body", Vertical)
        await still(self, body.query("#keys-tab").remove())
        lines = [safe(str(error))]
        # Revoking is an admin's on any plan.
        self._may_revoke = isinstance(error, PlanRequired)
        if self._may_revoke:
            lines.append("Until then every key of this workspace is refused with 403.")
        if self._may_revoke and not self.console.looks_only:
            lines.append("Revoking stays possible: X revokes one by its name, id or the key.")
        gate = Static("\n\n".join(lines), id="keys-tab", classes="gate", markup=False)
        gate.display = self.at == "keys"
        await still(self, body.mount(gate))
        self._gated = True
        self._opened(self.at)
        await self._name_the_place()

    async def _look_whether_open(self) -> None:
        from store.domain.listing import KeyQuery

        if not self._gated or self.at != "keys":
            return
        try:
            counted = self.console.in_store(
                lambda store: store.keys.count(self.console.actor, KeyQuery())
            )
            await still(self, counted)
        except KeydeckError:
            return
        # Another tab may have been opened meanwhile.
        if self._gated and self.at == "keys":
            await self.enter()

    def _say(self, sentence: str) -> None:
        if sentence == self._trouble:
            return
        self._trouble = sentence
        line = self.query_one("#trouble", Static)
        line.update(safe(sentence))
        line.display = bool(sentence)

    def on_activity_tab_opened(self, event: "ActivityTab.Opened") -> None:
        """Show an entry in full."""
        from console.dialogs.audit_entry import EntryDialog

        self.app.push_screen(EntryDialog(event.entry, ascii_only=self.console.options.ascii_only))

    def on_paste(self, event: events.Paste) -> None:
        """Go to the key that was pasted, or named; what is pasted is not kept."""
        event.stop()
        self.console.verbs.start(FIND, Secret(event.text))

    async def go_to_key(self, key_id: str) -> None:
        """Go to a key, whatever is open and filtered."""
        await self.action_tab("keys")
        if self.tab is not None:
            self.tab.go_to(key_id)

    async def filter_keys(self, text: str, back: str = "") -> None:
        """Show the keys that a filter finds; clearing it leads back to the tab it came from."""
        await self.action_tab("keys")
        if self.tab is not None:
            self.tab.jump(text, back)

    def on_descendant_focus(self) -> None:
        """Say what the keys do where the focus is."""
        self._say_keys()

    def action_help(self) -> None:
        """Say what the keys do where the focus is."""
        field = self.focused
        where = field.id if isinstance(field, Input) and field.id else self._shown
        sections = help_on(where, looks_only=self.console.looks_only)
        self.post_message(HintBar.HelpWanted(sections))
