"""Granting permissions: presets, the grid, and what it comes to in plain words."""

from collections.abc import Callable, Iterable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from console.text.safe import safe
from console.text.sentences import listed
from console.widgets.hint_bar import Hint
from console.widgets.leaving import MayLeave
from console.widgets.parts import button
from console.widgets.scope_grid import ScopeGrid
from store.domain.scopes import READ, USUAL, WRITE, Resource, Scopes, doing, in_words

MANY = 4
NO_RESOURCE = "There is nothing to grant yet. The operator names it: keydeck resources add NAME."


class Granting(MayLeave, Vertical):
    """A scope grid with presets. Nothing is granted until somebody grants it."""

    DEFAULT_CSS = "Granting { height: auto; }"

    BINDINGS = [  # noqa: RUF012
        Binding("r", "preset('read')", "Read only", show=False),
        Binding("w", "preset('both')", "Read and write", show=False),
        Binding("e", "preset('all')", "Everything", show=False),
        Binding("c", "preset('none')", "Clear", show=False),
    ]

    def __init__(
        self,
        catalogue: Sequence[Resource],
        value: Scopes = frozenset(),
        *,
        before: Scopes | None = None,
        ascii_only: bool = False,
        words: Callable[[Scopes], Content] | None = None,
    ) -> None:
        """Offer a catalogue. `words` says what a grant comes to; by default `in_words` does."""
        super().__init__()
        self._catalogue = catalogue
        self._value = value
        self._before = before
        self._ascii = ascii_only
        self._words = words or _nothing_or_words

    def compose(self) -> ComposeResult:
        """Lay out the grid, the presets, the words."""
        yield ScopeGrid(
            self._catalogue, self._value, before=self._before, ascii_only=self._ascii, id="grid"
        )
        viewed, edited = self._with(READ), self._with(WRITE)
        with Horizontal(classes="preset gap"):
            yield button("Read only", "read-only")
            yield Static(f"view {self._named(viewed)}", classes="means", markup=False)
        with Horizontal(classes="preset"):
            yield button("Read and write", "read-write")
            part = f"{len(edited)} of them" if set(edited) < set(viewed) else self._named(edited)
            them = "them" if edited and edited == viewed else part
            yield Static(f"also create and edit {them}", classes="means", markup=False)
        own = own_actions(self._catalogue)
        if own:
            with Horizontal(classes="preset"):
                yield button("Everything", "everything")
                also = listed([doing(action) for action in own])
                also = also if len(own) <= MANY else f"all {len(own)} other actions"
                yield Static(f"also {also}", classes="means", markup=False)
        yield Static("", id="words", classes="gap", markup=False)

    def _with(self, action: str) -> list[str]:
        return [resource.name for resource in self._catalogue if action in resource.actions]

    def _named(self, names: list[str]) -> str:
        if not names:
            return "nothing"
        if len(names) <= MANY:
            return listed([safe(name) for name in names])
        every = len(names) == len(self._catalogue)
        return f"all {len(names)} resources" if every else f"{len(names)} resources"

    def on_mount(self) -> None:
        """Say what is granted."""
        self._say(self._value)

    @property
    def grid(self) -> ScopeGrid:
        """The grid itself."""
        return self.query_one("#grid", ScopeGrid)

    @property
    def value(self) -> Scopes:
        """What is granted."""
        return self.grid.value

    def action_preset(self, name: str) -> None:
        """Grant reading, reading and writing, all, or nothing, of every resource."""
        all_own = own_actions(self._catalogue)
        wanted = {"read": (READ,), "both": USUAL, "all": (*USUAL, *all_own), "none": ()}[name]
        self.grid.grant(
            frozenset(
                scope
                for resource in self._catalogue
                for scope in resource.scopes
                if scope.action in wanted
            )
        )

    @on(Button.Pressed, "#read-only")
    def _read_only(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_preset("read")

    @on(Button.Pressed, "#read-write")
    def _read_write(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_preset("both")

    @on(Button.Pressed, "#everything")
    def _everything(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_preset("all")

    @on(ScopeGrid.Changed)
    def _changed(self, event: ScopeGrid.Changed) -> None:
        self._say(event.value)

    def _say(self, value: Scopes) -> None:
        said = self._words(value) if self._catalogue else Content.styled(NO_RESOURCE, "$dim")
        self.query_one("#words", Static).update(said)


def own_actions(catalogue: Iterable[Resource]) -> tuple[str, ...]:
    """Return the actions beyond read and write that there are, each once."""
    return tuple(dict.fromkeys(action for resource in catalogue for action in resource.own))


def preset_hints(catalogue: Iterable[Resource]) -> tuple[Hint, ...]:
    """Return what the keys of the presets do."""
    everything = (Hint("e", "Everything", "preset('all')"),) if own_actions(catalogue) else ()
    return (
        Hint("space", "Grant", "grant"),
        Hint("r", "Read only", "preset('read')"),
        Hint("w", "Read and write", "preset('both')"),
        *everything,
        Hint("c", "Clear", "preset('none')", 4),
    )


def _nothing_or_words(value: Scopes) -> Content:
    if not value:
        return Content.styled("Nothing is granted. Grant the least its use requires.", "$dim")
    return Content(safe(in_words(value)))
