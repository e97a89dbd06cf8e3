"""What a flow may ask of its surroundings: the store, the screen, and that something is said.

The App is one, and nothing here knows it: a flow runs over whatever answers.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from textual.message_pump import MessagePump
    from textual.screen import Screen
    from textual.worker import Worker, WorkType

    from console.clipboard.outcome import Outcome
    from console.launch_options import LaunchOptions
    from store.domain.key_string import Secret
    from store.domain.people import Actor
    from store.errors import KeydeckError
    from store.operations.store import Store

T = TypeVar("T")

READ_ONLY = "Read only: this console changes nothing."
VIEWER = "You are a viewer here: you look, and change nothing. An admin can."
"""What is said where a verb is asked for all the same."""


class Host(Protocol):
    """Where a flow runs. Of methods that have Textual's names, its documentation says the rest."""

    store: "Store"
    actor: "Actor"
    """Who is signed in; another may be when a dialog is answered."""
    options: "LaunchOptions"
    looks_only: str
    """Why nothing is changed here, `READ_ONLY` or `VIEWER`; empty where it may be."""
    last_words: list[str]
    """What is to be said once the screen is restored."""
    leaving: bool
    """Whether somebody ends their own membership at this moment."""
    theme: str
    """The name of the colours."""

    @property
    def is_running(self) -> bool:
        """Whether there is still somebody to tell."""

    async def in_store(self, use: "Callable[[Store], T]") -> T:
        """Run a use case in a thread; raises what it raises."""

    async def push_screen_wait(self, screen: "Screen[T]") -> T:
        """Show a dialog and return its answer."""

    def run_worker(
        self,
        work: "WorkType[T]",
        *,
        group: str = ...,
        exit_on_error: bool = ...,
        exclusive: bool = ...,
    ) -> "Worker[T]":
        """Run something that no dialog ends."""

    def call_from_thread(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a callback where the screen is drawn, and wait for it; for threads."""

    def call_later(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
        """Run a callback once what is under way is done."""

    def say(self, sentence: str, severity: str = ...) -> None:
        """Show one sentence for a moment."""

    def clear_notifications(self) -> None:
        """Take away what was said last."""

    def refused(self, error: "KeydeckError") -> None:
        """Say a refusal; one that ends the session ends it."""

    def look_again(self, key_id: str | None = None) -> None:
        """Let the tabs read the store now, and go to a key."""

    async def go_to_key(self, key_id: str) -> None:
        """Go to a key, whatever is open and filtered."""

    async def filter_keys(self, text: str, back: str = "") -> None:
        """Show the keys that a filter finds; clearing it leads back to a tab."""

    def copy(self, value: "Secret") -> "Outcome":
        """Send a value to the clipboard; blocking, for threads."""

    def leave_nothing(self, secret: "Secret", what: str = ...) -> None:
        """Take a secret out of where a selection may have left it; blocking."""

    def few_colours(self) -> bool:
        """Return whether the terminal's own colours are drawn: it has sixteen, or none."""

    def signed_in(self, actor: "Actor") -> None:
        """Open the workspace for a person."""

    def sign_out(self, sentence: str) -> None:
        """End the session and say why."""


def host_of(node: "MessagePump") -> Host:
    """Return what a widget is shown by, for what may be asked of it."""
    return cast("Host", node.app)
