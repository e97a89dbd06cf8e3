"""Whom keys belong to outside, and their labels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.dialog import BACK, MOVE
from console.dialogs.fields import FieldsDialog
from console.text.batches import listed_names, titled
from console.text.label_words import read, written
from console.text.safe import safe
from console.widgets.field import Field
from console.widgets.hint_bar import Hint
from console.widgets.parts import button, lines, row
from console.widgets.suggesting import Offering, Offers
from store.domain.keys import Key
from store.domain.labels import NOBODY, Labels, changes
from store.errors import Invalid

MEANS = (
    "Whom your own system knows it by, and what is to be found, stopped or revoked together. "
    "Verifiers tell both, and no caller a remark; successors take them over. None of them lets or "
    "refuses anything by itself."
)
OF_SEVERAL = (
    f"Empty leaves the owner of each as it is, {NOBODY} takes it away. tier=gold sets a label, "
    "tier= takes it away, others stay."
)


@dataclass(frozen=True, slots=True)
class WantedBelonging:
    """What was given. The owner is checked by the store."""

    owner: str
    """Empty for none; of several keys for each as it is."""
    labels: Labels
    """All of them; of several keys those that change, empty to go."""
    remark: str = ""
    """Of one key."""


class BelongingDialog(FieldsDialog[WantedBelonging | None]):
    """Asks for an owner and labels, and of one key for a remark."""

    def __init__(
        self,
        keys: Sequence[Key],
        owners: Offers,
        labels: Offers,
        *,
        note: str = "",
        initial: WantedBelonging | None = None,
        error: str | None = None,
        ascii_only: bool,
    ) -> None:
        """`owners` and `labels` say which there are that begin so; `note` says what is left out.

        `initial` is the answer that was refused with `error`.
        """
        super().__init__(ascii_only=ascii_only)
        there = WantedBelonging("", {})
        if len(keys) == 1:
            key = keys[0]
            there = WantedBelonging(key.owner or "", key.labels, key.remark or "")
        self._keys = keys
        self._offers = owners, labels
        self._note = note
        self._initial = initial or there
        self._error = error

    def body(self) -> Iterable[Widget]:
        """Return the two fields."""
        several = len(self._keys) > 1
        if several:
            text = lines(listed_names(self._keys), self._note)
            yield Static(text, classes="means")
        owner = Field(self._initial.owner, placeholder="customer_42", id="owner")
        labels = Field(written(self._initial.labels), placeholder="tier=gold env=prod", id="labels")
        owner.suggester = Offering(self._offers[0])
        labels.suggester = Offering(self._offers[1], words=True)
        yield row("For", owner, "gap" if several else "")
        yield row("Labels", labels)
        if not several:
            remark = Field(self._initial.remark, placeholder="for people", id="remark")
            yield row("Remark", remark)
        yield Static(OF_SEVERAL if several else MEANS, classes="means gap", markup=False)

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons."""
        return button("Set", "go", primary=True), button("Cancel", "back")

    def on_mount(self) -> None:
        """Begin at the owner."""
        super().on_mount()
        self.head(titled("Whose are", self._keys) if len(self._keys) > 1 else self._heading())
        self.hint(Hint("enter", "Set", "go"), MOVE, BACK)
        self.wrong(self._error)
        self.query_one("#owner", Field).focus()

    def _heading(self) -> str:
        return f"Whose “{safe(self._keys[0].name)}” is"

    def action_go(self) -> None:
        """Answer, once the labels are such."""
        field = self.query_one("#labels", Field)
        try:
            given = changes(read(field.value))
        except Invalid as error:
            self.wrong(str(error))
            field.focus()
            return
        fields = {field.id: field.value.strip() for field in self.query(Field)}
        self.dismiss(WantedBelonging(fields["owner"], given, fields.get("remark", "")))
