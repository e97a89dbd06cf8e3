"""Adding somebody to the workspace."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.dialog import BACK, MOVE
from console.dialogs.fields import FieldsDialog
from console.widgets.choice_bar import ChoiceBar
from console.widgets.field import Field
from console.widgets.hint_bar import Hint
from console.widgets.parts import button, row
from store.domain.people import BY_POWER, Role

_ROLES = BY_POWER


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Who is to be added. Checked by the store."""

    email: str
    name: str
    role: Role


class AddPersonDialog(FieldsDialog[NewPerson | None]):
    """Asks for e-mail, name and role."""

    def __init__(
        self, initial: NewPerson | None = None, error: str | None = None, *, ascii_only: bool
    ) -> None:
        """Ask anew, or again: `initial` is the answer that was refused with `error`."""
        super().__init__(ascii_only=ascii_only)
        self._initial = initial or NewPerson("", "", Role.MEMBER)
        self._error = error

    def body(self) -> Iterable[Widget]:
        """Return the three fields."""
        given = self._initial
        yield row("E-mail", Field(given.email, placeholder="bob@example.com", id="email"))
        yield row("Name", Field(given.name, placeholder="how the console names them", id="name"))
        roles = [role.value for role in _ROLES]
        yield row("Role", ChoiceBar(roles, _ROLES.index(given.role), id="role"), "gap")
        yield Static(
            "An admin may create, scope, rotate and revoke keys; a viewer looks at them; a member "
            "does neither. You are given a one-time code to hand over: until it is used they are "
            "invited, and can do nothing.",
            classes="means gap",
            markup=False,
        )

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons."""
        return button("Add", "go", primary=True), button("Cancel", "back")

    def on_mount(self) -> None:
        """Begin at the e-mail."""
        self.head("Add a person")
        self.hint(Hint("enter", "Add", "go"), MOVE, BACK)
        self.wrong(self._error)
        self.query_one("#email").focus()

    def action_go(self) -> None:
        """Go to the first field that is empty, else answer."""
        for name in ("email", "name"):
            field = self.query_one(f"#{name}", Field)
            if not field.value.strip():
                field.focus()
                return
        self.dismiss(
            NewPerson(
                self.query_one("#email", Field).value.strip(),
                self.query_one("#name", Field).value.strip(),
                _ROLES[self.query_one("#role", ChoiceBar).index],
            )
        )
