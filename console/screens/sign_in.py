"""Sign-in: e-mail and password, or a one-time enrolment code and a new password."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import on, work
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Button, Input, OptionList, Static

from console.screens.form import FormScreen
from console.text.safe import safe
from console.widgets.field import Field
from console.widgets.leaving import in_thread, still
from console.widgets.parts import row
from store.domain.key_string import Secret
from store.errors import Invalid, KeydeckError, NoSuchWorkspace, TooManyAttempts

if TYPE_CHECKING:
    from store.domain.people import Actor

WITH_PASSWORD = "Enter signs in · F2 I have an enrolment code · Ctrl+Q quits"  # noqa: S105
ELSEWHERE = "In another workspace here already? Sign in to it, then accept: ^p."
WITH_CODE = "Enter chooses this password · F2 back · Ctrl+Q quits"


class SignInScreen(FormScreen):
    """Who is there?"""

    heading = "Sign in"
    button = "Sign in"

    BINDINGS = [Binding("f2", "switch", "Enrolment code", show=False)]  # noqa: RUF012

    def __init__(self, reason: str = "") -> None:
        super().__init__()
        self._reason = reason
        self._ready = False
        self._submitted = False
        self._wait = 0

    def fields(self) -> Iterable[Widget]:
        """Return e-mail, code, password and password again; the code's are hidden at first."""
        yield row("E-mail", Field(id="email"))
        yield row(
            "Code", Field(placeholder="from your admin", password=True, id="code"), "with-code"
        )
        yield row("Password", Field(password=True, id="password"))
        yield row("Once more", Field(password=True, id="again"), "with-code")
        yield Static(ELSEWHERE, classes="means with-code", markup=False)
        yield OptionList(id="workspaces", markup=False)

    def on_mount(self) -> None:
        """Ask for what is not known yet."""
        self.query_one("#workspaces").display = False
        self._draw_mode()
        self.wrong(self._reason)
        email = self.query_one("#email", Input)
        email.value = self.host.options.email or ""
        self.go_to("password" if email.value else "email")

    async def ready(self) -> None:
        """The store is open: sign in, if that was asked for meanwhile or beforehand."""
        self._ready = True
        options = self.host.options
        if options.email and options.password is not None and not self._reason:
            self._sign_in(options.email, options.password, options.workspace)
        elif self._submitted:
            self._submit()

    @property
    def _by_code(self) -> bool:
        return self.has_class("enrolling")

    def action_switch(self) -> None:
        """Change between password and enrolment code."""
        self.toggle_class("enrolling")
        self._draw_mode()
        self.go_to("email")

    def _draw_mode(self) -> None:
        self.query_one("#hint", Static).update(WITH_CODE if self._by_code else WITH_PASSWORD)

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _submit(self) -> None:
        """Go to the next empty field, or sign in."""
        order = ["email", "code", "password", "again"] if self._by_code else ["email", "password"]
        for field in order:
            if not self.value(field):
                self.go_to(field)
                return
        if self._by_code and self.value("password") != self.value("again"):
            self.clear("again")
            self.wrong("The two passwords differ. Type the second one again.", "again")
            return
        self._submitted = True
        if not self._ready:
            self.busy = True
            self.wrong("Opening the store…")
        elif self._wait <= 0:
            password = Secret(self.value("password"))
            self._sign_in(self.value("email"), password, self.host.options.workspace)

    @on(OptionList.OptionSelected, "#workspaces")
    def _workspace_chosen(self, event: OptionList.OptionSelected) -> None:
        password = Secret(self.value("password")) if self.value("password") else None
        password = password or self.host.options.password
        if password is not None:
            self._sign_in(self.value("email"), password, str(event.option.prompt))

    def _sign_in(self, email: str, password: Secret, workspace: str | None) -> None:
        self.busy = True
        self.wrong("Signing in…")
        self._signing_in(email, password, workspace)

    @work(exclusive=True, group="sign-in")
    async def _signing_in(self, email: str, password: Secret, workspace: str | None) -> None:
        code = Secret(self.value("code")) if self._by_code else None

        def enter() -> "Actor":
            sign_in = self.host.store.sign_in
            if code is not None:
                return sign_in.enrol(email, code, password, workspace)
            return sign_in.sign_in(email, password, workspace)

        try:
            actor = await in_thread(self, enter)
        except TooManyAttempts as error:
            self.busy = False
            await self._wait_out(error.wait_seconds)
        except NoSuchWorkspace as error:
            if error.slug is None:
                self._choose(error.known)
            else:
                self.wrong(str(error))
        except Invalid as error:
            self.wrong(str(error), "password")
        except KeydeckError as error:
            self.clear("password", "again")
            self.wrong(str(error), "password")
        else:
            self.clear("password", "again", "code")
            # Busy until the workspace has taken this screen's place.
            self.host.signed_in(actor)
            return
        self.busy = False

    async def _wait_out(self, seconds: int) -> None:
        self._wait = seconds
        while self._wait > 0:
            unit = "second" if self._wait == 1 else "seconds"
            self.wrong(f"That failed before. Trying again is possible in {self._wait} {unit}.")
            await still(self, asyncio.sleep(1))
            self._wait -= 1
        self.wrong("Press enter to try again.")

    def _choose(self, known: tuple[str, ...]) -> None:
        self.wrong("Which workspace?")
        choices = self.query_one("#workspaces", OptionList)
        choices.clear_options()
        choices.add_options([safe(slug) for slug in known])
        choices.display = True
        choices.highlighted = 0
        self.set_focus(choices)
