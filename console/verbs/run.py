"""Starting flows: one at a time, each a worker of the App."""

from typing import Any, Protocol, TypeVar

from textual.screen import ModalScreen, Screen

from console.host import Host
from console.verb import Flow, Verb
from store.errors import KeydeckError

T = TypeVar("T")


class Console(Host, Protocol):
    """What screens and the palette may ask of the App: whatever flows may, and the flows."""

    verbs: "Verbs"

    @property
    def screen(self) -> Screen[Any]:
        """What is on top."""


class Verbs:
    """Starts what a verb of the catalogue does, unless another flow is under way."""

    def __init__(self, app: Console) -> None:
        self._app = app
        self._busy = False

    @property
    def opening(self) -> bool:
        """Whether a dialog has been asked for and is not there yet."""
        return self._busy and not isinstance(self._app.screen, ModalScreen)

    def start(self, verb: Verb[T], target: T) -> None:
        """Do what a verb says to something; say it where that cannot be.

        This is the last wall before a change where one only looks.
        """
        verb = verb.instead(target) or verb
        if why_not := verb.withheld(self._app.looks_only):
            self._app.say(why_not)
        elif (unfit := verb.unfit(target, self._app.store.clock.now())) is not None:
            self._app.say(unfit)
        elif not self._busy:
            # Two dialogs at once would come from a key pressed twice on a slow line.
            self._busy = True
            flow = self._finish(verb.flow(self._app, target))
            self._app.run_worker(flow, group="verbs", exit_on_error=True)

    async def _finish(self, flow: Flow) -> None:
        try:
            following = await flow
        except KeydeckError as error:
            self._app.refused(error)
            return
        finally:
            self._busy = False
        if following is not None:
            # Called later, for this flow ends before the next can begin.
            self._app.call_later(following, self)
