"""A command that takes rights away: said once it is committed, and again once it is in force."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from console.commands.line import Line
from console.commands.output import document, say

if TYPE_CHECKING:
    from store.domain.leases.receipt import Receipt, Underway
    from store.operations.store import Store
    from store.service.commits import Commit

PATIENCE_S = 0.25
"""After which it is said who is waited for."""


def report(
    line: Line,
    store: "Store",
    commits: "Sequence[Commit]",
    sentence: str,
    content: Mapping[str, Any],
) -> None:
    """Say what was committed, wait until that is in force, and say so on a line of its own.

    With `--json` it is one document: `content`, and the receipt where something was taken away.
    It is printed also where nobody knows whether it is in force. Raises what `wait` does.
    """
    from store.domain.leases.receipt import Receipt, receipt_object

    if not line.json:
        say(sentence)
        wait(store, commits)
        return
    waiting = _Told(store.transactions.own_clock, silent=True)
    try:
        _wait(store, commits, waiting)
    finally:
        receipt = waiting.receipt or (Receipt(commits[-1].at, None) if commits else None)
        document({**content, **(receipt_object(receipt) if receipt else {})})


def wait(store: "Store", commits: "Sequence[Commit]", *, silent: bool = False) -> None:
    """Wait until commits are in force, and say so unless `silent`.

    Raises NotInForce where that is not known, and KeyboardInterrupt, having said what is not.
    """
    _wait(store, commits, _Told(store.transactions.own_clock, silent=silent))


def _wait(store: "Store", commits: "Sequence[Commit]", waiting: "_Told") -> None:
    from console.text import in_force_words as words
    from store.errors import NotInForce

    try:
        receipt = waiting.receipt = store.in_force.wait(commits, waiting, waiting.cut)
    except KeyboardInterrupt:
        known = f" {waiting.receipt.trouble}" if waiting.receipt else ""
        say(f"It is committed, but not known to be in force: {waiting.latest}.{known}")
        raise
    if receipt is None:
        return
    if receipt.in_force_at is None:
        raise NotInForce(receipt.trouble)
    sentence = receipt.trouble if waiting.silent else words.in_force(receipt)
    if sentence:
        say(f"{sentence[0].upper()}{sentence[1:].rstrip('.')}.")


class _Told:
    """Names whoever is waited for, once, when it takes longer than anybody would notice."""

    def __init__(self, clock: "Callable[[], float]", *, silent: bool) -> None:
        self._clock, self._since, self.silent = clock, clock(), silent
        self.receipt: Receipt | None = None
        """Once there is one, also of a wait that was cut short."""
        self._named: object = None
        self.latest = "nobody was asked yet"

    def __call__(self, underway: "Underway") -> None:
        from console.text.in_force_words import waiting

        self.latest = waiting(underway)
        if self.silent or self._clock() - self._since < PATIENCE_S:
            return
        named = (
            [(straggler.host, straggler.process) for straggler in underway.stragglers],
            underway.unreadable,
        )
        if named != self._named:
            self._named = named
            say(f"{self.latest[0].upper()}{self.latest[1:]}.")

    def cut(self, receipt: "Receipt") -> None:
        """Take what is known of a wait that is cut short."""
        self.receipt = receipt
