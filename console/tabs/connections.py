"""The Connections tab: which assistants are connected, by whose yes, and to do what."""

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from console.tabs.polling_tab import PollingTab
from console.text.connection_words import badge, ends
from console.text.times import ago
from console.widgets.row_list import Column, Row, RowList
from store.connections import Connection
from store.errors import AdminsOnly
from store.scopes import short
from store.times import MINUTE

_COLUMNS = (
    Column("State", 13),
    Column("Assistant"),
    Column("Answer to", 22, 110),
    Column("Approved by", 14, 100),
    Column("May", None, 60),
    Column("Ends", 10),
    Column("Last used", 11),
)
_NOTHING = (
    "No assistant is connected yet.\n\n"
    "n shows the address to paste into one, and how. It asks in a browser; "
    "a approves it here, by the code that its page shows."
)


class ConnectionsTab(PollingTab):
    """One row a connection, those that work first. What is done with one is a flow of the App."""

    BINDINGS = [  # noqa: RUF012
        Binding("n", "ask('connect')", "Connect", show=False),
        Binding("a", "ask('approve')", "Approve", show=False),
        Binding("s", "ask('narrow')", "Narrow", show=False),
        Binding("X", "ask('revoke')", "Revoke", show=False),
    ]

    class Asked(Message):
        """Something is to be done with a connection; `connection` is None for a new one."""

        def __init__(self, verb: str, connection: Connection | None) -> None:
            super().__init__()
            self.verb = verb
            self.connection = connection

    def __init__(self, *given: object, **more: object) -> None:
        super().__init__(*given, **more)  # type: ignore[arg-type]
        self._connections: dict[str, Connection] = {}

    def compose(self) -> ComposeResult:
        """Lay out the tab."""
        yield Static("", classes="why-not", markup=False)
        yield Static(Content(_NOTHING), classes="nothing")
        yield RowList(_COLUMNS, ascii_only=self._ascii)

    def read(self) -> Callable[[], None]:
        """Read every connection."""
        found = self._store.connections.all(self._actor)
        now = self._store.clock.now()
        return lambda: self._draw(found, now)

    def _draw(self, found: list[Connection], now: int) -> None:
        self._connections = {one.id: one for one in found}
        self.refuse(None)
        self.query_one(".nothing").display = not found
        self.query_one(RowList).show(tuple(_row(one, now, self._ascii) for one in found))

    def refuse(self, error: AdminsOnly | None) -> None:
        """Say why there is nothing to see, and not that there is nothing."""
        super().refuse(error)
        if error is not None:
            self._connections = {}
            self.query_one(".nothing").display = False

    @property
    def current(self) -> Connection | None:
        """The connection of the current row."""
        return self._connections.get(self.query_one(RowList).current or "")

    @on(RowList.Opened)
    def _open(self, event: RowList.Opened) -> None:
        event.stop()
        self.action_ask("details")

    def action_ask(self, verb: str) -> None:
        """Ask for something to be done with the current connection, or a new one."""
        new = verb in ("connect", "approve")
        if self._refusal:
            self.host.say(self._refusal)
        elif new or self.current is not None:
            self.post_message(self.Asked(verb, None if new else self.current))
        else:
            self.host.say("No assistant is connected yet. n shows how one is.")


def _row(one: Connection, now: int, ascii_only: bool) -> Row:
    look = badge(one, now)
    used = one.last_used_at
    # Seconds would change the row under whoever reads it.
    last = "now" if used is not None and now - used < MINUTE else ago(used, now)
    return Row(
        one.id,
        (
            look.text(ascii_only=ascii_only),
            one.name,
            one.redirect_host,
            one.approved_by.partition("@")[0],
            " ".join(short(one.scopes)),
            ends(one, now),
            last,
        ),
        tone={"active": "accent", "revoked": "revoked"}.get(look.tone, "text"),
    )
