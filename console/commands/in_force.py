"""A command that takes rights away: said once it is committed, and again once it is in force."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from console.commands.line import Line
from console.commands.output import document, say

if TYPE_CHECKING:
    from store.leases.receipt import Receipt, Underway
    from store.opening import Store
    from store.service.taking import Commit

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
    from store.leases.receipt import Receipt, receipt_object

    if not line.json:
        say(sentence)
        wait(store, commits)
        return
    receipt = Receipt(commits[-1].at, None) if commits else None
    try:
        receipt = wait(store, commits, silent=True) or receipt
    finally:
        document({**content, **(receipt_object(receipt) if receipt else {})})


def wait(store: "Store", commits: "Sequence[Commit]", *, silent: bool = False) -> "Receipt | None":
    """Wait until commits are in force, and say so unless `silent`; None where there are none.

    Raises NotInForce where that is not known, and KeyboardInterrupt, having said what is not.
    """
    from console.text import in_force_words as words
    from store.errors import NotInForce

    told = _Told(store.ground.own_clock, silent=silent)
    try:
        receipt = store.in_force.wait(commits, told)
    except KeyboardInterrupt:
        say(f"It is committed, but not known to be in force: {told.latest}.")
        raise
    if receipt is None:
        return None
    if receipt.in_force_at is None:
        raise NotInForce(receipt.trouble)
    said = receipt.trouble if silent else words.in_force(receipt)
    if said:
        say(f"{said[0].upper()}{said[1:].rstrip('.')}.")
    return receipt


class _Told:
    """Names whoever is waited for, once, when it takes longer than anybody would notice."""

    def __init__(self, clock: "Callable[[], float]", *, silent: bool) -> None:
        self._clock, self._since, self._silent = clock, clock(), silent
        self._named: object = None
        self.latest = "nobody was asked yet"

    def __call__(self, underway: "Underway") -> None:
        from console.text.in_force_words import waiting

        self.latest = waiting(underway)
        if self._silent or self._clock() - self._since < PATIENCE_S:
            return
        named = [(one.host, one.process) for one in underway.stragglers], underway.unreadable
        if named != self._named:
            self._named = named
            say(f"{self.latest[0].upper()}{self.latest[1:]}.")
