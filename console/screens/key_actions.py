"""What the keys do with the rows of the open tab: each begins a flow, or asks the tab."""

from typing import TYPE_CHECKING, cast

from textual.binding import Binding
from textual.screen import Screen

from console.widgets.leaving import MayLeave, is_leaving
from console.widgets.tab_bar import TabBar

if TYPE_CHECKING:
    from console.tabs.keys import KeysTab
    from console.verbs.run import Console


class KeyActions(MayLeave, Screen[None]):
    """A screen with a list of keys. Verbs act on the marked ones, else on the current one."""

    BINDINGS = [  # noqa: RUF012
        Binding("n", "create", "New key", show=False),
        Binding("s", "scope", "Scope", show=False),
        Binding("e", "extend", "Extend", show=False),
        Binding("r", "rotate", "Rotate", show=False),
        Binding("t", "trim", "Trim", show=False),
        Binding("X", "revoke", "Revoke", show=False),
        Binding("i", "confirm", "Stored", show=False),
        Binding("y", "copy_id", "Copy id", show=False),
        Binding("w", "why", "Why", show=False),
        Binding("c", "calendar", "Calendar", show=False),
    ]

    tabs: TabBar
    """Held, not sought: a flow may ask which is open while the screen is taken down."""

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

        found = [one for one in self.query(KeysTab) if not is_leaving(one)]
        return found[0] if found and self.at == "keys" else None

    def action_create(self) -> None:
        """Create a key."""
        if self.tab is not None:
            self.console.verbs.create()

    def action_scope(self) -> None:
        """Change what the marked keys may do, else the current one."""
        if not self._with_marked("scope"):
            self._with_current(self.console.verbs.scope)

    def action_extend(self) -> None:
        """Let the marked keys end at another time, else the current one."""
        if not self._with_marked("extend"):
            self._with_current(self.console.verbs.extend)

    def action_trim(self) -> None:
        """Take away the scopes that the current key does not use."""
        self._with_current(self.console.verbs.trim)

    def action_rotate(self) -> None:
        """Rotate the current key."""
        if self.tab is not None and self.tab.table.marked:
            self.console.say("Keys are rotated one at a time: each new one is shown once.")
        else:
            self._with_current(self.console.verbs.rotate)

    def action_rotation(self) -> None:
        """Show how far the current key's rotation has come."""
        self._with_current(self.console.verbs.rotation)

    def action_calendar(self) -> None:
        """Show what expires or is due."""
        self.console.verbs.calendar()

    def action_confirm(self) -> None:
        """Say that the current key is stored."""
        self._with_current(self.console.verbs.confirm)

    def action_revoke(self) -> None:
        """Revoke the marked keys, else the current one; where the list is closed, any by name."""
        if self._gated and self.at == "keys":
            if self._may_revoke:
                self.console.verbs.revoke_any()
        elif not self._with_marked("revoke"):
            self._with_current(self.console.verbs.revoke)

    def action_revoke_any(self) -> None:
        """Revoke a key by name, id or the key itself."""
        self.console.verbs.revoke_any()

    def action_details(self) -> None:
        """Show the current key in full; where the pane does so already, go there to scroll."""
        if self.tab is None or not self.tab.focus_pane():
            self._with_current(self.console.verbs.details)

    def action_to_list(self) -> None:
        """Go back from the filter or the pane to the list."""
        if self.tab is not None:
            self.tab.to_list()

    def action_clear_filter(self) -> None:
        """Show every key again."""
        if self.tab is not None:
            self.tab.action_clear()

    def action_copy_id(self) -> None:
        """Copy the current key's id, which is no secret."""
        self._with_current(self.console.verbs.copy_id)

    def action_why(self) -> None:
        """Explain a refusal, beginning with the current key."""
        self.console.verbs.why(self.tab.current if self.tab is not None else None)

    def action_filter(self) -> None:
        """Go to the open tab's filter."""
        self._on_tab("action_filter")

    def action_open(self) -> None:
        """Open the current row of the open tab."""
        self._on_tab("action_open")

    def action_on_person(self, verb: str) -> None:
        """Do something with the current person, or add one."""
        self._on_tab("action_ask", verb)

    def action_on_connection(self, verb: str) -> None:
        """Do something with the current connection, or a new one."""
        self._on_tab("action_ask", verb)

    def _on_tab(self, name: str, *given: str) -> None:
        # There is none for the moment in which the keys are closed to this person.
        for tab in self.query(f"#{self.at}-tab"):
            act = getattr(tab, name, None)
            if callable(act) and not is_leaving(tab):
                act(*given)

    def action_sort(self) -> None:
        """Sort by the next column."""
        if self.tab is not None:
            self.tab.action_sort()

    def action_mark(self) -> None:
        """Mark the current key."""
        if self.tab is not None:
            self.tab.table.action_mark()

    def on_keys_tab_mark_all(self) -> None:
        """Mark every key that matches."""
        if self.tab is not None:
            self.console.verbs.on_marked("mark_all", self.tab)

    def _with_marked(self, verb: str) -> bool:
        tab = self.tab
        if tab is None or not tab.table.marked:
            return False
        self.console.verbs.on_marked(verb, tab)
        return True

    def _with_current(self, verb: object) -> None:
        key = self.tab.current if self.tab is not None else None
        if key is not None and callable(verb):
            verb(key)
        elif self.tab is not None and self.tab.query_now.terms:
            self.console.say("No key matches the filter. Esc clears it.")
        elif self.tab is not None:
            makes = "" if self.console.options.read_only else " n makes one."
            self.console.say(f"There is no key here yet.{makes}")
