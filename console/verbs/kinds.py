"""The kinds of verbs, by what they are done to. The screen knows where it finds that."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.verb import Verb

if TYPE_CHECKING:
    # Named in base classes below, where the linter reads no name in quotes.
    from console.tabs.keys import KeysTab  # noqa: F401
    from store.domain.connections import Connection  # noqa: F401
    from store.domain.key_string import Secret  # noqa: F401
    from store.domain.keys import Key  # noqa: F401
    from store.domain.offboarding import Leaver
    from store.domain.routes.route import Route  # noqa: F401
    from store.domain.verifier_processes import VerifierProcess  # noqa: F401
    from store.service.people import Member  # noqa: F401


class PlainVerb(Verb[None]):
    """Is done to nothing that is on the screen."""


class AboutVerb(Verb["Key | None"]):
    """Is about the current key, or about none."""


class ListVerb(Verb["KeysTab"]):
    """Is done to several keys of the list."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeyVerb(Verb["Key"]):
    """Is done to the current key."""

    marked: ListVerb | str | None = None
    """What it is where keys are marked, or why it is not for several; None is for the current."""


class WorkspaceVerb(Verb[str]):
    """Is done to another workspace, by its slug."""


class PasteVerb(Verb["Secret"]):
    """Is done with what was pasted."""


class ConnectionVerb(Verb["Connection"]):
    """Is done to the current connection."""


class RouteVerb(Verb["Route"]):
    """Is done to the current route."""


class VerifierVerb(Verb["VerifierProcess"]):
    """Is done to the current verifier."""


class LeaverVerb(Verb["Leaver"]):
    """Is done to somebody who has left."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PersonVerb(Verb["Member"]):
    """Is done to the current person."""

    of_leaver: "Callable[[Leaver], LeaverVerb] | None" = None
    """What it is of somebody who has left; None where it is nothing."""
