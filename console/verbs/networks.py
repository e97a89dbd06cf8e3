"""Saying from where a key is used, with whom that would refuse before it is done."""

from typing import TYPE_CHECKING

from console.text import restriction_words
from console.verbs.change import ask_about
from console.verbs.in_force import tell
from store.domain.key_networks import KeyNetworks, key_networks
from store.domain.keys import Key

if TYPE_CHECKING:
    from console.dialogs.networks import WantedNetworks
    from console.host import Host
    from store.service.commits import Done


async def networks(app: "Host", key: Key) -> None:
    """Ask for the networks of a key and set them; refusing others is asked once more."""
    from console.dialogs.networks import NetworksDialog

    actor = app.actor
    observed = await app.in_store(lambda store: store.restrictions.observed(actor, key.id))
    observed_here = restriction_words.observed_networks(observed)
    seen = restriction_words.observed(observed_here, app.store.clock.now())
    asked = await ask_about(
        app,
        key,
        lambda key, given, error: NetworksDialog(
            key, seen, given, error, ascii_only=app.options.ascii_only
        ),
        lambda key, wanted: _set(app, key, wanted),
    )
    if asked is None or asked[2] is None:
        return
    key, changed, commits = asked[0], *asked[2].unpack()
    app.look_again(key.id)
    where = restriction_words.networks(changed.networks) or "anywhere"
    await tell(app, f"“{key.name}” is used from {where}.", commits)


async def _set(app: "Host", key: Key, wanted: "WantedNetworks") -> "Done[Key] | None":
    given: KeyNetworks | None = None
    if wanted.text:
        given = key_networks([wanted.text], enforced=wanted.enforced)
    if given is not None and given.enforced and not await _sure(app, key, given):
        return None
    actor = app.actor
    return await app.in_store(
        lambda store: store.restrictions.set_networks(actor, key.id, given, seen=key.revision)
    )


async def _sure(app: "Host", key: Key, given: KeyNetworks) -> bool | None:
    from console.dialogs.confirm import ConfirmDialog

    actor, now = app.actor, app.store.clock.now()
    found = await app.in_store(lambda store: store.restrictions.foresee(actor, key.id, given))
    return await app.push_screen_wait(
        ConfirmDialog(
            f"Refuse “{key.name}” from anywhere else?",
            *restriction_words.refused(found, now),
            restriction_words.decides(found, now),
            verb="Refuse others",
            ascii_only=app.options.ascii_only,
        )
    )
