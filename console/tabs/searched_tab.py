"""A tab whose list is narrowed down by words that are typed above it."""

from textual import on
from textual.binding import Binding
from textual.events import Click
from textual.widgets import Input

from console.tabs.polling_tab import PollingTab
from console.widgets.field import SearchField
from console.widgets.row_list import RowList


class SearchedTab(PollingTab):
    """Has one field, which takes the focus when it is asked to and gives it back to the list."""

    BINDINGS = [  # noqa: RUF012
        Binding("slash", "filter", "Filter", show=False),
        Binding("escape", "clear", "Clear", show=False),
    ]

    @on(Input.Submitted)
    def _leave_field(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one(RowList).focus()
        self.query_one(SearchField).leave()

    @on(Click, "SearchField")
    def action_filter(self) -> None:
        """Type words that what is listed must hold."""
        field = self.query_one(SearchField)
        if not field.has_focus:
            field.begin()

    def action_clear(self) -> None:
        """List everything again."""
        field = self.query_one(SearchField)
        field.value = ""
        self.query_one(RowList).focus()
        field.leave()
