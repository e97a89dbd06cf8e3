"""The workspace: where one is, the tabs, and what the keys do."""

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Static

from console.text.safe import safe
from console.widgets.key_bar import Hint, KeyBar
from console.widgets.key_table import KeyTable
from console.widgets.leaving import is_leaving
from console.widgets.top_bar import TopBar
from store.errors import KeydeckError, NotAMember, PlanRequired, StoreUnusable

if TYPE_CHECKING:
    from console.app import KeydeckApp
    from console.tabs.keys import KeysTab

HINTS = (
    Hint("n", "New", "create"),
    Hint("s", "Scope", "scope"),
    Hint("r", "Rotate", "rotate"),
    Hint("e", "Extend", "extend", 8),
    Hint("X", "Revoke", "revoke"),
    Hint("⏎", "Details", "details", 3),
    Hint("/", "Filter", "filter", 5),
    Hint("o", "Sort", "sort", 6),
    Hint("y", "Copy id", "copy_id", 7),
    Hint("d", "Reference", "reference", 9),
    Hint("^p", "Palette", "app.command_palette", 8),
    Hint("?", "Help", "help"),
    Hint("q", "Quit", "app.quit"),
)

GATED = (
    Hint("X", "Revoke a key…", "revoke_any"),
    Hint("d", "Reference", "reference", 9),
    Hint("?", "Help", "help"),
    Hint("q", "Quit", "app.quit"),
)

HELP = (
    (
        "Keys",
        (
            ("n", "create a key"),
            ("s", "change what it may do"),
            ("e", "move its expiry"),
            ("r", "replace it, with an overlap"),
            ("X", "revoke it, at once and for good"),
            ("enter", "see it in full"),
            ("y", "copy its id"),
        ),
    ),
    (
        "List",
        (
            ("/", "filter by name or id; esc clears"),
            ("o O", "sort by the next column; turn the order round"),
            ("↑ ↓ j k", "move"),
            ("space", "mark; s, e and X then act on all that are marked"),
            ("* esc", "mark all that match; take the marks away"),
            ("g G", "first, last"),
        ),
    ),
    (
        "Console",
        (
            ("d", "the API's reference"),
            ("ctrl+p", "every command by name"),
            ("?", "this help"),
            ("q", "quit"),
        ),
    ),
)


class WorkspaceScreen(Screen[None]):
    """The signed-in person's workspace."""

    BINDINGS = [  # noqa: RUF012
        Binding("n", "create", "New key", show=False),
        Binding("s", "scope", "Scope", show=False),
        Binding("e", "extend", "Extend", show=False),
        Binding("r", "rotate", "Rotate", show=False),
        Binding("X", "revoke", "Revoke", show=False),
        Binding("y", "copy_id", "Copy id", show=False),
        Binding("d", "reference", "Reference", show=False),
        Binding("question_mark", "help", "Help", show=False),
        Binding("q", "app.quit", "Quit", show=False),
    ]

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012

    app: "KeydeckApp"

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        ascii_only = self.app.opening.ascii_only
        yield TopBar(ascii_only=ascii_only)
        yield Static(" API keys ", id="tabs", markup=False)
        yield Vertical(id="body")
        yield Static("", id="trouble", markup=False)
        yield KeyBar(ascii_only=ascii_only)

    async def on_mount(self) -> None:
        """Show the keys, or why they cannot be shown."""
        await self.enter()

    async def enter(self) -> None:
        """Draw the workspace as it stands for this person now."""
        from console.tabs.keys import KeysTab

        body = self.query_one("#body", Vertical)
        await body.remove_children()
        self._hint(HINTS)
        await body.mount(
            KeysTab(self.app.store, self.app.actor, ascii_only=self.app.opening.ascii_only)
        )
        self.app.run_worker(self._name_the_place(), group="place", exclusive=True)

    async def _name_the_place(self) -> None:
        standing = await self.app.ask(lambda store: store.sign_in.standing(self.app.actor))
        if standing is None or is_leaving(self):
            return
        bar = self.query_one(TopBar)
        bar.workspace, bar.plan = standing.workspace.name, standing.workspace.plan.value
        bar.person, bar.demo = self.app.actor.name, self.app.opening.demo

    @property
    def tab(self) -> "KeysTab | None":
        """The keys tab, while it is open to this person."""
        from console.tabs.keys import KeysTab

        found = self.query(KeysTab)
        return found.first() if found else None

    def on_keys_tab_refused(self, event: "KeysTab.Refused") -> None:
        """Close the tab with the reason; a store out of reach is waited for."""
        error = event.error
        if isinstance(error, StoreUnusable):
            self._say(str(error))
        elif isinstance(error, NotAMember):
            self.app.sign_out(str(error))
        else:
            self.run_worker(self._gate(error), group="gate", exclusive=True)

    def on_keys_tab_reached(self) -> None:
        """Forget the trouble: the store answered."""
        self._say("")

    async def _gate(self, error: KeydeckError) -> None:
        body = self.query_one("#body", Vertical)
        await body.remove_children()
        self._hint(GATED)
        lines = [safe(str(error))]
        if isinstance(error, PlanRequired):
            lines.append("Until then every key of this workspace is refused with 403.")
        lines.append("Revoking stays possible: X revokes a key by its name, id or the key itself.")
        await body.mount(Static("\n\n".join(lines), id="gate", markup=False))
        self.query_one("#tabs").add_class("disabled")
        await self._name_the_place()
        self.set_interval(2.0, self._look_whether_open, name="gate")

    async def _look_whether_open(self) -> None:
        from store.listing import KeyQuery

        if self.tab is not None:
            return
        try:
            await self.app.in_store(lambda store: store.keys.count(self.app.actor, KeyQuery()))
        except KeydeckError:
            return
        self.query_one("#tabs").remove_class("disabled")
        await self.enter()

    def _say(self, sentence: str) -> None:
        line = self.query_one("#trouble", Static)
        line.update(safe(sentence))
        line.display = bool(sentence)

    def _hint(self, hints: tuple[Hint, ...]) -> None:
        self.query_one(KeyBar).hints = hints

    @on(KeyTable.Opened)
    def _row_opened(self) -> None:
        self.action_details()

    def action_create(self) -> None:
        """Create a key."""
        if self.tab is not None:
            self.app.verbs.create()

    def action_scope(self) -> None:
        """Change what the marked keys may do, else the current one."""
        if not self._with_marked("scope"):
            self._with_current(self.app.verbs.scope)

    def action_extend(self) -> None:
        """Let the marked keys end at another time, else the current one."""
        if not self._with_marked("extend"):
            self._with_current(self.app.verbs.extend)

    def action_rotate(self) -> None:
        """Rotate the current key."""
        self._with_current(self.app.verbs.rotate)

    def action_revoke(self) -> None:
        """Revoke the marked keys, else the current one; where the list is closed, any by name."""
        if self.tab is None:
            self.app.verbs.revoke_any()
        elif not self._with_marked("revoke"):
            self._with_current(self.app.verbs.revoke)

    def action_revoke_any(self) -> None:
        """Revoke a key by name, id or the key itself."""
        self.app.verbs.revoke_any()

    def action_details(self) -> None:
        """Show the current key in full."""
        self._with_current(self.app.verbs.details)

    def action_copy_id(self) -> None:
        """Copy the current key's id, which is no secret."""
        self._with_current(self.app.verbs.copy_id)

    def action_reference(self) -> None:
        """Show where the API's reference is."""
        self.app.verbs.reference()

    def action_filter(self) -> None:
        """Go to the filter."""
        if self.tab is not None:
            self.tab.action_filter()

    def action_sort(self) -> None:
        """Sort by the next column."""
        if self.tab is not None:
            self.tab.action_sort()

    def action_help(self) -> None:
        """Say what the keys do."""
        from console.dialogs.help import HelpDialog

        self.app.push_screen(HelpDialog(HELP, ascii_only=self.app.opening.ascii_only))

    def on_keys_tab_mark_all(self) -> None:
        """Mark every key that matches."""
        if self.tab is not None:
            self.app.verbs.on_marked("mark_all", self.tab)

    def _with_marked(self, verb: str) -> bool:
        tab = self.tab
        if tab is None or not tab.table.marked:
            return False
        self.app.verbs.on_marked(verb, tab)
        return True

    def _with_current(self, verb: object) -> None:
        key = self.tab.current if self.tab is not None else None
        if key is not None and callable(verb):
            verb(key)
        elif self.tab is not None:
            self.app.say("There is no key here yet. n makes one.")
