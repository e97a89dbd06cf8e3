"""What is promised in seconds stands in constants: a busy machine cannot be asked for it."""

from console import terminal
from console.clipboard import desktop
from store.persistence.database.timed import READ_MS
from store.verifier.usage.recorder import FLUSH_EVERY_S


def test_nothing_is_waited_for_longer_than_is_promised() -> None:
    # A console whose line is cut is gone within a second.
    assert terminal.CUT_WITHIN < terminal.LEAVE_WITHIN <= 1.0
    # A desktop that does not take a key is passed by.
    assert desktop.WITHIN <= 2.0
    # A verifier answers 503 rather than wait for its store.
    assert READ_MS <= 1000
    # A use shows in the console.
    assert FLUSH_EVERY_S <= 1.0
