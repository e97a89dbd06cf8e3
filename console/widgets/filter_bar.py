"""The line above the table: a filter that completes and explains itself, and the counts."""

from collections.abc import Callable, Iterable

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, Static

from console.text.pasted import without_prefix
from console.text.safe import safe
from console.widgets.field import SearchField
from store.errors import Invalid
from store.filtering import Terms, completed, terms
from store.listing import Counts

_ROOMY = 110
_SYNTAX = (
    "words  state:revoked  scope:events  note:rotating  by:alice  holder:bob  expires:<14d  "
    "unused:>30d  -not"
)


class FilterField(SearchField):
    """What is typed to filter."""

    BINDINGS = [  # noqa: RUF012
        Binding("tab", "complete", "Complete", show=False),
    ]

    def __init__(self, prefix: str, suggester: Suggester) -> None:
        super().__init__(prefix, placeholder="/ filter", id="filter")
        self.suggester = suggester

    def action_complete(self) -> None:
        """Take the suggestion."""
        self.cursor_position = len(self.value)
        self.action_cursor_right()


class _Completing(Suggester):
    def __init__(self, known: Callable[[], tuple[Iterable[str], Iterable[str]]]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._known = known

    async def get_suggestion(self, value: str) -> str | None:
        """Return the filter with its last term completed."""
        scopes, people = self._known()
        return completed(value, scopes=scopes, people=people)


class FilterBar(Vertical):
    """A field, the workspace's counts, and a sentence where a term makes no sense."""

    DEFAULT_CSS = "FilterBar { height: auto; }"

    class Asked(Message):
        """Other keys are wanted."""

        def __init__(self, terms: Terms, text: str) -> None:
            super().__init__()
            self.terms = terms
            self.text = text

    class Left(Message):
        """Whoever filtered has done so."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix
        self.scopes: tuple[str, ...] = ()
        """What `scope:` completes to."""
        self.people: tuple[str, ...] = ()
        """What `by:` and `holder:` complete to."""

    def compose(self) -> ComposeResult:
        """Lay out the line."""
        completing = _Completing(lambda: (self.scopes, self.people))
        with Horizontal(id="filter-line"):
            yield FilterField(self._prefix, completing)
            yield Static("", id="counts", markup=False)
        yield Static("", id="filter-help", markup=False)

    @property
    def field(self) -> FilterField:
        """The field itself."""
        return self.query_one(FilterField)

    def begin(self, text: str | None = None) -> None:
        """Let somebody type, after a text if one is given."""
        if text is not None:
            self.field.value = text
        self.field.begin()
        self._help(None)

    def leave(self) -> None:
        """Take no more."""
        self.field.leave()
        self._help(None)

    @on(Click, "#filter")
    def _clicked(self) -> None:
        if not self.field.can_focus:
            self.begin()

    def _help(self, wrong: str | None) -> None:
        line = self.query_one("#filter-help", Static)
        syntax = self.field.can_focus and not self.field.value
        line.update(Content(safe(wrong or (_SYNTAX if syntax else ""))))
        line.set_class(wrong is not None, "wrong")

    def say(self, counts: Counts, matching: int | None, marked: int) -> None:
        """Say how many keys there are, how many match, and how many are marked."""
        colours = self.app.theme_variables

        def colour(name: str) -> str:
            # Textual writes terminal colours as `ansi_red`, Rich as `red`.
            return colours.get(name, "").removeprefix("ansi_")

        text = Text(end="", no_wrap=True)
        # While a filter is on, narrow lines have room for what it says and no more.
        brief = matching is not None and self.size.width < _ROOMY
        for number, word, tone, always in (
            (marked, "marked", "accent", False),
            (matching or 0, "match", "foreground", matching is not None),
            (counts.active, "active", "state-active", True),
            (counts.expiring, "expiring", "state-expiring", False),
            (counts.rotating, "rotating", "state-rotating", False),
            (counts.expired, "expired", "state-expired", False),
            (counts.revoked, "revoked", "state-revoked", False),
        ):
            if brief and word not in ("marked", "match"):
                continue
            if number or always:
                text.append("  " if text else "")
                text.append(f"{number:,}", style=colour(tone))
                text.append(f" {word}", style=colour("dim"))
        self.query_one("#counts", Static).update(text, layout=True)

    @on(Input.Changed, "#filter")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        try:
            found = terms(without_prefix(event.value, self._prefix))
        except Invalid as error:
            self._help(str(error))
            return
        self._help(None)
        self.post_message(self.Asked(found, event.value.strip()))

    @on(Input.Submitted, "#filter")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Left())
