"""Commits that take rights away, on their way to being in force at every verifier."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from console.text import in_force_words as words

if TYPE_CHECKING:
    from console.host import Host
    from store.domain.leases.receipt import Receipt, Underway
    from store.service.commits import Commit

SOON_S = 0.25
"""A receipt that comes sooner is the first thing that is said."""


class _LeftError(Exception):
    """The console is gone, and nobody waits any more."""


class Propagation:
    """Commits on their way to being in force. The waiting is a worker of the App."""

    def __init__(self, app: "Host", commits: "Sequence[Commit]") -> None:
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
        outcome = f"{words.committed(receipt.committed_at)} UTC, {words.in_force(receipt)}"
        self._app.say(f"{sentence.rstrip('.')}: {outcome.rstrip('.')}.", severity=level)

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
