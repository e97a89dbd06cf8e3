"""Giving a key another name, and naming who holds it."""

from typing import TYPE_CHECKING

from console.text.key_words import ways_of
from console.verbs.asking import ask_until
from console.verbs.change import ask_about

if TYPE_CHECKING:
    from console.host import Host
    from store.domain.keys import Key
    from store.service.holders import Held
    from store.service.naming import Renamed


async def rename(app: "Host", key: "Key") -> None:
    """Ask for another name."""
    from console.dialogs.rename import RenameDialog

    actor = app.actor

    async def act(key: "Key", name: str) -> "Renamed":
        return await app.in_store(
            lambda store: store.naming.rename(actor, key.id, name, seen=key.revision)
        )

    asked = await ask_about(
        app,
        key,
        lambda key, given, error: RenameDialog(
            key, given, error, ascii_only=app.options.ascii_only
        ),
        act,
    )
    if asked is not None:
        renamed = asked[2]
        app.look_again(key.id)
        app.say(f"“{renamed.before}” is called “{renamed.key.name}” now.")


async def holders(app: "Host", key: "Key") -> None:
    """Show who may know a key's secret, and ask whom else to name."""
    from console.dialogs.holders import HoldersDialog

    actor = app.actor
    held = await app.in_store(lambda store: store.holders.of(actor, key.id))
    people = [one.email for one in await app.in_store(lambda store: store.people.all(actor))]

    async def act(emails: tuple[str, ...]) -> "Held":
        return await app.in_store(lambda store: store.holders.name(actor, key.id, emails))

    done = await ask_until(
        app,
        lambda given, error: HoldersDialog(
            key, ways_of(held.holders), people, given, error, ascii_only=app.options.ascii_only
        ),
        act,
    )
    if done is not None:
        app.look_again(key.id)
        app.say(f"Named as holders of “{key.name}”: {', '.join(done[0])}.")
