"""Styling a screen once before it is first drawn."""

from textual import events


class StyledOnce:
    """For a screen; to be named before Textual's own class.

    What is on a screen gets its styles as it is put there, and again where a class or the focus
    changes. When the screen is shown Textual gives them to all of it once more: to look again at
    what somebody may have changed while it was covered. A new one was not.
    """

    _was_shown = False

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Let the styles of a new screen be; Textual's own answer to the event comes after this."""
        event.refresh_styles &= self._was_shown
        self._was_shown = True
