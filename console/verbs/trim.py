"""Taking away the scopes that a key does not use, with what was seen before it is done."""

from typing import TYPE_CHECKING

from console.text.in_force_words import ONCE
from console.text.next_step import successor_keeps, unneeded
from console.verbs.in_force import tell
from console.verbs.revoke import revoke
from store.domain.keys import Key
from store.domain.scopes import in_words
from store.errors import NothingUnused

if TYPE_CHECKING:
    from console.host import Host


async def trim(app: "Host", key: Key) -> None:
    """Show what the key could do without, and take it away once that is confirmed."""
    from console.dialogs.confirm import ConfirmDialog

    actor = app.actor
    details = await app.in_store(lambda store: store.keys.details(actor, key.id))
    offered = details.unneeded
    if offered is None:
        raise NothingUnused(key.name)
    seen = f"{unneeded(offered, app.store.clock.now())}."
    if offered.revoke:
        app.say(f"Nothing would be left of “{key.name}”. {seen}")
        await revoke(app, details.key)
        return
    sure = await app.push_screen_wait(
        ConfirmDialog(
            f"Trim “{key.name}”",
            seen,
            f"What stays: {in_words(offered.kept)}",
            f"It counts {ONCE}. s grants a scope again.",
            verb="Trim",
            ascii_only=app.options.ascii_only,
        )
    )
    if sure:
        done = await app.in_store(
            lambda store: store.right_sizing.trim(actor, key.id, seen=details.key.revision)
        )
        app.look_again(key.id)
        left = successor_keeps(details.key, app.store.prefix)
        await tell(
            app, f"“{key.name}” is trimmed. The audit keeps what was seen.{left}", done.commits
        )
