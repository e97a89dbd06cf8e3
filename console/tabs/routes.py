"""The Routes tab: the requests of the admin's own API, and what each needs."""

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from console.tabs.searched_tab import SearchedTab
from console.text import route_words as words
from console.text.safe import safe
from console.widgets.field import SearchField
from console.widgets.parts import lines
from console.widgets.row_list import ListColumn, Row, RowList
from store.domain.routes.route import Route
from store.errors import AdminsOnly

_COLUMNS = (
    ListColumn("Method", 8),
    ListColumn("Path", share=3),
    ListColumn("Needs", share=2),
    ListColumn("From", 24, 100),
)
NONE = (
    f"No route yet: {words.NO_ROUTES}",
    "A route: GET /invoices/{id} needs invoices:read. What none names is refused.",
)
ADDS = "n adds one; keydeck routes import openapi.json adds those of a whole API."
COMMAND_ADDS = "The operator adds them: keydeck routes add, or keydeck routes import FILE."


class RoutesTab(SearchedTab):
    """One row a route, by path; below, what the current one means."""

    def __init__(self, *given: object, **more: object) -> None:
        super().__init__(*given, **more)  # type: ignore[arg-type]
        self._routes: list[Route] = []
        self._shown: dict[str, Route] = {}
        self._text = ""
        self._drawn: tuple[object, str] | None = None

    def compose(self) -> ComposeResult:
        """Lay out the tab."""
        with Horizontal(classes="filter-line"):
            yield SearchField(
                self._store.prefix,
                placeholder="/ filter: a path, a scope, public",
                id="routes-filter",
            )
        yield Static("", classes="why-not", markup=False)
        yield Static("", classes="nothing", markup=False)
        yield RowList(_COLUMNS, ascii_only=self._ascii)
        yield Static("", classes="told", markup=False)

    def read(self) -> Callable[[], None] | None:
        """Read every route when something was committed or another filter is typed."""
        # Before reading: what is committed meanwhile is seen the next time.
        drawn = (self._store.changes(), self._text)
        if drawn == self._drawn:
            return None
        routes = self._store.routes.seen(self._actor)
        sought = self._text.lower().split()
        found = {str(one): one for one in routes if _fits(one, sought)}
        rows = tuple(_row(one) for one in found.values())

        def draw() -> None:
            anew = self._drawn is not None and self._drawn[1] != drawn[1]
            self._drawn, self._routes, self._shown = drawn, routes, found
            self.refuse(None)
            self._say_nothing()
            self.query_one(RowList).show(rows, anew=anew)
            self._tell()

        return draw

    @property
    def current(self) -> Route | None:
        """The current row's route."""
        return self._shown.get(self.query_one(RowList).current or "")

    def _say_nothing(self) -> None:
        by_command = bool(self.host.looks_only) or self.host.options.guest is not None
        if self._routes:
            told = lines(f"No route matches “{self._text.strip()}”. Esc clears the filter.")
        else:
            told = lines(*NONE, COMMAND_ADDS if by_command else ADDS)
        nothing = self.query_one(".nothing", Static)
        nothing.update(told)
        nothing.display = not self._shown

    def refuse(self, error: AdminsOnly | None) -> None:
        """Say why there is nothing to see, and not that there is nothing."""
        super().refuse(error)
        if error is not None:
            self._routes, self._shown, self._drawn = [], {}, None
            self.query_one(".nothing").display = False
            self._tell()

    def unread(self) -> None:
        """Read all of it once the store can be read again."""
        self._drawn = None

    def on_row_list_moved(self) -> None:
        """Say what the current route means."""
        self._tell()

    def _tell(self) -> None:
        route, sentence = self.current, ""
        if route is not None:
            public = sum(one.public for one in self._shown.values())
            told = words.counted(len(self._shown), public)
            sentence = f"{told}. {route} {words.needs(route)}."
        self.query_one(".told", Static).update(Content.styled(safe(sentence), "$dim"))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._text = event.value
        self.look_again()


def _fits(route: Route, sought: list[str]) -> bool:
    text = f"{route} {route.needs} {words.origin(route)}".lower()
    return all(word in text for word in sought)


def _row(route: Route) -> Row:
    pattern = route.pattern
    return Row(
        str(route),
        (pattern.method, pattern.path, words.listed(route), words.origin(route)),
        tone="expiring" if route.public else "accent",
    )
