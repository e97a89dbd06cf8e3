"""What a verb is: one record that says all about it, and begins the flow behind it.

The records are in `console.verbs.catalogue`. Bindings, the bar, help, the palette and the details
of a key are made from them; dialogs are given those they offer.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from console.host import VIEWER

if TYPE_CHECKING:
    from console.host import Host
    from store.service.keys import Details

T = TypeVar("T")

LAST = 99
"""A place in the bar behind all others."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HelpEntry:
    """A key and what it does, for whoever reads."""

    id: str
    """Which one of the catalogue it is."""
    key: str = ""
    """As it is written, `n` or `enter`; empty where none does it."""
    also: str = ""
    """Further keys that help names with it."""
    label: str = ""
    """In the bar; empty where it has no room there."""
    place: int = LAST
    """Where in the bar, from the left."""
    rank: int = 0
    """Where the bar has no room for all, the highest ranks go first."""
    name: str
    """In the palette, before the name of what it is done to."""
    does: str
    """In the palette, in a few words."""
    help: str = ""
    """In help; empty where that has it not."""
    changes: bool
    """Whether it changes something: `--read-only` takes it away, and so does being a viewer."""
    own: bool = False
    """Whether what it changes is of whoever does it alone, and nothing of the workspace."""

    @property
    def action(self) -> str:
        """What a click on it runs, as Textual writes it."""
        return f"verb('{self.id}')"

    def withheld(self, looks_only: str) -> str:
        """Return why it does nothing for whom `looks_only`, a host's; empty where it does."""
        return looks_only if self.changes and not (self.own and looks_only == VIEWER) else ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Move(HelpEntry):
    """Goes somewhere on the screen, by an action of Textual's."""

    runs: str
    """The action."""

    @property
    def action(self) -> str:
        """What a click on it runs, as Textual writes it."""
        return self.runs


@dataclass(frozen=True, slots=True)
class Offer:
    """Where the details of a key offer a verb that fits it."""

    rank: int = 0
    """Where their line has no room for all, the highest ranks go first."""
    when: "Callable[[Details, int], bool]" = lambda details, now: True
    """Whether the details, at an instant, are a reason to."""


class Starter(Protocol):
    """What starts a verb's flow, unless another is under way."""

    def start(self, verb: "Verb[T]", target: T) -> None:
        """Do what a verb says to something; say it where that cannot be."""


Next = Callable[[Starter], None]
"""What is to be started when a flow is over."""
Flow = Coroutine[Any, Any, Next | None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Verb(HelpEntry, Generic[T]):
    """Something that is done to a `T`, in a flow of its own."""

    flow: "Callable[[Host, T], Flow]"
    """Begins it. What it needs is loaded with it."""
    unfit: Callable[[T, int], str | None] = lambda target, now: None
    """Why it cannot be done to something at an instant; None where it can."""
    instead: "Callable[[T], Verb[T] | None]" = lambda target: None
    """What is done in its place to some; None where it is done itself."""
    offer: Offer | None = None
    """Where the details of a key offer it; None where they never do."""
