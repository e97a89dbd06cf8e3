"""Stopping keys until they are let go on: one, those that are marked, all of the workspace."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from console.text.batches import counted, listed_names
from console.text.stop_words import did, of_what, since, staying
from console.verbs.in_force import show
from store.domain.keys import Key
from store.domain.stops import Stop, StopKind, Target

if TYPE_CHECKING:
    from console.host import Host
    from console.tabs.keys import KeysTab
    from store.domain.people import Actor
    from store.service.in_use import InUse

ALL = Target(StopKind.WORKSPACE)
NOTHING_ENDS = "It is no revocation: nothing ends, and it goes on whenever you say so."


async def stop(app: "Host", key: Key) -> None:
    """Refuse a key until it is let go on."""
    await _stop(app, [Target(StopKind.KEY, key.id)], f"Stop “{key.name}”?", key.id)


async def stop_marked(app: "Host", tab: "KeysTab") -> None:
    """Refuse the marked keys, with one receipt for all, until they are let go on."""
    from console.verbs.batch import BatchVerbs

    keys, note = await BatchVerbs(app, tab).picked()
    if not keys:
        return
    targets = [Target(StopKind.KEY, key.id) for key in keys]
    heading = f"Stop {counted(len(keys))}?"
    sentences = (f"{listed_names(keys)}.", *([note] if note else []))
    if await _stop(app, targets, heading, None, *sentences):
        for key in keys:
            tab.table.marked.pop(key.id, None)


async def stop_all(app: "Host") -> None:
    """Refuse every key and assistant of the workspace until they are let go on."""
    also = "Its assistants are stopped too, and what is made while it stands."
    await _stop(app, [ALL], "Stop every key of this workspace?", None, also)


async def resume(app: "Host", key: Key) -> None:
    """Let a key go on; where not itself is stopped but what it belongs to, that."""
    from console.dialogs.confirm import ConfirmDialog

    actor, now = app.actor, app.store.clock.now()
    details = await app.in_store(lambda store: store.keys.details(actor, key.id))
    if not details.stops:
        app.look_again(key.id)
        app.say(f"“{key.name}” is not stopped any more.")
        return
    # Its own comes first, that of the workspace last.
    lifted, *others = details.stops
    if lifted.target == ALL:
        await resume_all(app)
        return
    alone = lifted.target.kind is StopKind.KEY
    what = of_what(lifted)
    sentences = [f"{what[0].upper()}{what[1:]} was stopped {since(lifted, now)}."]
    sentences += [
        f"{other.name} is stopped too: “{key.name}” stays refused with that." for other in others
    ]
    dialog = ConfirmDialog(
        f"Let “{key.name}” go on?" if alone else f"Let {what} go on?",
        *sentences,
        verb="Let it go on" if alone else "Let them go on",
        ascii_only=app.options.ascii_only,
    )
    if await app.push_screen_wait(dialog):
        await _resume(app, actor, [lifted.target], key.id)


async def resume_all(app: "Host") -> None:
    """Let the workspace go on; keys that are stopped by themselves stay so."""
    from console.dialogs.confirm import ConfirmDialog

    actor, now = app.actor, app.store.clock.now()
    standing = await app.in_store(lambda store: store.stops.all(actor))
    whole = [stop for stop in standing if stop.target == ALL]
    if not whole:
        app.say("The workspace is not stopped. p lets a stopped key go on.")
        return
    left = [stop for stop in standing if stop.target != ALL]
    dialog = ConfirmDialog(
        f"Let every key of {whole[0].name} go on?",
        f"They were stopped {since(whole[0], now)}.",
        *([staying(left)] if left else []),
        verb="Let them go on",
        ascii_only=app.options.ascii_only,
    )
    if await app.push_screen_wait(dialog):
        await _resume(app, actor, [ALL], None)


async def _stop(
    app: "Host", targets: Sequence[Target], heading: str, key_id: str | None, *sentences: str
) -> bool:
    from console.dialogs.confirm import ConfirmDialog
    from console.text.ending_words import plan

    actor = app.actor
    in_use: InUse = await app.in_store(lambda store: store.stops.in_use(actor, targets))
    dialog = ConfirmDialog(
        heading,
        *sentences,
        *plan(in_use, app.store.clock.now()),
        NOTHING_ENDS,
        verb="Stop it" if in_use.active == 1 else "Stop them",
        ascii_only=app.options.ascii_only,
    )
    if not await app.push_screen_wait(dialog):
        return False
    try:
        done = await app.in_store(lambda store: store.stops.stop(actor, targets))
    finally:
        app.look_again(key_id)
    stopped, commits = done.unpack()
    await show(app, did(stopped, "stopped").removesuffix("."), commits)
    return True


async def _resume(
    app: "Host", actor: "Actor", targets: Sequence[Target], key_id: str | None
) -> None:
    try:
        lifted: Sequence[Stop] = await app.in_store(
            lambda store: store.stops.resume(actor, targets)
        )
    finally:
        app.look_again(key_id)
    app.say(did(lifted, "let go on"))
