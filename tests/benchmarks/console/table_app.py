"""Textual's own DataTable holding every key of a store: FILE. Run by its path."""

import sqlite3
import sys

from textual.app import App, ComposeResult
from textual.widgets import DataTable

_KEYS = """SELECT CASE WHEN revoked_at IS NOT NULL THEN 'Revoked' ELSE 'Active' END,
 name, 'jw_' || substr(id, 1, 5), scopes, expires_at, created_at FROM keys ORDER BY name_folded"""


class TableApp(App[None]):
    """One table, filled before the first frame as its documentation shows."""

    def compose(self) -> ComposeResult:
        """Lay out the table."""
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        """Fill the table."""
        table = self.query_one(DataTable)
        table.add_columns("State", "Name", "Key", "Scopes", "Expires", "Created")
        table.add_rows(sqlite3.connect(sys.argv[1]).execute(_KEYS))


if __name__ == "__main__":
    TableApp().run()
