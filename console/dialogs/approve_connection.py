"""Whether an assistant is connected: who asks, where its answer goes, what it gets, how long."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from textual import on, work
from textual.widget import Widget
from textual.widgets import Button, Static

from console.dialogs.dialog import BACK, MOVE, Dialog
from console.text.safe import safe
from console.widgets.choice_bar import ChoiceBar
from console.widgets.granting import Granting
from console.widgets.hint_bar import Hint
from console.widgets.parts import button, row
from console.widgets.polling import poll
from store.domain.connections import (
    DEFAULT_LIFETIME,
    LIFETIMES,
    AuthorizationRequest,
    Connection,
    preselected,
)
from store.domain.scopes import Resource, Scopes
from store.errors import AuthorizationRequestOver, KeydeckError
from store.errors.quoting import quoted

_NAMES = tuple(LIFETIMES)
_LABELS = ("1 d", "30 d", "90 d", "1 y")
FOLLOW_EVERY = 1.0
"""Seconds between two looks whether the request still waits."""
_EARLIER = ("Keep it too", "End it")


@dataclass(frozen=True, slots=True)
class Approval:
    """What it gets, nothing for a no, for how long, and whether it replaces what it had."""

    scopes: Scopes
    lifetime: str
    ends_earlier: bool = False


class ApproveDialog(Dialog[Approval | None]):
    """Shows a request. Reading is granted beforehand, of what was asked for."""

    def __init__(
        self,
        ask: AuthorizationRequest,
        catalogue: Sequence[Resource],
        initial: Approval | None = None,
        error: str | None = None,
        *,
        earlier: Sequence[Connection] = (),
        read: Callable[[], Awaitable[AuthorizationRequest]] | None = None,
        ascii_only: bool = False,
    ) -> None:
        """Ask anew, or again: `initial` is the answer that was refused with `error`.

        `earlier` are connections of the same assistant, which can be ended with the yes. `read`
        brings the request while it waits: once it was decided elsewhere there is nothing to ask.
        """
        super().__init__(ascii_only=ascii_only)
        self._read = read
        self._earlier = earlier
        self._ask = ask
        wanted = {scope.resource for scope in ask.scopes}
        self._catalogue = [resource for resource in catalogue if resource.name in wanted]
        self._initial = initial or Approval(preselected(ask.scopes), DEFAULT_LIFETIME)
        self._error = error

    def body(self) -> Iterable[Widget]:
        """Return who asks, the grid, the length."""
        ask = self._ask
        if ask.goes_by != ask.redirect_host:
            yield row("Says it is", Static(safe(ask.client_id), classes="means", markup=False))
        yield row("Answer to", Static(safe(ask.redirect_host), classes="means", markup=False))
        name = safe(quoted(ask.client_name))
        yield row("Goes by", Static(name, classes="means", markup=False))
        certain = "Where the answer goes is certain; the name is its own word."
        if ask.leads_to_a_program:
            certain = "Any program on that computer can ask so; the name is its own word."
        yield row("", Static(certain, classes="means", markup=False))
        yield Granting(self._catalogue, self._initial.scopes, ascii_only=self.ascii_only)
        index = _NAMES.index(self._initial.lifetime)
        yield row("For", ChoiceBar(_LABELS, index, id="lifetime"), "gap")
        if self._earlier:
            had = ", ".join(one.id for one in self._earlier)
            bar = ChoiceBar(_EARLIER, int(self._initial.ends_earlier), id="earlier")
            yield row("Before", Static(safe(f"connected as {had}"), classes="means", markup=False))
            yield row("", bar)

    def actions(self) -> Iterable[Widget]:
        """Return the buttons."""
        return (
            button("Approve", "go", primary=True),
            button("Deny", "deny"),
            button("Cancel", "back"),
        )

    def on_mount(self) -> None:
        """Begin at the grid: nothing is approved by a key that was meant for the code."""
        super().on_mount()
        self.head("Approve a connection")
        self.hint(
            Hint("enter", "Approve", "go"),
            Hint("space", "Grant", "grant"),
            Hint("c", "Clear", "preset('none')", 4),
            MOVE,
            BACK,
        )
        self.wrong(self._error)
        self.query_one("#grid").focus()
        if self._read is not None:
            self._follow(self._read)

    @work(exclusive=True, group="follow")
    async def _follow(self, read: Callable[[], Awaitable[AuthorizationRequest]]) -> None:
        await poll(self, read, lambda _: None, self._troubled, every=FOLLOW_EVERY)

    def _troubled(self, error: KeydeckError | None) -> bool:
        if not isinstance(error, AuthorizationRequestOver):
            return True
        self.app.notify(f"{safe(quoted(self._ask.client_name))}: {safe(str(error))}", markup=False)
        self.dismiss(None)
        return False

    @on(Button.Pressed, "#back")
    def _back(self) -> None:
        self.action_back()

    @on(Button.Pressed, "#deny")
    def _deny(self) -> None:
        self.dismiss(Approval(frozenset(), self._lifetime))

    @property
    def _lifetime(self) -> str:
        return _NAMES[self.query_one("#lifetime", ChoiceBar).index]

    @on(Button.Pressed, "#go")
    def action_go(self) -> None:
        """Answer yes."""
        scopes = self.query_one(Granting).value
        beyond = scopes - self._ask.scopes
        if not scopes:
            self.wrong("Grant at least one permission, or deny the request.")
        elif beyond:
            more = ", ".join(str(scope) for scope in sorted(beyond))
            self.wrong(f"It did not ask for {more}. Take that away again.")
        else:
            ends = bool(self._earlier) and self.query_one("#earlier", ChoiceBar).index == 1
            self.dismiss(Approval(scopes, self._lifetime, ends))

    def action_grant(self) -> None:
        """Grant the current cell's scope, or take it away."""
        self.query_one(Granting).grid.action_grant()

    def action_preset(self, name: str) -> None:
        """Grant a preset."""
        self.query_one(Granting).action_preset(name)
