"""Set-up: the first workspace, its plan and its first admin, on one screen."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import on, work
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from console.screens.form import FormScreen
from console.widgets.choice_bar import ChoiceBar
from console.widgets.field import Field
from console.widgets.leaving import in_thread
from console.widgets.parts import row
from store.domain.key_string import Secret
from store.domain.people import Plan
from store.errors import Invalid, KeydeckError

if TYPE_CHECKING:
    from store.domain.people import Actor
    from store.operations.store import Store

FIELD_OF = {"workspace": "workspace", "email": "email", "password": "password"}


class SetUpScreen(FormScreen):
    """There is no store yet: make one."""

    heading = "Set up a new store"
    button = "Create the workspace"

    def fields(self) -> Iterable[Widget]:
        """Return workspace, plan, e-mail and the password twice."""
        yield row("Workspace", Field(placeholder="Acme Events", id="workspace"))
        yield row("Plan", ChoiceBar(("Pro", "Free"), id="plan"), "gap")
        yield row("", Static("Pro has API keys; Free has none. The operator can switch it later."))
        yield row("Your e-mail", Field(placeholder="alice@example.com", id="email"), "gap")
        yield row(
            "Password", Field(placeholder="8 characters or more", password=True, id="password")
        )
        yield row("Once more", Field(password=True, id="again"))

    def on_mount(self) -> None:
        """Begin with the workspace."""
        self.query_one("#hint", Static).update("Enter goes on · Tab moves · Ctrl+Q leaves")
        self.query_one("#email", Input).value = self.host.options.email or ""
        self.go_to("workspace")

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _submit(self) -> None:
        """Go to the next empty field, or set up."""
        for field in ("workspace", "email", "password", "again"):
            if not self.value(field).strip():
                self.go_to(field)
                return
        if self.value("password") != self.value("again"):
            self.clear("again")
            self.wrong("The two passwords differ. Type the second one again.", "again")
            return
        self.busy = True
        plan = (Plan.PRO, Plan.FREE)[self.query_one("#plan", ChoiceBar).index]
        self._set_up(plan)

    @work(exclusive=True, group="set-up")
    async def _set_up(self, plan: Plan) -> None:
        from store.credentials import passwords
        from store.domain.names import checked_email, checked_name, slug
        from store.operations.open import create_store

        self.wrong("Creating…")
        options = self.host.options
        workspace, email = self.value("workspace"), self.value("email")
        password = Secret(self.value("password"))

        def create() -> "tuple[Store, Actor]":
            store = create_store(options.url, pepper_path=options.pepper_path)
            made = store.operator.add_workspace(workspace, email, password, plan=plan)
            return store, store.sign_in.sign_in(email, password, made.slug)

        try:
            # Everything is checked before a file is made.
            slug(checked_name(workspace, "workspace"))
            checked_email(email)
            passwords.checked(password)
            store, actor = await in_thread(self, create)
        except Invalid as error:
            self.wrong(str(error), FIELD_OF.get(error.field, "workspace"))
        except KeydeckError as error:
            self.wrong(str(error))
        else:
            self.clear("password", "again")
            self.host.store = store
            self.host.signed_in(actor)
            return
        self.busy = False
