"""The Verifiers tab: who answers requests, how busily, and whether all of them keep up."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from console.tabs.following import FollowingTab
from console.text import verifier_words as words
from console.text.safe import safe
from console.widgets.row_list import Part, Row, RowList
from store.errors import AdminsOnly
from store.running import Health, Running

if TYPE_CHECKING:
    from console.app import KeydeckApp

_COLUMNS = (
    Part("State", 9),
    Part("Host", most=30),
    Part("Req/s", 6),
    Part("Refused/s", 9),
    Part("Lag", 4),
    Part("Lease", 13),
    Part("Seen", 10),
    Part("Version", 12, 110),
    Part("Address", 30, 130),
)


class VerifiersTab(FollowingTab):
    """One row a verifier, trouble first; below, what the current one's state means."""

    app: "KeydeckApp"

    def __init__(self, *given: object, **more: object) -> None:
        super().__init__(*given, **more)  # type: ignore[arg-type]
        self._verifiers: dict[str, Running] = {}

    def compose(self) -> ComposeResult:
        """Lay out the tab."""
        yield Static("", classes="why-not", markup=False)
        yield Static(Content(words.NOBODY), classes="nothing")
        yield RowList(_COLUMNS, ascii_only=self._ascii, follow_top=True)
        yield Static("", classes="told", markup=False)

    def read(self) -> Callable[[], None]:
        """Read every verifier."""
        found = self._store.verifiers.all(self._actor)
        return lambda: self._draw(found)

    def _draw(self, found: list[Running]) -> None:
        self._verifiers = {one.id: one for one in found}
        self.refuse(None)
        self.query_one(".nothing").display = not found
        self.query_one(RowList).show(tuple(_row(one, self._ascii) for one in found))
        self._tell()

    def refuse(self, error: AdminsOnly | None) -> None:
        """Say why there is nothing to see, and not that there is nothing."""
        super().refuse(error)
        if error is not None:
            self._verifiers = {}
            self.query_one(".nothing").display = False
            self._tell()

    def on_row_list_moved(self) -> None:
        """Say what the row's state means."""
        self._tell()

    def _tell(self) -> None:
        one = self._verifiers.get(self.query_one(RowList).current or "")
        tone = _tone(one)
        said = "" if one is None else words.sentence(one)
        first = next(iter(self._verifiers.values()), None)
        if one is not None and one.health is Health.SERVING and first is not None:
            said, tone = f"{words.trouble(first)}{said}", _tone(first)
        self.query_one(".told", Static).update(Content.styled(safe(said), tone))


def _tone(one: Running | None) -> str:
    return "$dim" if one is None or one.health is Health.SERVING else "$warning"


def _row(one: Running, ascii_only: bool) -> Row:
    look = words.face(one)
    return Row(
        one.id,
        (
            look.text(ascii_only=ascii_only),
            words.listed(one),
            words.rate(one.requests_per_second),
            words.rate(one.refusals_per_second),
            words.lag(one),
            words.lease(one),
            words.seen(one),
            one.version,
            one.address,
        ),
        tone=look.tone,
    )
