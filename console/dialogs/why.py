"""Why a request was refused, or what one with a key would get now: the decision as a trace."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from textual import events, on, work
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from console.dialogs.dialog import SCROLL, Dialog
from console.text import why_words
from console.text.pasted import key_id, request_id
from console.text.safe import safe
from console.widgets.field import SearchField
from console.widgets.hint_bar import Hint
from console.widgets.leaving import still
from console.widgets.parts import line, row
from store.domain.trace import Result
from store.errors import KeydeckError
from store.service.why import Explanation

_SIGNS = {
    Result.PASSED: ("✓", "+", "$state-active"),
    Result.STOPPED: ("✕", "x", "$state-revoked"),
    Result.UNTOLD: ("?", "?", "$state-expiring"),
    Result.NOT_REACHED: ("·", ".", "$dim"),
}
_LABEL = 10


class AskedField(SearchField):
    """Takes a request id out of whatever is pasted; of a whole key no more than its id."""

    class Answered(Message):
        """What was pasted is an id: there is nothing more to type."""

    def _on_paste(self, event: events.Paste) -> None:
        found = request_id(event.text) or key_id(event.text, self._prefix)
        if found is not None:
            # Behind what stood there it would be a part of that, and found by nothing.
            self.select_all()
        super()._on_paste(event)
        if found is not None:
            self.post_message(self.Answered())

    def taken(self, text: str) -> str:
        """Return the request id in a paste, a key's id, else the first line."""
        return request_id(text) or super().taken(text)


class WhyDialog(Dialog[None]):
    """Explains one reference after the other, until it is closed."""

    BINDINGS = [  # noqa: RUF012
        Binding("down", "scroll(1)", "Down", show=False),
        Binding("up", "scroll(-1)", "Up", show=False),
        Binding("pagedown", "scroll(10)", "Page down", show=False),
        Binding("pageup", "scroll(-10)", "Page up", show=False),
    ]

    def __init__(
        self,
        explain: Callable[[str], Awaitable[Explanation]],
        now: Callable[[], int],
        *,
        prefix: str,
        reference: str = "",
        ascii_only: bool = False,
    ) -> None:
        """`reference` is explained at once, where there is one."""
        super().__init__(ascii_only=ascii_only)
        self._explain = explain
        self._now = now
        self._prefix = prefix
        self._reference = reference
        self._explained = ""

    def body(self) -> Iterable[Widget]:
        """Return the field and the explanation below it."""
        placeholder = "a request id, or a key's id or name"
        yield row("Why", AskedField(self._prefix, placeholder=placeholder, id="asked"))
        explained = line("explained", "gap")
        explained.display = False
        yield explained

    def on_mount(self) -> None:
        """Begin at the field."""
        super().on_mount()
        self.head("Why?")
        self.hint(Hint("enter", "Explain", "go"), SCROLL, Hint("esc", "Close", "back"))
        field = self.query_one(AskedField)
        field.value = self._reference
        field.begin()
        if self._reference:
            self.action_go()

    @on(Input.Submitted)
    @on(AskedField.Answered)
    def _submitted(self, event: Input.Submitted | AskedField.Answered) -> None:
        event.stop()
        self.action_go()

    @on(Input.Changed)
    def _asked_otherwise(self, event: Input.Changed) -> None:
        """Take an answer away that is none to what the field holds now."""
        if event.input.value.strip() != self._explained:
            self.workers.cancel_group(self, "explain")
            self._explained = ""
            self.head("Why?")
            self._explain_so(Content(""))

    def action_go(self) -> None:
        """Explain what the field holds."""
        reference = self.query_one(AskedField).value.strip()
        if reference:
            self._explained = reference
            self._ask(reference)
        else:
            self.wrong("Paste the request_id of the answer, or type a key's id or name.")

    @work(exclusive=True, group="explain")
    async def _ask(self, reference: str) -> None:
        content, title = Content(""), "Why?"
        try:
            decision = await still(self, self._explain(reference))
        except KeydeckError as error:
            sentence: str | None = str(error)
        else:
            content, sentence = self._told(decision), None
            title = "Why?" if decision.request_id else "Would it be let in?"
        self.head(title)
        self._explain_so(content)
        self.wrong(sentence)

    def _explain_so(self, content: Content) -> None:
        explained = self.query_one("#explained", Static)
        explained.update(content)
        explained.display = bool(content)

    def _told(self, decision: Explanation) -> Content:
        now = self._now()
        blocks = [
            [Content.styled(safe(why_words.title(decision)), "bold")]
            + [
                Content.assemble((f"{label:<{_LABEL}}", "$dim"), safe(value))
                for label, value in why_words.facts(decision, now, self._prefix)
            ],
            self._steps(why_words.steps(decision)),
            [
                Content.styled(safe(sentence), "$accent")
                for sentence in why_words.advice(decision, now, self._prefix)
            ],
        ]
        return Content("\n\n").join(Content("\n").join(block) for block in blocks if block)

    def _steps(self, steps: Sequence[tuple[str, Result, str]]) -> list[Content]:
        """Return a line for each step up to the last that was asked, and one for all after it."""
        asked = [self._step(*one) for one in steps if one[1] is not Result.NOT_REACHED]
        rest = ", ".join(step for step, result, _ in steps if result is Result.NOT_REACHED)
        return [*asked, self._step("not asked", Result.NOT_REACHED, rest)] if rest else asked

    def _step(self, step: str, result: Result, detail: str) -> Content:
        glyph, ascii_glyph, tone = _SIGNS[result]
        words = "$foreground" if result in (Result.STOPPED, Result.UNTOLD) else "$dim"
        return Content.assemble(
            (f"{ascii_glyph if self.ascii_only else glyph} ", tone),
            (f"{step:<{_LABEL}}", "$dim" if result is Result.NOT_REACHED else "$foreground"),
            (safe(detail), words),
        )
