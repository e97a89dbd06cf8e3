"""What takes rights away, in the console: committed first, then in force, and both are said."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from console.text import in_force_words as words

if TYPE_CHECKING:
    from console.app import KeydeckApp
    from store.leases.receipt import Receipt, Underway
    from store.opening import Store
    from store.service.taking import Commit

T = TypeVar("T")

SOON_S = 0.25
"""A receipt that comes sooner is the first thing that is said."""


class _LeftError(Exception):
    """The console is gone, and nobody waits any more."""


class Following:
    """Commits on their way to being in force. The waiting is a worker of the App."""

    def __init__(self, app: "KeydeckApp", commits: "Sequence[Commit]") -> None:
        self.committed_at = commits[-1].at
        self.underway: Underway | None = None
        """How far it is; None before anybody was asked."""
        # Not by way of a thread, which a busy machine may let wait for longer than is soon.
        self.receipt: Receipt | None = app.store.in_force.at_once(commits)
        """Once there is one."""
        self._app = app
        self._ended = asyncio.Event()
        self._later = ""
        if self.receipt is None:
            app.run_worker(self._wait(commits), group="in-force")
        else:
            self._ended.set()

    async def soon(self) -> "Receipt | None":
        """Return the receipt where it comes before anybody would notice a wait."""
        try:
            await asyncio.wait_for(self._ended.wait(), SOON_S)
        except TimeoutError:
            return None
        return self.receipt

    def say_later(self, sentence: str) -> None:
        """Say the receipt by itself, after a sentence, when there is one."""
        if self.receipt is None:
            self._later = sentence
        else:
            self.say(sentence, self.receipt)

    def say(self, sentence: str, receipt: "Receipt") -> None:
        """Say a sentence and what its receipt tells."""
        level = "warning" if receipt.in_force_at is None else "information"
        told = f"{words.committed(receipt.committed_at)} UTC, {words.in_force(receipt)}"
        self._app.say(f"{sentence.rstrip('.')}: {told.rstrip('.')}.", severity=level)

    async def _wait(self, commits: "Sequence[Commit]") -> None:
        app = self._app

        def told(underway: "Underway") -> None:
            if not app.is_running:
                raise _LeftError
            self.underway = underway

        def cut(receipt: "Receipt") -> None:
            if self._later:
                since = f"{words.committed(receipt.committed_at)} UTC"
                app.last_words.append(f"{self._later.rstrip('.')}: {since}. {receipt.trouble}")

        try:
            self.receipt = await app.in_store(lambda store: store.in_force.wait(commits, told, cut))
        except _LeftError:
            # Textual ends the app's workers only once it has taken down its screens. The thread
            # goes on until the audit has what is known.
            return
        self._ended.set()
        if self._later and self.receipt is not None:
            self.say(self._later, self.receipt)


async def commit(app: "KeydeckApp", use: "Callable[[Store], T]") -> "tuple[T, Sequence[Commit]]":
    """Run a use case in a thread and return what it gives, and what it took away.

    Raises what it raises.
    """

    def noted(store: "Store") -> "tuple[T, Sequence[Commit]]":
        with store.in_force.noting() as commits:
            return use(store), commits

    return await app.in_store(noted)


async def show(app: "KeydeckApp", title: str, commits: "Sequence[Commit]") -> None:
    """Show how commits come to be in force, until that is left; then it goes on by itself.

    Where they are before anybody would notice, there is nothing to watch: it is said in passing.
    """
    from console.dialogs.in_force import InForceDialog

    if not commits:
        return
    following = Following(app, commits)
    receipt = await following.soon()
    if receipt is not None and receipt.in_force_at is not None:
        following.say(title, receipt)
        return
    await app.push_screen_wait(InForceDialog(title, following, ascii_only=app.options.ascii_only))
    if following.receipt is None:
        underway = following.underway
        waiting = words.waiting(underway) if underway else "it is still waited for"
        app.say(f"{title}: {waiting}. What comes of it is said here.")
        following.say_later(title)


async def tell(app: "KeydeckApp", sentence: str, commits: "Sequence[Commit]") -> None:
    """Say what was done in passing; where it is not in force at once, say when it is, too."""
    if not commits:
        app.say(sentence)
        return
    await tell_of(app, sentence, Following(app, commits))


async def tell_of(app: "KeydeckApp", sentence: str, following: Following) -> None:
    """Say what was done, as `tell` does, where the waiting began before."""
    receipt = await following.soon()
    if receipt is None:
        underway = following.underway
        app.say(f"{sentence} It is committed{f', {words.waiting(underway)}' if underway else ''}.")
        following.say_later(sentence)
    elif receipt.immediate:
        app.say(sentence)
    else:
        following.say(sentence, receipt)
