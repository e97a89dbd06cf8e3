"""Connect an assistant: the address it is given, and where each of them wants it."""

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.address import AddressDialog
from console.dialogs.dialog import MOVE, SCROLL, SCROLLING
from console.text.safe import safe
from console.widgets.hint_bar import Hint
from console.widgets.parts import line, row

NEXT = "It opens a page in the browser. Sign in there, or press a here and type its code."


class ConnectDialog(AddressDialog):
    """Shows the address, and copies it when asked to: what was copied last may be a key."""

    BINDINGS = [("q", "back", "Back"), *SCROLLING]  # noqa: RUF012

    def body(self) -> Iterable[Widget]:
        """Return the address, what became of it, and the lines."""
        yield Static(Content.styled(safe(self.address), "bold"))
        if self.note is not None:
            yield Static(Content.styled(safe(self.note), "$warning"), classes="means")
        yield line("outcome")
        # Before the ways in, of which the last are below the edge of a small terminal.
        yield Static(NEXT, classes="means gap", markup=False)
        for place, (name, way) in enumerate(self._ways()):
            means = Static(safe(way), classes="means", markup=False)
            yield row(name, means, "" if place else "gap")

    def _ways(self) -> Iterable[tuple[str, str]]:
        address = self.address
        yield "Claude", "Settings, Connectors, Add custom connector: paste the address"
        yield "", f"claude mcp add --transport http keydeck {address}"
        yield "ChatGPT", "Settings, Connectors, Create: paste the address, choose OAuth"
        yield (
            "Cursor",
            f'~/.cursor/mcp.json: {{"mcpServers": {{"keydeck": {{"url": "{address}"}}}}}}',
        )
        server = f'{{"name": "keydeck", "type": "http", "url": "{address}"}}'
        yield "VS Code", f"code --add-mcp '{server}'"
        if address.startswith("http:"):
            yield "Note", "Assistants on the web reach https addresses only: serve --public-url."

    def on_mount(self) -> None:
        """Say how it is copied."""
        self.head("Connect an assistant")
        self.hint(Hint("c", "Copy", "copy"), MOVE, SCROLL, Hint("esc", "Close", "back"))
        self.tell("c copies the address. Or select it: shift and the mouse.", "$dim")
