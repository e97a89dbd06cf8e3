"""The App: opens the store behind the first paint, and owns every mutation."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.driver import Driver
from textual.filter import LineFilter, NoColor
from textual.screen import Screen
from textual.widgets import Input

from console import crash
from console.ascii import AsciiFilter
from console.bounded_app import BoundedApp
from console.changed_cells import ChangedCells, thrifty
from console.host import READ_ONLY
from console.launch_options import LaunchOptions
from console.loading import DIALOGS, load_store, looked
from console.screens.ground import Grounded
from console.screens.sign_in import SignInScreen
from console.screens.too_small import LEAST_HEIGHT, LEAST_WIDTH, TooSmallScreen
from console.screens.workspace import WorkspaceScreen
from console.terminal import (
    check_terminal,
    leave_on_signals,
    line_is_cut,
    make_sure,
    read_keys_alone,
)
from console.text.safe import safe
from console.textual_privates import driver_of, end_with, failure_of
from console.theme import ANSI_STATES, THEMES
from console.type_ahead import TypeAhead
from console.widgets.field import SearchField
from console.widgets.hint_bar import HintBar
from store.domain.clock import Clock
from store.domain.key_string import Secret
from store.errors import InvitationPending, KeydeckError, NotAllowed, NotAMember, StoreMissing

if TYPE_CHECKING:
    from console.clipboard.outcome import Outcome
    from console.verbs.run import Verbs
    from store.domain.people import Actor
    from store.operations.store import Store

T = TypeVar("T")


class KeydeckApp(Grounded, BoundedApp):
    """The console."""

    TITLE = "keydeck"
    CSS_PATH = ["styles/global.tcss", "styles/workspace.tcss"]  # noqa: RUF012
    BINDINGS = [  # noqa: RUF012
        Binding("ctrl+z", "suspend_process", show=False),
        Binding("ctrl+c", "interrupt", show=False, priority=True),
        Binding("ctrl+l", "redraw", show=False, priority=True),
    ]
    ENABLE_COMMAND_PALETTE = True

    store: "Store"
    """Set before the first screen that needs it."""
    actor: "Actor"
    """Set by signing in."""
    verbs: "Verbs"
    """The flows behind the keys; set by signing in."""

    def __init__(self, options: LaunchOptions, clock: Clock | None = None) -> None:
        self._cells = ChangedCells()
        super().__init__()
        self.options = options
        self._clock = clock
        self.looks_only = READ_ONLY if options.read_only else ""
        self.last_words: list[str] = []  # said once the screen is restored
        self.leaving = False
        self.animation_level = "none"
        for theme in THEMES.values():
            self.register_theme(theme)
        theme_name = "ansi-dark" if self.few_colours() else THEMES[options.theme].name
        # Set later, every style would be parsed and every widget drawn twice.
        self.set_reactive(App.theme, theme_name)
        self.stylesheet.set_variables(self.get_css_variables())
        self._crashed = False
        self._spelling = [AsciiFilter()] if options.ascii_only else []
        self._type_ahead = TypeAhead(self, super().on_event, self._busy)

    def get_driver_class(self) -> type[Driver]:
        """Return Textual's driver, made to send no more than what changed."""
        return thrifty(super().get_driver_class(), self._cells)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the state colours for themes that lack them: the terminal's own sixteen."""
        return ANSI_STATES

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Take every colour away where NO_COLOR is set, and spell our signs with `--ascii`.

        Textual chooses its filters before it knows the theme: it would draw black on black, and
        make other colours of a terminal's own sixteen.
        """
        if self.no_color:
            return [NoColor(), *self._spelling]
        filters = () if self.native_ansi_color else super().get_line_filters()
        return [*filters, *self._spelling]

    async def on_mount(self) -> None:
        """Paint first, with a first look at the keys; the store is opened behind it."""
        if not self.is_headless:
            leave_on_signals(self.exit)
            self.set_interval(1.0, self._leave_a_dead_line)
        if self.options.guest is None:
            self.push_screen(SignInScreen())
        else:
            look = await looked(*self.options.entrance, self._clock, self.size.height)
            await self.push_screen(WorkspaceScreen(look))
        self.run_worker(self._type_ahead.run(), group="keys")
        self.call_after_refresh(lambda: self.run_worker(self._open(), group="open", exclusive=True))

    async def on_event(self, event: events.Event) -> None:
        """Queue what is typed; what else comes is handled, but no key once there is no screen."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._type_ahead.add(event)
        elif self.screen_stack or not isinstance(event, events.Key):
            await super().on_event(event)

    def _busy(self) -> bool:
        between, screen = hasattr(self, "verbs") and self.verbs.opening, self.screen
        behind = isinstance(screen, WorkspaceScreen) and screen.behind
        return between or behind or bool(getattr(screen, "busy", False))

    def few_colours(self) -> bool:
        """Return whether the terminal's own colours are drawn: it has sixteen, or none."""
        return self.no_color or self._driver_colours() == "standard"

    def _driver_colours(self) -> str | None:
        return None if self.is_headless else self.console.color_system

    async def _open(self) -> None:
        if isinstance(self.screen, WorkspaceScreen):
            await self.screen.drawn()
        # The engine takes longer to import than everything else: not on the loop, which draws.
        await asyncio.to_thread(load_store)
        # No dialog is there before: none has to be styled anew, and the first frame went without.
        self.stylesheet.read(DIALOGS)
        from store.operations.open import open_store, store_exists

        options = self.options
        try:
            may_set_up = options.guest is None and not options.read_only
            if may_set_up and not await asyncio.to_thread(store_exists, options.url):
                await self._set_up()
                return
            self.store = await asyncio.to_thread(
                open_store, options.url, pepper_path=options.pepper_path, clock=self._clock
            )
            if not options.read_only:
                await asyncio.to_thread(self.store.database.keep_reserve)
            if options.guest is None and await self.in_store(
                lambda store: store.operator.is_empty()
            ):
                if options.read_only:
                    raise StoreMissing(self.store.database.place)
                await self._set_up()
                return
            await self.begin()
        except KeydeckError as error:
            refused = isinstance(error, NotAllowed)
            self.exit(return_code=3 if refused else 1, message=safe(str(error)))

    async def _set_up(self) -> None:
        from console.screens.set_up import SetUpScreen

        await self.switch_screen(SetUpScreen())

    async def begin(self) -> None:
        """Sign in whoever the command line named, or ask."""
        options = self.options
        if options.guest is not None:
            guest = options.guest
            try:
                actor = await self.in_store(
                    lambda store: store.sign_in.by_ssh_key(
                        guest, options.workspace, options.ssh_key
                    )
                )
            except InvitationPending as waiting:
                from console.verbs.navigation import accept_as_guest

                accepted = await accept_as_guest(self, guest, str(waiting))
                if accepted is None:
                    raise
                actor = accepted
            self.signed_in(actor)
        elif isinstance(self.screen, SignInScreen):
            await self.screen.ready()

    def signed_in(self, actor: "Actor") -> None:
        """Open the workspace for a person."""
        # Not awaited by the form: its own worker ends with it.
        self.run_worker(self._enter(actor), group="enter", exclusive=True)

    async def _enter(self, actor: "Actor") -> None:
        from console.verbs.run import Verbs

        self.actor, self.verbs = actor, Verbs(self)
        waiting = [screen for screen in self._workspaces() if screen.busy]
        if waiting:
            await waiting[0].enter()
        else:
            await self.switch_screen(WorkspaceScreen())

    def sign_out(self, sentence: str) -> None:
        """End the session and say why."""
        if self.options.guest is not None:
            self.exit(return_code=3, message=safe(sentence))
            return
        if isinstance(self.screen, SignInScreen):
            # Another part of the screen that is gone heard of it, too.
            return
        self._end_flows()
        while len(self.screen_stack) > 2:
            self.pop_screen()
        screen = SignInScreen(sentence)
        self.switch_screen(screen)
        self.call_later(screen.ready)

    def _end_flows(self) -> None:
        """End what waits for a dialog's answer: a screen that is popped gives none."""
        from console.verbs.run import Verbs

        for group in ("verbs", "progress", "in-force"):
            self.workers.cancel_group(self, group)
        self.verbs = Verbs(self)

    async def in_store(self, use: "Callable[[Store], T]") -> T:
        """Run a use case in a thread; raises what it raises.

        Leaving the console does not undo what the thread has begun.
        """
        return await asyncio.to_thread(use, self.store)

    def refused(self, error: KeydeckError) -> None:
        """Say a refusal; one that ends the session ends it."""
        if not isinstance(error, NotAMember):
            self.say(str(error), severity="warning")
        elif not self.leaving:
            # Whoever leaves is told so by what they did, not by a list that hears of it sooner.
            self.sign_out(str(error))

    def say(self, sentence: str, severity: str = "information") -> None:
        """Show one sentence for a moment, as plain text."""
        level = "warning" if severity == "warning" else "information"
        # One at a time: a stack of them would bury what they are about.
        self.clear_notifications()
        self.notify(safe(sentence), severity=level, markup=False, timeout=8)  # type: ignore[arg-type]

    def look_again(self, key_id: str | None = None) -> None:
        """Let the table read the store now, and go to a key."""
        for screen in self._workspaces():
            screen.look_again(key_id)

    def _workspaces(self) -> list[WorkspaceScreen]:
        return [screen for screen in self.screen_stack if isinstance(screen, WorkspaceScreen)]

    async def go_to_key(self, key_id: str) -> None:
        """Go to a key, whatever is open and filtered."""
        for screen in self._workspaces():
            await screen.go_to_key(key_id)

    async def filter_keys(self, text: str, back: str = "") -> None:
        """Show the keys that a filter finds; clearing it leads back to a tab."""
        for screen in self._workspaces():
            await screen.filter_keys(text, back)

    def on_hint_bar_help_wanted(self, event: HintBar.HelpWanted) -> None:
        """Say what the keys do."""
        from console.dialogs.help import HelpDialog

        self.push_screen(HelpDialog(event.sections, ascii_only=self.options.ascii_only))

    def copy(self, value: Secret) -> "Outcome":
        """Send a value to the clipboard; blocking, for threads. Says what is known, no more."""
        from console.clipboard.copy import copy
        from console.clipboard.plan import Environment

        here = Environment.read(guest=self.options.guest is not None)
        return copy(value, here, self._write_to_terminal, self.options.clipboard)

    def leave_nothing(self, secret: Secret, what: str = "key") -> None:
        """Take a secret out of tmux's buffers, where a selection may have left it; blocking."""
        from console.clipboard import tmux
        from console.clipboard.plan import Environment

        if self.options.guest is None and Environment.read().tmux and tmux.forget(secret):
            self.call_from_thread(self.say, f"The {what} was in tmux's buffers, and is no more.")

    def _write_to_terminal(self, sequence: str) -> None:
        # From the loop, or the bytes would land in the middle of a frame.
        self.call_from_thread(self._driver_write, sequence)

    def _driver_write(self, sequence: str) -> None:
        if (driver := driver_of(self)) is not None:
            driver.write(sequence)
            driver.flush()

    def copy_to_clipboard(self, text: str) -> None:
        """Copy selected text; never while a key is on the screen."""
        if self._holds_a_key():
            return
        self.run_worker(lambda: self.copy(Secret(text)), thread=True, group="copy")

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Return none of Textual's own: no screenshot, ever."""
        return ()

    def action_command_palette(self) -> None:
        """Open the palette, over the workspace only: never over a dialog or a key."""
        if isinstance(self.screen, WorkspaceScreen) and not self.screen.busy:
            from console.palette import Everything
            from console.widgets.palette_box import PaletteBox

            self.push_screen(PaletteBox(providers=[Everything], placeholder="Search or paste…"))

    async def action_quit(self) -> None:
        """Leave the console, from the middle of a dialog that dialog alone."""
        if hasattr(self.screen, "action_back"):
            await self.screen.run_action("back")
        elif not self._holds_a_key():
            self.exit()

    async def action_interrupt(self) -> None:
        """Copy what is selected, else close the dialog or the filter, else leave."""
        focused = self.focused
        if isinstance(focused, Input) and focused.selected_text:
            focused.action_copy()
        elif selected := self.screen.get_selected_text():
            self.copy_to_clipboard(selected)
        elif isinstance(focused, SearchField):
            self.simulate_key("escape")
        else:
            await self.action_quit()

    def _holds_a_key(self) -> bool:
        from console.dialogs.dialog import Dialog

        return any(
            isinstance(screen, Dialog) and screen.holds_secret for screen in self.screen_stack
        )

    def action_suspend_process(self) -> None:
        """Go to the background; under sshd's forced command there is none to go to."""
        if self.options.guest is None:
            super().action_suspend_process()

    def action_redraw(self) -> None:
        """Draw everything anew: something else may have written to the terminal."""
        self._cells.forget()
        self.screen.refresh(layout=True)

    def on_resize(self, event: events.Resize) -> None:
        """Cover everything while the terminal is too small to draw on."""
        # It lays out its cells anew by itself.
        self._cells.forget()
        small = event.size.width < LEAST_WIDTH or event.size.height < LEAST_HEIGHT
        covered = isinstance(self.screen, TooSmallScreen)
        if small and not covered:
            self.push_screen(TooSmallScreen())
        elif covered and not small:
            self.pop_screen()

    def _leave_a_dead_line(self) -> None:
        if line_is_cut():
            make_sure(129)
            self.exit(return_code=129)

    def _fatal_error(self) -> None:
        # Textual prints a traceback with locals here: a secret may be among them.
        if self._crashed:
            return
        self._crashed = True
        end_with(self, crash.told(failure_of(self) or RuntimeError()))


def run(options: LaunchOptions) -> int:
    """Open the console and return its exit status.

    Raises NoTerminal where it cannot be drawn.
    """
    check_terminal(guest=options.guest is not None)
    read_keys_alone()
    app = KeydeckApp(options)
    with contextlib.suppress(KeyboardInterrupt):
        app.run()
    for sentence in app.last_words:
        print(safe(sentence))
    return app.return_code or 0
