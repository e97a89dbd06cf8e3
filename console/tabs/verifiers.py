"""The Verifiers tab: who answers requests, how busily, and whether all of them keep up."""

from collections.abc import Callable, Iterable

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from console.tabs.polling_tab import PollingTab
from console.text import verifier_words as words
from console.text.badges import Badge
from console.text.safe import safe
from console.text.times import exact
from console.widgets.row_list import ListColumn, Row, RowList
from store.domain.verifier_processes import ProcessHealth, VerifierProcess
from store.errors import AdminsOnly

_COLUMNS = (
    ListColumn("State", 9),
    ListColumn("Host", most=30),
    ListColumn("Address", 22, 100),
    ListColumn("Req/s", 6),
    ListColumn("Refused/s", 9),
    ListColumn("Lag", 4),
    ListColumn("Lease", 13),
    ListColumn("Seen", 10),
    ListColumn("Version", 12, 130),
)


class VerifiersTab(PollingTab):
    """One row a verifier, trouble first; below, what the current one's state means."""

    def __init__(self, *given: object, **more: object) -> None:
        super().__init__(*given, **more)  # type: ignore[arg-type]
        self._verifiers: dict[str, VerifierProcess] = {}
        self._advice: dict[str, str] = {}
        self._read_at = 0
        self._unread = False

    def compose(self) -> ComposeResult:
        """Lay out the tab."""
        yield Static("", classes="why-not", markup=False)
        yield Static(Content(words.NOBODY), classes="nothing")
        yield RowList(_COLUMNS, ascii_only=self._ascii, follow_top=True)
        yield Static("", classes="told", markup=False)

    def read(self) -> Callable[[], None]:
        """Read every verifier."""
        verifiers, now = self._store.verifiers.all(self._actor), self._store.clock.now()
        return lambda: self._draw(verifiers, now)

    def _draw(self, verifiers: list[VerifierProcess], now: int) -> None:
        self._verifiers, self._advice = (
            {verifier.id: verifier for verifier in verifiers},
            words.advice(verifiers),
        )
        self._read_at, self._unread = now, False
        self.refuse(None)
        self.query_one(".nothing").display = not verifiers
        self._show()

    def unread(self) -> None:
        """Say of no verifier that it serves: nobody knows."""
        if not self._unread:
            self._unread = True
            self._show()

    def _show(self) -> None:
        badges = (
            {} if self._unread else {verifier.id: words.badge(verifier) for verifier in self._all}
        )
        self.query_one(RowList).show(
            tuple(
                _row(verifier, badges.get(verifier.id, words.UNKNOWN), self._ascii)
                for verifier in self._all
            )
        )
        self._tell()

    @property
    def _all(self) -> Iterable[VerifierProcess]:
        return self._verifiers.values()

    @property
    def current(self) -> VerifierProcess | None:
        """The current row's verifier; None also while nobody knows what came of it."""
        row = self.query_one(RowList).current
        return None if self._unread else self._verifiers.get(row or "")

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
        verifier = self._verifiers.get(self.query_one(RowList).current or "")
        tone = _tone(verifier)
        sentence = (
            "" if verifier is None else self._advice.get(verifier.id) or words.sentence(verifier)
        )
        first = next(iter(self._all), None)
        if verifier is not None and verifier.health is ProcessHealth.SERVING and first is not None:
            sentence, tone = f"{words.trouble(first)}{sentence}", _tone(first)
        if self._unread:
            sentence, tone = (
                f"As of {exact(self._read_at)}: nobody knows what came of them.",
                "$dim",
            )
        self.query_one(".told", Static).update(Content.styled(safe(sentence), tone))


def _tone(verifier: VerifierProcess | None) -> str:
    return "$dim" if verifier is None or verifier.health is ProcessHealth.SERVING else "$warning"


def _row(verifier: VerifierProcess, look: Badge, ascii_only: bool) -> Row:
    return Row(
        verifier.id,
        (
            look.text(ascii_only=ascii_only),
            words.listed(verifier),
            words.place(verifier),
            words.rate(verifier.requests_per_second),
            words.rate(verifier.refusals_per_second),
            words.lag(verifier),
            words.lease(verifier),
            "-" if look is words.UNKNOWN else words.seen(verifier),
            verifier.version,
        ),
        tone=look.tone,
    )
