"""Going through the keys that somebody who left may know, one decision at a time.

Each decision is written down as it is made: left in between, by whatever, any admin goes on.
"""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from console.text.ending_words import assistants
from console.text.offboarding_words import markdown, outcome, progress, still_working
from console.verbs.in_force import tell
from console.verbs.issue import rotate, rotate_again
from console.verbs.revoke import ask
from store.domain.offboarding import Decision, KnownKey, Offboarding
from store.errors import KeydeckError, NotAllowed, NotReplaced, SuccessorNotStored

if TYPE_CHECKING:
    from console.dialogs.offboarding import Choice
    from console.host import Host
    from store.domain.people import Actor


async def offboard(app: "Host", offboarding_id: int) -> None:
    """Ask about each key that waits, until none does; then show the record."""
    from console.dialogs.offboarding import OffboardingDialog

    actor = app.actor
    at: str | None = None
    error: str | None = None
    while True:
        theirs = await app.in_store(lambda store: store.offboardings.show(actor, offboarding_id))
        now = app.store.clock.now()
        if theirs.finished_at is None and not theirs.waiting(now):
            theirs = await _finish(app, actor, theirs)
        if theirs.finished_at is not None:
            await _show_record(app, actor, theirs)
            return
        choice = await app.push_screen_wait(
            OffboardingDialog(
                theirs,
                now,
                prefix=app.store.prefix,
                at=at,
                error=error,
                ascii_only=app.options.ascii_only,
            )
        )
        if choice is None:
            app.look_again()
            app.say(f"{progress(theirs, now)}. Enter on {theirs.name}’s row in People goes on.")
            return
        at, error = choice.key_id, None
        try:
            await _act(app, actor, theirs, choice)
        except NotAllowed:
            raise
        except KeydeckError as refusal:
            error = str(refusal)
        app.look_again()


async def _act(app: "Host", actor: "Actor", theirs: Offboarding, choice: "Choice") -> None:
    known_key = next(known_key for known_key in theirs.keys if known_key.key.id == choice.key_id)
    match choice.decision:
        case Decision.KEEP:
            await _keep(app, actor, theirs, known_key)
        case Decision.REVOKE:
            await _revoke(app, actor, theirs, known_key)
        case Decision.ROTATE:
            await _rotate(app, actor, theirs, known_key)


async def _keep(app: "Host", actor: "Actor", theirs: Offboarding, known_key: KnownKey) -> None:
    from console.dialogs.reason import ReasonDialog

    reason = await app.push_screen_wait(
        ReasonDialog(
            f"Keep “{known_key.key.name}”",
            f"{theirs.name} may know it, and it goes on working.",
            verb="Keep",
            ascii_only=app.options.ascii_only,
        )
    )
    if reason is not None:
        await app.in_store(
            lambda store: store.offboardings.keep(actor, theirs.id, known_key.key.id, reason)
        )


async def _revoke(app: "Host", actor: "Actor", theirs: Offboarding, known_key: KnownKey) -> None:
    request = await ask(app, actor, known_key.key)
    if request is not None:
        done = await app.in_store(
            lambda store: store.offboardings.revoke(
                actor, theirs.id, known_key.key.id, request.reason
            )
        )
        await tell(app, f"“{known_key.key.name}” is revoked.", done.commits)


async def _rotate(app: "Host", actor: "Actor", theirs: Offboarding, known_key: KnownKey) -> None:
    async def write_down() -> None:
        await app.in_store(
            lambda store: store.offboardings.rotated(actor, theirs.id, known_key.key.id)
        )

    try:
        # It may have been rotated already, by whoever was cut off before this was written down.
        await write_down()
    except NotReplaced:
        await rotate(app, known_key.key, theirs.name)
    except SuccessorNotStored as refusal:
        await rotate_again(app, known_key.key, refusal)
    else:
        app.say(f"“{known_key.key.name}” was rotated already: now it is decided.")
        return
    # Not where the dialog was left without rotating, or the new key without being stored.
    with suppress(NotReplaced, SuccessorNotStored):
        await write_down()


def _assistants(theirs: Offboarding, now: int) -> str:
    connections = [one.connection for one in theirs.assistants]
    return assistants(
        connections, {one.connection.id: one.called for one in theirs.assistants}, now
    )


async def _finish(app: "Host", actor: "Actor", theirs: Offboarding) -> Offboarding:
    return await app.in_store(lambda store: store.offboardings.finish(actor, theirs.id))


async def _show_record(app: "Host", actor: "Actor", theirs: Offboarding) -> None:
    from console.clipboard.file_sink import in_current_folder, write_text
    from console.dialogs.offboarding_record import RecordDialog

    standing = await app.in_store(lambda store: store.sign_in.standing(actor))
    now, prefix = app.store.clock.now(), app.store.prefix

    def write(text: str) -> Path:
        return write_text(text, in_current_folder(f"keydeck-offboarding-{theirs.id}.md"))

    app.look_again()
    await app.push_screen_wait(
        RecordDialog(
            f"{theirs.name} has left: all is decided",
            [
                *([works] if (works := still_working(theirs, now)) else []),
                *(
                    f"{known_key.key.name}: {outcome(known_key, now, prefix)}"
                    for known_key in theirs.keys
                ),
                *([ended] if (ended := _assistants(theirs, now)) else []),
            ],
            markdown(theirs, standing.workspace.name, now, prefix),
            app.copy,
            # Under sshd's forced command it would be a file of the store's owner.
            write if app.options.guest is None else None,
            ascii_only=app.options.ascii_only,
        )
    )
