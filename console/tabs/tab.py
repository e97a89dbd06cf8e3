"""What every tab can be asked for by the screen it is on."""

from textual.containers import Vertical

from console.widgets.leaving import MayLeave


class Tab(MayLeave, Vertical):
    """One of the workspace's lists."""

    @property
    def behind(self) -> bool:
        """Whether the list is not yet what was asked for, so that its rows are none to act on."""
        return False

    def take_focus(self) -> None:
        """Go on, having been opened."""

    def look_again(self, key_id: str | None = None) -> None:
        """Read the store now; go to a key, where it lists keys."""

    def refuses(self) -> bool:
        """Return whether nothing can be done here; say why, then."""
        return False

    def action_filter(self) -> None:
        """Type a filter, where there is one."""

    def action_open(self) -> None:
        """Open the current row."""
