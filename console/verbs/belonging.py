"""Saying whom keys belong to outside, and labelling them: one, or those that are marked."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from console.verbs.change import ask_about
from console.verbs.in_force import tell
from store.domain.keys import Key
from store.domain.labels import in_words
from store.errors import KeydeckError

if TYPE_CHECKING:
    from console.dialogs.belonging import WantedBelonging
    from console.host import Host
    from console.tabs.keys import KeysTab
    from console.widgets.suggesting import Offers
    from store.service.commits import Done


async def belonging(app: "Host", key: Key) -> None:
    """Ask whom a key belongs to, and for its labels."""
    from console.dialogs.belonging import BelongingDialog

    actor = app.actor

    async def act(key: Key, wanted: "WantedBelonging") -> "Done[Key]":
        return await app.in_store(
            lambda store: store.belonging.set_both(
                actor,
                key.id,
                wanted.owner or None,
                wanted.labels,
                remark=wanted.remark,
                seen=key.revision,
            )
        )

    asked = await ask_about(
        app,
        key,
        lambda key, given, error: BelongingDialog(
            [key], *offers(app), initial=given, error=error, ascii_only=app.options.ascii_only
        ),
        act,
    )
    if asked is None:
        return
    key, _, done = asked
    changed, commits = done.unpack()
    app.look_again(key.id)
    sentence = f"“{key.name}” belongs to {changed.owner or 'nobody'}"
    if changed.labels:
        sentence += f", labelled {in_words(changed.labels)}"
    if changed.stopped_at is not None and key.stopped_at is None:
        sentence += ", and is stopped with that"
    await tell(app, f"{sentence}.", commits)


async def belonging_of_marked(app: "Host", tab: "KeysTab") -> None:
    """Ask whom the marked keys belong to, and which labels each is to get or lose."""
    from console.dialogs.belonging import BelongingDialog
    from console.verbs.batch import BatchVerbs

    actor, verbs = app.actor, BatchVerbs(app, tab)
    keys, note = await verbs.picked()
    if not keys:
        return
    wanted = await app.push_screen_wait(
        BelongingDialog(keys, *offers(app), note=note, ascii_only=app.options.ascii_only)
    )
    if wanted is not None:
        await verbs.each(
            "Label",
            keys,
            lambda store, key: store.belonging.change(
                actor, key.id, wanted.owner, wanted.labels, seen=key.revision
            ),
        )


def offers(app: "Host") -> "tuple[Offers, Offers]":
    """Return what says which owners there are, and which labels, that begin so."""
    return partial(_offered, app, 0), partial(_offered, app, 1)


async def _offered(app: "Host", which: int, begun: str) -> Sequence[str]:
    actor = app.actor
    try:
        return (await app.in_store(lambda store: store.belonging.offered(actor, begun)))[which]
    except KeydeckError:
        # It is a convenience: what is wrong, the answer will say.
        return ()
