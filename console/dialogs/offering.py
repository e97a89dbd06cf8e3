"""A dialog that offers verbs of the catalogue: by their keys, and by a click on what they say."""

from collections.abc import Sequence
from typing import Any, TypeVar

from textual import events

from console.dialogs.dialog import Dialog
from console.verb import Verb

T = TypeVar("T")


class OfferingDialog(Dialog[T]):
    """Is left for what somebody who has read it wants done."""

    def __init__(
        self, verbs: Sequence[Verb[Any]], *, looks_only: str = "", ascii_only: bool = False
    ) -> None:
        """Offer `verbs`; where one `looks_only`, which says why, none that changes something."""
        super().__init__(ascii_only=ascii_only)
        self._verbs = {verb.id: verb for verb in verbs}
        self._looks_only = looks_only

    @property
    def offered(self) -> list[Verb[Any]]:
        """The verbs that may be chosen, in order."""
        return [verb for verb in self._verbs.values() if not (self._looks_only and verb.changes)]

    def choosing(self, verb: Verb[Any]) -> str:
        """Return the action that chooses a verb."""
        return f"choose('{verb.id}')"

    def on_key(self, event: events.Key) -> None:
        """Choose the verb whose key it is."""
        for verb in self._verbs.values():
            if verb.key == event.key:
                event.stop()
                self.action_choose(verb.id)
                return

    def action_choose(self, name: str) -> None:
        """Choose a verb; say it where none changes anything."""
        verb = self._verbs[name]
        if self._looks_only and verb.changes:
            self.wrong(self._looks_only)
        else:
            self.chosen(verb)

    def chosen(self, verb: Verb[Any]) -> None:
        """Leave for a verb."""
        raise NotImplementedError
