"""A rotation under way: looking at it, extending it, and its two ends."""

from typing import TYPE_CHECKING

from console.text.in_force_words import for_good
from console.text.rotation_words import decide
from console.text.times import ago
from console.verbs.in_force import show, tell
from store.domain.keys import Key
from store.domain.rotation import RotationProgress
from store.errors import KeydeckError, NotAllowed, NotSafeToRevoke

if TYPE_CHECKING:
    from console.dialogs.rotation import RotationVerb
    from console.host import Host
    from store.domain.people import Actor
    from store.service.rotation_progress import WatchedRotation

FOR_GOOD = for_good("request with the old key")


async def rotation(app: "Host", key: Key) -> None:
    """Show the rotation a key stands in, and do what is chosen there until it is over."""
    from console.dialogs.rotation import RotationVerb

    actor = app.actor
    while True:
        watched = await _watch(app, actor, key.id)
        verb = await _look(app, actor, watched, key.id)
        if verb is None:
            return
        watched = await _watch(app, actor, key.id)
        progress = watched.progress
        try:
            if verb is RotationVerb.ROTATE:
                from console.verbs.issue import rotate

                await rotate(app, progress.successor)
                return
            if verb is RotationVerb.EXTEND:
                await _extend(app, actor, progress)
            elif verb is RotationVerb.FINISH:
                await _finish(app, actor, watched)
            else:
                await _abandon(app, actor, progress)
        except NotAllowed:
            raise
        except KeydeckError as refusal:
            # The screen shows what has changed.
            app.refused(refusal)
        app.look_again()


async def _watch(app: "Host", actor: "Actor", key_id: str) -> "WatchedRotation":
    return await app.in_store(lambda store: store.rotation_progress.watch(actor, key_id))


async def _look(
    app: "Host", actor: "Actor", watched: "WatchedRotation", key_id: str
) -> "RotationVerb | None":
    from console.dialogs.rotation import RotationDialog

    return await app.push_screen_wait(
        RotationDialog(
            watched,
            lambda: _watch(app, actor, key_id),
            app.store.clock.now,
            prefix=app.store.prefix,
            read_only=bool(app.looks_only),
            ascii_only=app.options.ascii_only,
        )
    )


async def _extend(app: "Host", actor: "Actor", progress: RotationProgress) -> None:
    from console.dialogs.overlap import OverlapDialog
    from console.text.restriction_words import MOST_IN_PASSING, cut_off, refused

    now, old = app.store.clock.now(), progress.predecessor.id
    found = await app.in_store(lambda store: store.restrictions.foresee_end(actor, old))
    cut = cut_off(found, now), *refused(found, now, MOST_IN_PASSING)
    asked = OverlapDialog(progress, now, cut, ascii_only=app.options.ascii_only)
    request = await app.push_screen_wait(asked)
    if request is not None:
        done = await app.in_store(
            lambda store: store.rotation_progress.extend(
                actor, str(progress.rotation.id), request.overlap_ms
            )
        )
        changed, commits = done.unpack()
        if commits:
            await tell(app, f"“{changed.predecessor.name}” ends sooner.", commits)


async def _finish(app: "Host", actor: "Actor", watched: "WatchedRotation") -> None:
    progress, name = watched.progress, watched.progress.predecessor.name
    now = app.store.clock.now()
    title, verb = f"Finish the rotation of {name}", "Revoke the old key"
    decision = decide(watched, now)
    if decision.safe:
        confirmed = await _confirmed(app, title, decision.sentence, FOR_GOOD, verb=verb)
    else:
        confirmed = await _typed(
            app, title, name, decision.sentence, FOR_GOOD, caution="It is not safe yet.", verb=verb
        )
    if not confirmed:
        return
    typed = None if decision.safe else name
    try:
        done = await app.in_store(
            lambda store: store.rotation_progress.finish(actor, str(progress.rotation.id), typed)
        )
    except NotSafeToRevoke as refusal:
        # Somebody called while it was confirmed: that is worth another look.
        app.say(str(refusal), severity="warning")
        return
    await show(app, f"The old key of “{name}” is revoked", done.commits)


async def _abandon(app: "Host", actor: "Actor", progress: RotationProgress) -> None:
    name, used = progress.predecessor.name, progress.successor.last_used_at
    title, verb = f"Abandon the rotation of {name}", "Revoke the new key"
    means = (
        "The new key is revoked. The old one works on and expires as it would have without the "
        "rotation."
    )
    typed = None if used is None else name
    if used is None:
        confirmed = await _confirmed(app, title, means, verb=verb)
    else:
        caution = f"The new key is in use: last {ago(used, app.store.clock.now())}."
        confirmed = await _typed(app, title, name, means, caution=caution, verb=verb)
    if confirmed:
        done = await app.in_store(
            lambda store: store.rotation_progress.abandon(actor, str(progress.rotation.id), typed)
        )
        await show(app, f"The new key of “{name}” is revoked", done.commits)


async def _confirmed(app: "Host", title: str, *sentences: str, verb: str) -> bool:
    from console.dialogs.confirm import ConfirmDialog

    asked = ConfirmDialog(title, *sentences, verb=verb, ascii_only=app.options.ascii_only)
    answer: bool = await app.push_screen_wait(asked)
    return answer


async def _typed(
    app: "Host", title: str, name: str, *sentences: str, caution: str, verb: str
) -> bool:
    from console.dialogs.type_name import TypeNameDialog

    asked = TypeNameDialog(
        title, name, *sentences, caution=caution, verb=verb, ascii_only=app.options.ascii_only
    )
    answer: bool = await app.push_screen_wait(asked)
    return answer
