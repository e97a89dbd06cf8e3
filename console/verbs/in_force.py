"""What takes rights away, in the console: committed first, then in force, and both are said."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from console.propagation import Propagation
from console.text import in_force_words as words

if TYPE_CHECKING:
    from console.host import Host
    from store.service.commits import Commit


async def show(app: "Host", title: str, commits: "Sequence[Commit]") -> None:
    """Show how commits come to be in force, until that is left; then it goes on by itself.

    Where they are before anybody would notice, there is nothing to watch: it is said in passing.
    """
    from console.dialogs.in_force import InForceDialog

    if not commits:
        return
    propagation = Propagation(app, commits)
    receipt = await propagation.soon()
    if receipt is not None and receipt.in_force_at is not None:
        propagation.say(title, receipt)
        return
    await app.push_screen_wait(InForceDialog(title, propagation, ascii_only=app.options.ascii_only))
    if propagation.receipt is None:
        underway = propagation.underway
        waiting = words.waiting(underway) if underway else "it is still waited for"
        app.say(f"{title}: {waiting}. What comes of it is said here.")
        propagation.say_later(title)


async def tell(app: "Host", sentence: str, commits: "Sequence[Commit]") -> None:
    """Say what was done in passing; where it is not in force at once, say when it is, too."""
    if not commits:
        app.say(sentence)
        return
    await tell_of(app, sentence, Propagation(app, commits))


async def tell_of(app: "Host", sentence: str, propagation: Propagation) -> None:
    """Say what was done, as `tell` does, where the waiting began before."""
    receipt = await propagation.soon()
    if receipt is None:
        underway = propagation.underway
        app.say(f"{sentence} It is committed{f', {words.waiting(underway)}' if underway else ''}.")
        propagation.say_later(sentence)
    elif receipt.immediate:
        app.say(sentence)
    else:
        propagation.say(sentence, receipt)
