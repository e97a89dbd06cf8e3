"""Creating and rotating: the flows that end with a key shown once."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from console.propagation import Propagation
from console.verbs.asking import ask_until
from console.verbs.change import as_it_is
from console.verbs.in_force import tell_of
from console.verbs.reveal import Reveal
from store.domain.key_string import shown
from store.domain.keys import Key
from store.errors import InvalidInput, KeydeckError, OlderKeyInUse, SuccessorNotStored

if TYPE_CHECKING:
    from console.dialogs.rotate import RotateRequest
    from console.host import Host
    from store.domain.people import Actor
    from store.service.commits import Commit, Done
    from store.service.keys import Issued, NewKey
    from store.service.rotation import Rotated


async def create(app: "Host") -> None:
    """Create a key and show it once; a refusal asks again with what was given."""
    from console.dialogs.create import CreateDialog
    from console.verbs.belonging import offers

    actor = app.actor
    catalogue = await app.in_store(lambda store: store.keys.catalogue())
    people = await app.in_store(lambda store: store.people.all(actor))

    async def name_trouble(name: str) -> str | None:
        return await _name_trouble(app, actor, name)

    done = await ask_until(
        app,
        lambda given, error: CreateDialog(
            catalogue,
            app.store.clock.now,
            name_trouble,
            initial=given,
            error=error,
            people=[person.email for person in people],
            offers=offers(app),
            ascii_only=app.options.ascii_only,
        ),
        lambda wanted: _make(app, actor, wanted),
    )
    if done is None:
        return
    _, issued = done
    app.look_again(issued.key.id)
    await Reveal(app, actor, issued.key, issued.secret).show(f"{issued.key.name} is ready.")


async def rotate(app: "Host", key: Key, leaver: str | None = None) -> None:
    """Give a key a successor and show that once; a refusal asks again with what was given.

    `leaver` is who has left and may know it.
    """
    from console.dialogs.rotate import RotateDialog

    actor = app.actor
    brought = await app.in_store(lambda store: store.imports.brought(actor, key.id))

    def asked(given: "RotateRequest | None", error: str | None) -> RotateDialog:
        older = None
        if key.predecessor is not None and key.rotating:
            older = shown(app.store.prefix, key.predecessor)
        return RotateDialog(
            key,
            app.store.clock.now(),
            older,
            leaver=leaver,
            brought=brought,
            initial=given,
            error=error,
            ascii_only=app.options.ascii_only,
        )

    async def act(request: "RotateRequest") -> "Done[Rotated] | None":
        try:
            return await _succeed(app, actor, key, request.overlap_ms)
        except OlderKeyInUse as refusal:
            if not await _may_end_older(app, refusal):
                return None
        return await _succeed(app, actor, key, request.overlap_ms, end_older=True)

    async def refused(refusal: KeydeckError) -> None:
        nonlocal key
        key = await as_it_is(app, actor, key, refusal)

    done = await ask_until(app, asked, act, refused)
    if done is None or done[1] is None:
        return
    rotated, commits = done[1].unpack()
    app.look_again(rotated.successor.id)
    await _reveal_new(app, actor, rotated, commits, f"The older key of “{key.name}” has ended.")


async def rotate_again(app: "Host", key: Key, unstored: SuccessorNotStored) -> None:
    """Mint a successor that nobody stored anew, and show it once."""
    from console.dialogs.confirm import ConfirmDialog

    actor = app.actor
    asked = ConfirmDialog(
        f"Rotate “{key.name}” again",
        f"It was rotated, but nobody stored the new key, {unstored.successor}, and nothing has "
        "used it.",
        "Its secret is made anew, in place; both dates stay. The secret of before opens nothing.",
        verb="Make it anew",
        ascii_only=app.options.ascii_only,
    )
    if not await app.push_screen_wait(asked):
        return
    minted = await app.in_store(lambda store: store.rotations.again(actor, key.id))
    made, commits = minted.unpack()
    app.look_again(made.successor.id)
    await _reveal_new(app, actor, made, commits, "The secret of before opens nothing.")


async def _make(app: "Host", actor: "Actor", wanted: "NewKey") -> "Issued":
    return await app.in_store(lambda store: store.keys.create(actor, wanted))


async def _succeed(
    app: "Host",
    actor: "Actor",
    key: Key,
    overlap_ms: int | None,
    *,
    end_older: bool = False,
) -> "Done[Rotated]":
    return await app.in_store(
        lambda store: store.rotations.rotate(
            actor, key.id, overlap_ms=overlap_ms, seen=key.revision, end_older=end_older
        )
    )


async def _reveal_new(
    app: "Host",
    actor: "Actor",
    made: "Rotated",
    commits: "Sequence[Commit]",
    ended: str,
) -> None:
    """Show a successor once, and then say what has `ended` with it."""
    propagation = Propagation(app, commits) if commits else None
    reveal = Reveal(app, actor, made.successor, made.secret)
    await reveal.show(f"The new key of {made.successor.name} is ready.")
    if propagation is not None:
        await tell_of(app, ended, propagation)


async def _may_end_older(app: "Host", refusal: OlderKeyInUse) -> bool:
    from console.dialogs.type_name import TypeNameDialog

    asked = TypeNameDialog(
        f"Rotate “{refusal.name}”",
        refusal.name,
        refusal.cut_off,
        "If the new key was lost, abandon the rotation instead, and rotate the older key again.",
        caution=f"{refusal.older} is in use.",
        verb="Rotate, and end it",
        ascii_only=app.options.ascii_only,
    )
    answer: bool = await app.push_screen_wait(asked)
    return answer


async def _name_trouble(app: "Host", actor: "Actor", name: str) -> str | None:
    from store.domain.names import checked_key_name

    try:
        name = checked_key_name(name, app.store.prefix)
    except InvalidInput as error:
        return str(error)
    taken = await app.in_store(lambda store: store.keys.name_taken(actor, name))
    return str(taken) if taken else None
