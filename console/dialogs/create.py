"""New key: name and expiry, permissions, review. Nothing is created before the last step.

From the review one goes to what else a key may carry, which nobody has to think about.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Button, ContentSwitcher, Static

from console.dialogs.dialog import BACK, MOVE
from console.dialogs.fields import FieldsDialog
from console.text.restriction_words import carried
from console.text.safe import safe
from console.text.sentences import every, review
from console.widgets.field import Field
from console.widgets.granting import Granting, preset_hints
from console.widgets.hint_bar import Hint
from console.widgets.leaving import still
from console.widgets.lifetime import Life, Lifetime
from console.widgets.parts import button, line, row
from console.widgets.restricting import Carried, Restricting
from console.widgets.suggesting import Offers, nothing
from store.domain.names import MAX_LENGTH
from store.domain.scopes import Resource, Scopes, short
from store.errors import Invalid
from store.service.keys import NewKey

STEPS = ("naming", "granting", "review")
NEXT = Hint("enter", "Next", "go")
ONE_BACK = Hint("esc", "Back", "back")
MORE = Hint("m", "Whose, how often, from where and when", "more")
HINTS = {
    "naming": (NEXT, MOVE, Hint("arrows", "Choose", "app.focus_next", 3), BACK),
    "review": (Hint("enter", "Create", "go"), MORE, MOVE, ONE_BACK),
    "more": (Hint("enter", "To the review", "go"), MOVE, ONE_BACK),
}


class CreateDialog(FieldsDialog[NewKey | None]):
    """Asks what a new key is to be. The answer is not checked by the store yet."""

    BINDINGS = [Binding("m", "more", "More", show=False)]  # noqa: RUF012

    def __init__(
        self,
        catalogue: Sequence[Resource],
        now: Callable[[], int],
        check_name: Callable[[str], Awaitable[str | None]],
        initial: NewKey | None = None,
        error: str | None = None,
        people: Sequence[str] = (),
        offers: tuple[Offers, Offers] = (nothing, nothing),
        *,
        ascii_only: bool = False,
    ) -> None:
        """Ask anew, or again: `initial` is the answer that was refused with `error`.

        `now` gives UTC milliseconds, `check_name` a sentence when a name cannot be taken, and
        `people` are the e-mails that can be named as holders; `offers` say which owners there are
        that begin so, and which labels.
        """
        super().__init__(ascii_only=ascii_only)
        self._catalogue = catalogue
        self._now = now
        self._check_name = check_name
        self._initial = initial
        self._error = error
        self._people = people
        self._offers = offers
        self._carried = Carried()
        if initial is not None:
            self._carried = Carried(
                initial.owner,
                initial.labels,
                initial.networks,
                initial.not_before,
                initial.limits,
            )
        self._checking = False
        self._answer: NewKey | None = None

    def body(self) -> Iterable[Widget]:
        """Return the three steps, of which one is seen."""
        initial = self._initial
        life = Life(initial.expires_at, initial.rotate_every_days) if initial else None
        granted: Scopes = initial.scopes if initial else frozenset()
        name = Field(initial.name if initial else "", max_length=MAX_LENGTH, id="name")
        holders = Field(
            " ".join(initial.holders) if initial else "",
            placeholder="e-mail of another holder, optional",
            id="holders",
        )
        holders.suggester = SuggestFromList([safe(email) for email in self._people])
        return (
            ContentSwitcher(
                Vertical(
                    row("Name", name),
                    row(
                        "",
                        Static(
                            "You will have to recognise it in an incident.\n"
                            "Name it after its use, for example “Website”.",
                            classes="why",
                            markup=False,
                        ),
                    ),
                    Lifetime(self._now, life, not_before=self._carried.not_before),
                    row("Held by", holders, "gap", shown=len(self._people) > 1),
                    id="naming",
                ),
                Vertical(
                    Granting(self._catalogue, granted, ascii_only=self.ascii_only),
                    id="granting",
                ),
                Vertical(line("plain-words"), line("particulars", "gap"), id="review"),
                Vertical(Restricting(self._now, self._carried, *self._offers), id="more"),
                initial="naming",
            ),
        )

    def actions(self) -> Iterable[Widget]:
        """Return the buttons."""
        yield button("Next", "go", primary=True)
        yield button("More…" if not self.ascii_only else "More...", "more")
        yield button("Cancel", "back")

    @on(Button.Pressed, "#more")
    def _more(self) -> None:
        self.action_more()

    def on_mount(self) -> None:
        """Begin with the name; a refusal is told there, and nothing typed is lost."""
        self._enter("naming")
        self.wrong(self._error)

    @property
    def busy(self) -> bool:
        """Whether keys have to wait: the next step may be on its way."""
        return self._checking or super().busy

    @property
    def step(self) -> str:
        """Which of the steps is seen."""
        return self.query_one(ContentSwitcher).current or STEPS[0]

    def _enter(self, step: str) -> None:
        self.query_one(ContentSwitcher).current = step
        name = self.query_one("#name", Field).value.strip()
        title = "New key" if step == "naming" else f"New key “{name}”"
        beside = step not in STEPS
        self.head(title, "optional" if beside else f"{STEPS.index(step) + 1} of {len(STEPS)}")
        self.wrong(None)
        granting = (NEXT, *preset_hints(self._catalogue), ONE_BACK)
        self.hint(*HINTS.get(step, granting))
        goes = {"review": "Create", "more": "To the review"}.get(step, "Next")
        self.query_one("#go", Button).label = Content(goes)
        self.query_one("#more", Button).display = step == "review"
        self.query_one("#back", Button).label = Content("Cancel" if step == "naming" else "Back")
        focused = {"naming": "#name", "granting": "#grid", "review": "#go", "more": "#owner"}[step]
        self.query_one(focused).focus()

    def action_go(self) -> None:
        """Go to the next step; from the last one, answer."""
        if self.step == "naming":
            if not self._checking:
                self._checking = True
                self.run_worker(self._leave_naming(), group="naming")
        elif self.step == "granting":
            self._leave_granting()
        elif self.step == "more":
            self._leave_more()
        elif self._answer is not None:
            self.dismiss(self._answer)

    def action_back(self) -> None:
        """Go one step back; from the first, leave without an answer."""
        if self.step == "more":
            self.query_one(Restricting).show(self._carried)
            self._enter("review")
            return
        place = STEPS.index(self.step)
        if place == 0:
            self.dismiss(None)
        else:
            self._enter(STEPS[place - 1])

    def action_more(self) -> None:
        """Go from the review to what else the key may carry."""
        if self.step == "review":
            self._enter("more")

    def action_grant(self) -> None:
        """Grant the current cell's scope, or take it away."""
        self.query_one(Granting).grid.action_grant()

    def action_preset(self, name: str) -> None:
        """Grant a preset."""
        self.query_one(Granting).action_preset(name)

    async def _leave_naming(self) -> None:
        try:
            name = self.query_one("#name", Field)
            if not name.value.strip():
                self._stay("Give it a name, after its use.", name)
            elif sentence := await still(self, self._check_name(name.value.strip())):
                self._stay(sentence, name)
            elif unknown := [holder for holder in self._holders() if holder not in self._people]:
                sentence = f"“{unknown[0]}” is not in this workspace."
                self._stay(sentence, self.query_one("#holders", Field))
            else:
                self._leave_lifetime()
        finally:
            self._checking = False

    def _leave_lifetime(self) -> None:
        lifetime = self.query_one(Lifetime)
        try:
            lifetime.life()
        except Invalid as error:
            self.wrong(str(error))
            lifetime.go_to_trouble()
        else:
            self._enter("granting")

    def _stay(self, sentence: str, field: Field) -> None:
        self.wrong(sentence)
        field.focus()

    def _holders(self) -> tuple[str, ...]:
        return tuple(self.query_one("#holders", Field).value.replace(",", " ").split())

    def _leave_granting(self) -> None:
        granted = self.query_one(Granting).value
        if not granted:
            self.wrong("Grant at least one permission: space ticks the current box.")
            self.query_one("#grid").focus()
            return
        try:
            life = self.query_one(Lifetime).life()
        except Invalid as error:
            self._enter("naming")
            self.wrong(str(error))
            return
        # What is reviewed is what is created: the instant is not counted anew.
        self._answer = NewKey(
            name=self.query_one("#name", Field).value.strip(),
            scopes=granted,
            expires_at=life.expires_at,
            rotate_every_days=life.rotate_every_days,
            holders=self._holders(),
            owner=self._carried.owner,
            labels=self._carried.labels,
            networks=self._carried.networks,
            not_before=self._carried.not_before,
            limits=self._carried.limits,
        )
        self._review(self._answer)
        self._enter("review")

    def _leave_more(self) -> None:
        restricting = self.query_one(Restricting)
        try:
            self._carried = restricting.carried()
        except Invalid as error:
            self.wrong(str(error))
            restricting.go_to_trouble(error)
        else:
            self.query_one(Lifetime).begin_at(self._carried.not_before)
            self._leave_granting()

    def _review(self, answer: NewKey) -> None:
        now = self._now()
        words = (*review(answer.scopes, answer.expires_at, now), *carried(answer, now))
        self.query_one("#plain-words", Static).update(
            Content("\n").join(Content.styled(safe(sentence), "bold") for sentence in words)
        )
        parts = (
            ("Scopes", " ".join(short(answer.scopes))),
            ("Rotate", every(answer.rotate_every_days)),
            ("Held by", ", ".join(["you", *answer.holders])),
        )
        summary = Content("\n").join(
            Content.assemble((f"{label:<9}", "$dim"), safe(text)) for label, text in parts
        )
        once = "The key is shown once, right after this. Have its place ready."
        self.query_one("#particulars", Static).update(
            Content.assemble(summary, "\n\n", (once, "$warning"))
        )
