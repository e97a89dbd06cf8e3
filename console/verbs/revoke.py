"""Revoking: the key of a row, or any that is named by hand."""

from typing import TYPE_CHECKING

from console.verbs.asking import ask_until
from console.verbs.in_force import show
from store.domain.key_string import Secret
from store.domain.keys import Key

if TYPE_CHECKING:
    from console.dialogs.revoke_base import RevokeRequest
    from console.host import Host
    from store.domain.people import Actor


async def ask(app: "Host", actor: "Actor", key: Key) -> "RevokeRequest | None":
    """Show what would stop, and return why it is to be; None where it is not."""
    from console.dialogs.revoke import RevokeDialog

    details = await app.in_store(lambda store: store.keys.details(actor, key.id))
    heir = details.key.successor
    successor = None
    if heir is not None:
        successor = await app.in_store(lambda store: store.keys.details(actor, heir).key)
    return await app.push_screen_wait(
        RevokeDialog(
            details,
            successor,
            app.store.clock.now(),
            prefix=app.store.prefix,
            ascii_only=app.options.ascii_only,
        )
    )


async def revoke(app: "Host", key: Key) -> None:
    """Revoke a key, and say when that was in force."""
    actor = app.actor
    request = await ask(app, actor, key)
    if request is None:
        return
    try:
        done = await app.in_store(lambda store: store.keys.revoke(actor, key.id, request.reason))
    finally:
        # Refused, it is because somebody else was first: that is worth seeing too.
        app.look_again(key.id)
    await show(app, f"“{key.name}” is revoked", done.commits)


async def revoke_any(app: "Host") -> None:
    """Revoke a key named by hand."""
    from console.dialogs.find_key import FindKeyDialog

    actor = app.actor
    done = await ask_until(
        app,
        lambda given, error: FindKeyDialog(error, ascii_only=app.options.ascii_only),
        lambda named: _find(app, actor, named),
    )
    if done is None:
        return
    key = done[1]
    # What was typed may be a whole key.
    del done
    if key.revoked_at is not None:
        app.say(f"“{key.name}” is revoked already, for good.")
    else:
        await revoke(app, key)


async def _find(app: "Host", actor: "Actor", reference: Secret) -> Key:
    return await app.in_store(lambda store: store.keys.find_to_revoke(actor, reference.reveal()))
