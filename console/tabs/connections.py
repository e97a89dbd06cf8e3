"""The Connections tab: which assistants are connected, by whose yes, and to do what."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from console.tabs.polling_tab import PollingTab
from console.text.connection_words import badge, ends
from console.text.times import ago
from console.widgets.row_list import ListColumn, Row, RowList
from store.domain.connections import Connection
from store.domain.scopes import short
from store.domain.times import MINUTE
from store.errors import AdminsOnly

_COLUMNS = (
    ListColumn("State", 13),
    ListColumn("Assistant"),
    ListColumn("Answer to", 22, 110),
    ListColumn("Approved by", 14, 100),
    ListColumn("May", None, 60),
    ListColumn("Ends", 10),
    ListColumn("Last used", 11),
)
_NOTHING = (
    "No assistant is connected yet.\n\n"
    "n shows the address to paste into one, and how. It asks in a browser; "
    "a approves it here, by the code that its page shows."
)


class ConnectionsTab(PollingTab):
    """One row a connection, those that work first. What is done with one is a flow of the App."""

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
        connections = self._store.connections.all(self._actor)
        now = self._store.clock.now()
        return lambda: self._draw(connections, now)

    def _draw(self, connections: list[Connection], now: int) -> None:
        self._connections = {connection.id: connection for connection in connections}
        self.refuse(None)
        self.query_one(".nothing").display = not connections
        self.query_one(RowList).show(
            tuple(_row(connection, now, self._ascii) for connection in connections)
        )

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


def _row(connection: Connection, now: int, ascii_only: bool) -> Row:
    look = badge(connection, now)
    used = connection.last_used_at
    # Seconds would change the row under whoever reads it.
    last = "now" if used is not None and now - used < MINUTE else ago(used, now)
    return Row(
        connection.id,
        (
            look.text(ascii_only=ascii_only),
            connection.name,
            connection.redirect_host,
            connection.approved_by.partition("@")[0],
            " ".join(short(connection.scopes)),
            ends(connection, now),
            last,
        ),
        tone=look.tone,
    )
