"""Connect an assistant: the address it is given, and where each of them wants it."""

from collections.abc import Callable, Iterable
from functools import partial

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from console.clipboard.outcome import Outcome
from console.dialogs.dialog import MOVE, SCROLL, SCROLLING, Dialog
from console.text.outcomes import told
from console.text.safe import safe
from console.widgets.key_bar import Hint
from console.widgets.leaving import in_thread
from console.widgets.parts import button, line, row
from store.errors import KeydeckError
from store.secrets import Secret


class ConnectDialog(Dialog[None]):
    """Shows the address and copies it at once."""

    BINDINGS = [("c", "copy", "Copy"), ("q", "back", "Back"), *SCROLLING]  # noqa: RUF012

    def __init__(
        self, address: str, copy: Callable[[Secret], Outcome], *, ascii_only: bool = False
    ) -> None:
        """`copy` is blocking and runs in a thread."""
        super().__init__(ascii_only=ascii_only)
        self._address = address
        self._copy = copy

    def body(self) -> Iterable[Widget]:
        """Return the address, what became of it, and the lines."""
        yield Static(Content.styled(safe(self._address), "bold"))
        yield line("outcome", "gap")
        for place, (name, said) in enumerate(self._ways()):
            told = Static(safe(said), classes="means", markup=False)
            yield row(name, told, "" if place else "gap")
        yield Static(
            "It opens a page in the browser. Sign in there, or press a here and type its code.",
            classes="means gap",
            markup=False,
        )

    def _ways(self) -> Iterable[tuple[str, str]]:
        address = self._address
        yield "Claude", "Settings, Connectors, Add custom connector: paste the address"
        yield "", f"claude mcp add --transport http keydeck {address}"
        yield "ChatGPT", "Settings, Connectors, Create: paste the address, choose OAuth"
        yield (
            "Cursor",
            f'~/.cursor/mcp.json: {{"mcpServers": {{"keydeck": {{"url": "{address}"}}}}}}',
        )
        told = f'{{"name": "keydeck", "type": "http", "url": "{address}"}}'
        yield "VS Code", f"code --add-mcp '{told}'"
        if address.startswith("http:"):
            yield "Note", "Assistants on the web reach https addresses only: serve --public-url."

    def actions(self) -> Iterable[Widget]:
        """Return the two ways on."""
        return (button("Close", "close", primary=True), button("Copy again", "copy"))

    def on_mount(self) -> None:
        """Copy, since that is what it was opened for."""
        super().on_mount()
        self.head("Connect an assistant")
        self.hint(Hint("c", "Copy", "copy"), MOVE, SCROLL, Hint("esc", "Close", "back"))
        self.query_one("#close").focus()
        self.action_copy()

    @on(Button.Pressed, "#copy")
    def action_copy(self) -> None:
        """Copy the address, in a thread."""
        self.run_worker(self._copying(), group="copy", exclusive=True)

    async def _copying(self) -> None:
        try:
            outcome = await in_thread(self, partial(self._copy, Secret(self._address)))
        except (KeydeckError, OSError):
            sentence, tone = "Copying failed. Select it: shift and the mouse.", "$warning"
        else:
            sentence, tone = told(outcome, ascii_only=self.ascii_only)
        self.query_one("#outcome", Static).update(Content.styled(safe(sentence), tone))

    @on(Button.Pressed, "#close")
    def _close(self) -> None:
        self.dismiss(None)
