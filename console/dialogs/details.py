"""A key in full where there is no room for the pane; its verbs work from here too."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from textual import work
from textual.binding import Binding
from textual.widget import Widget

from console.dialogs.dialog import SCROLLING
from console.dialogs.offering import OfferingDialog
from console.text import key_words
from console.verb import Offer, Verb
from console.widgets.hint_bar import Hint
from console.widgets.key_details import KeyDetails
from console.widgets.polling import poll
from store.errors import KeydeckError
from store.service.keys import Details

FOLLOW_EVERY = 0.5


class DetailsDialog(OfferingDialog["Verb[Any] | None"]):
    """Shows a key, and goes on showing it as it changes."""

    BINDINGS = [  # noqa: RUF012
        Binding("q", "back", "Back", show=False),
        *SCROLLING,
    ]

    def __init__(
        self,
        details: Details,
        read: Callable[[], Awaitable[Details]],
        now: Callable[[], int],
        verbs: Sequence[Verb[Any]],
        *,
        prefix: str,
        looks_only: str = "",
        ascii_only: bool = False,
    ) -> None:
        """Show `details`, then whatever `read` brings, and offer `verbs` where they fit.

        `looks_only`, which says why, takes those away that change something.
        """
        super().__init__(verbs, looks_only=looks_only, ascii_only=ascii_only)
        self._details = details
        self._read = read
        self._now = now
        self._prefix = prefix

    def body(self) -> Iterable[Widget]:
        """Return the details."""
        yield KeyDetails(
            prefix=self._prefix,
            ascii_only=self.ascii_only,
            in_pane=False,
            read_only=bool(self._looks_only),
            id="in-full",
        )

    def on_mount(self) -> None:
        """Say everything, and what can be done."""
        self.head(self._details.key.name)
        self.call_after_refresh(self._show)
        self._follow()

    @work(exclusive=True, group="follow")
    async def _follow(self) -> None:
        await poll(self, self._read, self._changed, self._troubled, every=FOLLOW_EVERY)

    def _troubled(self, error: KeydeckError | None) -> bool:
        self.wrong(str(error) if error else None)
        self._show()
        return True

    def _changed(self, details: Details) -> None:
        if details.key.revision != self._details.key.revision and details.history:
            self.head(details.key.name, key_words.event(details.history[0], self._now())[0])
        self._details = details
        self._show()

    def _show(self) -> None:
        now = self._now()
        self.query_one(KeyDetails).show(self._details, now)
        offers = [
            Hint(verb.key, verb.label, self.choosing(verb), verb.offer.rank)
            for verb in self.offered
            if verb.offer is not None and self._suits(verb, verb.offer, now)
        ]
        self.hint(*offers, Hint("esc", "Close", "back"))

    def _suits(self, verb: Verb[Any], offer: Offer, now: int) -> bool:
        key = self._details.key
        return verb.unfit(key, now) is None and offer.when(self._details, now)

    def on_resize(self) -> None:
        """Draw for the width there is."""
        super().on_resize()
        self.call_after_refresh(self._show)

    def chosen(self, verb: Verb[Any]) -> None:
        """Leave for another dialog about the same key, where more than reading is wanted."""
        self.dismiss(verb)
