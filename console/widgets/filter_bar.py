"""The line above the table: a filter that completes and explains itself, and the counts."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from rich.text import Text
from textual import on, work
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
from console.widgets.leaving import in_thread
from store.domain.filtering import (
    About,
    Known,
    Terms,
    asked_for,
    begun,
    choices,
    completed,
    terms,
    understood,
)
from store.domain.listing import Counts
from store.errors import KeydeckError

if TYPE_CHECKING:
    from textual.worker import Worker

Offered: TypeAlias = Callable[[str], tuple[tuple[str, ...], tuple[str, ...]]]

_ROOMY = 110
_SYNTAX = "words  -not  state: note: scope: by: holder: for: label: expires:<14d unused:>30d"
LEARNING = "learn"
"""The workers that ask which owners and labels there are."""
_LEFT_OUT = " Left out."
_FILTERED = "Only keys that match are listed. Esc shows every key."
_FIELD = 11
"""Cells beside the counts: what is typed, and the edges."""
_COUNTED = {
    "active": ("active", "state-active"),
    "expiring": ("expiring", "state-expiring"),
    "rotating": ("rotating", "state-rotating"),
    "expired": ("expired", "state-expired"),
    "revoked": ("revoked", "state-revoked"),
    "still_used": ("still tried", "state-expiring"),
}
"""What is said of the counts of keys, each by its name: a word and a colour."""
_OF_ACTIVE = ("expiring", "rotating")
"""Counts of keys that are counted as active, too."""
_FIRST_TO_GO = ("expired", "revoked", "rotating", "expiring")
"""Counts that a narrow line leaves out, what asks for nothing first."""


class FilterField(SearchField):
    """What is typed to filter."""

    BINDINGS = [  # noqa: RUF012
        Binding("tab", "complete", "Complete", show=False),
    ]

    TAKING = frozenset({"right", "tab"})

    def __init__(self, prefix: str, complete: Callable[[str], str | None]) -> None:
        super().__init__(prefix, placeholder="/ filter", id="filter")
        self._complete = complete
        self.suggester = _Completing(complete)

    def completes(self, worker: "Worker[object]") -> bool:
        """Return whether a worker looks for what the text can become, names to learn included."""
        return worker.group == LEARNING or super().completes(worker)

    def action_complete(self) -> None:
        """Take what the last term can become, which need not begin as it does."""
        whole = self._complete(self.value)
        if whole is not None:
            self.value = whole
        self.cursor_position = len(self.value)


class _Completing(Suggester):
    def __init__(self, complete: Callable[[str], str | None]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._complete = complete

    async def get_suggestion(self, value: str) -> str | None:
        """Return the filter with its last term completed, where that only adds to it."""
        whole = self._complete(value)
        return whole if whole is not None and whole.startswith(value) else None


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
        self.known = Known()
        """What terms complete to."""
        self.offered: Offered | None = None
        """Says which owners and labels there are that begin so; blocking. None before a sign-in."""
        self._said = Text()
        self._say: Callable[[], None] = lambda: None
        """Says the counts again, in the room there is for them by now."""

    def compose(self) -> ComposeResult:
        """Lay out the line."""
        with Horizontal(id="filter-line"):
            yield FilterField(self._prefix, self._completed)
            yield Static("", id="counts", markup=False)
        yield Static("", id="filter-help", markup=False)

    @property
    def field(self) -> FilterField:
        """The field itself."""
        return self.query_one(FilterField)

    def begin(self) -> None:
        """Let somebody type."""
        self.field.begin()
        self._help()
        self._say()

    def leave(self) -> None:
        """Take no more."""
        self.field.leave()
        self._help()
        self._say()
        self._ask()

    @on(Click, "#filter")
    def _clicked(self) -> None:
        if not self.field.can_focus:
            self.begin()

    def _completed(self, text: str) -> str | None:
        return completed(text, self.known)

    def _begun(self, text: str) -> str | None:
        return begun(text, self.known)

    def _help(self, *, final: bool = False) -> None:
        """Say what is wrong with the filter, or what can come next, or that one is on.

        A term that is only begun is wrong once it is `final`.
        """
        text, typing = self.field.value, self.field.can_focus
        wrong = self._wrong(text, typing=typing and not final)
        line = self.query_one("#filter-help", Static)
        sentence = wrong or (self._next(text) if typing else self._left(text))
        if wrong and len(wrong + _LEFT_OUT) <= line.content_size.width:
            sentence += _LEFT_OUT
        # Its height is fixed; to lay all out again would draw the whole screen for every key typed.
        line.update(Content(safe(sentence)), layout=False)
        line.set_class(wrong is not None, "wrong")

    def _wrong(self, text: str, *, typing: bool) -> str | None:
        if typing and self._begun(text) is not None:
            return None
        wrong = understood(without_prefix(text, self._prefix))[1]
        return None if wrong is None else str(wrong)

    def _next(self, text: str) -> str:
        if not text or text.endswith(" "):
            return _SYNTAX
        found = choices(text, self.known)
        return f"tab: {'  '.join(found)}" if found else self._unknown(text)

    def _left(self, text: str) -> str:
        return self._unknown(text) or (_FILTERED if text.strip() else "")

    def _unknown(self, text: str) -> str:
        """Name a resource or an action that the catalogue lacks.

        A key of before may have it all the same.
        """
        known: dict[str, list[str]] = {}
        for scope in self.known.scopes:
            resource, _, action = scope.partition(":")
            known.setdefault(resource, []).append(action)
        if not known or self._begun(text) is not None:
            return ""
        meant = terms(understood(text)[0])
        for term in meant:
            if term.about is not About.SCOPE:
                continue
            resource, _, action = term.value.partition(":")
            if resource not in known:
                return f"No resource “{resource}” here: {', '.join(sorted(known))}."
            if action and action not in known[resource]:
                return f"No “{action}” of {resource} here: {', '.join(known[resource])}."
        return ""

    def say(self, counts: Counts, matching: int | None, marked: int, *, more: bool = False) -> None:
        """Say how many keys there are, how many match, and how many are marked.

        `more` is for more that may match: counting them all would take too long, as of `counts`.
        """
        self._say = partial(self.say, counts, matching, marked, more=more)
        colours = self.app.theme_variables

        def colour(name: str) -> str:
            # Textual writes terminal colours as `ansi_red`, Rich as `red`.
            return colours.get(name, "").removeprefix("ansi_")

        parts: dict[str, Text] = {}
        # While one filters, narrow lines have room for what is typed and found, and no more.
        filtering = matching is not None or self.field.can_focus
        brief = filtering and self.size.width < _ROOMY
        found = matching or 0
        total = f"{max(found, counts.total):,}{'+' if counts.more else ''}"
        for number, beyond, word, tone, always in (
            (marked, False, "marked", "accent", False),
            (found, more, f"of {total} match", "foreground", matching is not None),
            *(
                (getattr(counts, name), name in counts.more, word, tone, name == "active")
                for name, (word, tone) in _COUNTED.items()
            ),
        ):
            if brief and not (word == "marked" or word.endswith("match")):
                continue
            if number or always:
                parts[word] = Text.assemble(
                    (f"{number:,}{'+' if beyond else ''}", colour(tone)),
                    (f" {word}", colour("dim")),
                )
        for word in _FIRST_TO_GO:
            if not 0 < self.size.width < _FIELD + sum(part.cell_len + 2 for part in parts.values()):
                break
            # Whole or not at all: half a word at the edge is no number that anybody trusts.
            parts.pop(word, None)
        text = Text("  ", end="", no_wrap=True).join(_within_active(parts, colour("dim")))
        if text != self._said or text.spans != self._said.spans:
            wider = text.cell_len != self._said.cell_len
            self._said = text
            self.query_one("#counts", Static).update(text, layout=wider)

    @on(Input.Changed, "#filter")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._help()
        self._ask()
        self._learn(event.value)

    @work(exclusive=True, group=LEARNING)
    async def _learn(self, text: str) -> None:
        """Ask which owners or labels begin as the last term does, where it is about one."""
        value = asked_for(text, About.FOR)
        if value is None:
            value = asked_for(text, About.LABEL)
        if self.offered is None or value is None:
            return
        with suppress(KeydeckError):
            owners, labels = await in_thread(self, partial(self.offered, value))
            self.known = self.known._replace(owners=owners, labels=labels)
            self._help()

    def _ask(self) -> None:
        """Ask for what the terms find that make sense, whatever stands beside them."""
        text = self.field.value
        before = self._begun(text) if self.field.can_focus else None
        kept, _ = understood(text if before is None else before)
        self.post_message(self.Asked(terms(without_prefix(kept, self._prefix)), kept))

    @on(Input.Submitted, "#filter")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._wrong(event.value, typing=False) is None:
            self.post_message(self.Left())
            return
        # What is listed is not what the line says.
        self._help(final=True)


def _within_active(parts: dict[str, Text], quiet: str) -> list[Text]:
    """Return the counts in order, those of active keys within theirs: what stands alone adds up.

    `quiet` is the colour of what holds them together.
    """
    within = [parts.pop(word) for word in _OF_ACTIVE if word in parts]
    if within and (active := parts.get("active")) is not None:
        active.append(" (", quiet).append(Text(", ", quiet).join(within)).append(")", quiet)
    return [*parts.values()]
