"""A route: which requests it is about, and what they need."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.dialog import BACK, MOVE
from console.dialogs.fields import FieldsDialog
from console.widgets.field import Field
from console.widgets.hint_bar import Hint
from console.widgets.parts import button, row
from store.domain.routes.route import Route

HOW = (
    "* is each method, GET stands for HEAD too, {id} for one segment, {rest...} at the end for all "
    "that is left. The most specific route decides. It needs all scopes that are named; any is any "
    "good key, public none at all."
)
FIRST = "With the first route, /api/v1/authorize refuses whatever no route names."


@dataclass(frozen=True, slots=True)
class WantedRoute:
    """What is to be a route. Checked by the store."""

    route: str
    needs: str


class RouteDialog(FieldsDialog[WantedRoute | None]):
    """Asks for method and path, and for what they need; of a route that is there only for that."""

    def __init__(
        self,
        route: Route | None,
        initial: WantedRoute | None = None,
        error: str | None = None,
        *,
        first: bool = False,
        ascii_only: bool,
    ) -> None:
        """Ask anew, or again: `initial` is the answer that was refused with `error`."""
        super().__init__(ascii_only=ascii_only)
        there = WantedRoute(str(route), route.needs) if route else WantedRoute("", "")
        self._route = route
        self._initial = initial or there
        self._error = error
        self._first = first

    def body(self) -> Iterable[Widget]:
        """Return the two fields."""
        given = self._initial
        if self._route is None:
            yield row("Route", Field(given.route, placeholder="GET /invoices/{id}", id="route"))
        placeholder = "invoices:read, any or public"
        yield row("Needs", Field(given.needs, placeholder=placeholder, id="needs"))
        yield Static(HOW, classes="means gap", markup=False)
        if self._first:
            yield Static(FIRST, classes="caution gap", markup=False)

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons."""
        verb = "Add" if self._route is None else "Change"
        return button(verb, "go", primary=True), button("Cancel", "back")

    def on_mount(self) -> None:
        """Begin at the first field."""
        super().on_mount()
        self.head("Add a route" if self._route is None else f"What {self._route} needs")
        self.hint(Hint("enter", "Add" if self._route is None else "Change", "go"), MOVE, BACK)
        self.wrong(self._error)
        self.query(Field).first().focus()

    def action_go(self) -> None:
        """Go to the first field that is empty, else answer."""
        for field in self.query(Field):
            if not field.value.strip():
                field.focus()
                return
        given = {field.id: field.value.strip() for field in self.query(Field)}
        self.dismiss(WantedRoute(given.get("route", str(self._route)), given["needs"]))
