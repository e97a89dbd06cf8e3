"""Changing a key: refused, the dialog comes back with what was given."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from console.verbs.asking import A, R, ask_until
from console.verbs.in_force import tell
from store.domain.keys import Key
from store.domain.scopes import Scopes
from store.errors import ChangedMeanwhile, KeydeckError

if TYPE_CHECKING:
    from textual.screen import Screen

    from console.host import Host
    from store.domain.foreseen import Foreseen
    from store.domain.people import Actor
    from store.service.commits import Done

FEW = 4
"""Scopes that are named in passing."""


async def scope(app: "Host", key: Key) -> None:
    """Replace a key's scopes."""
    from console.dialogs.scope import ScopeDialog
    from console.text.restriction_words import MOST_IN_PASSING, narrows

    actor = app.actor
    catalogue = await app.in_store(lambda store: store.keys.catalogue())
    found = await app.in_store(
        lambda store: store.restrictions.foresee_scopes(actor, key.id, key.scopes)
    )
    used = {use.scope: use.requests for use in found.used}

    def refused(removed: Scopes) -> str:
        gone = {str(scope) for scope in removed}
        missed = replace(found, used=tuple(use for use in found.used if use.scope in gone))
        return narrows(missed, app.store.clock.now(), MOST_IN_PASSING) if missed.used else ""

    done = await ask_about(
        app,
        key,
        lambda key, given, error: ScopeDialog(
            key,
            catalogue,
            None if given is None else given.scopes,
            error,
            used=used,
            refused=refused,
            ascii_only=app.options.ascii_only,
        ),
        lambda key, change: _grant(app, actor, key, change.scopes),
    )
    if done is None:
        return
    key, change, rescoped = done
    app.look_again(key.id)
    await tell(app, _rescoped(key, change.scopes), rescoped.commits)


async def extend(app: "Host", key: Key) -> None:
    """Let a key end at another time."""
    from console.dialogs.extend import ExtendDialog

    actor = app.actor
    found = await app.in_store(lambda store: store.restrictions.foresee_end(actor, key.id))
    cut = cut_by(app, {key.id: found})
    done = await ask_about(
        app,
        key,
        lambda key, given, error: ExtendDialog(
            [key],
            app.store.clock.now,
            cut=cut,
            initial=given,
            error=error,
            ascii_only=app.options.ascii_only,
        ),
        lambda key, request: _move_expiry(app, actor, key, request.expires_at),
    )
    if done is None:
        return
    key, _, extended = done
    app.look_again(key.id)
    if extended.commits:
        await tell(app, f"“{key.name}” ends sooner.", extended.commits)


def cut_by(
    app: "Host", found: "Mapping[str, Foreseen]"
) -> "Callable[[Sequence[Key]], Sequence[str]]":
    """Return what says of keys that would end sooner whom that cuts off, first what decides."""
    from console.text.restriction_words import MOST_IN_PASSING, cut_off, refused
    from store.domain.foreseen import ends_together

    def cut(sooner: Sequence[Key]) -> Sequence[str]:
        now, together = app.store.clock.now(), ends_together([found[key.id] for key in sooner])
        decides = cut_off(together, now, keys=len(sooner))
        return decides, *refused(together, now, MOST_IN_PASSING)

    return cut


async def confirm(app: "Host", key: Key) -> None:
    """Take somebody's word that a key is stored."""
    from console.dialogs.confirm import ConfirmDialog
    from console.text.times import ago

    actor, used = app.actor, key.last_used_at
    known = (
        "It was never used. keydeck can neither show it again nor check that you have it."
        if used is None
        else f"It was last used {ago(used, app.store.clock.now())}, so somebody has it."
    )
    lost = "if it was lost, r rotates it."
    if key.rotating and key.predecessor is not None:
        # Rotating it would end the key it replaces, which may be the one in use.
        lost = "if it was lost, abandon its rotation (r, then a) and rotate the older key again."
    dialog = ConfirmDialog(
        f"Is “{key.name}” stored?",
        f"{known} Say so only if you know where it is kept; {lost}",
        verb="It is stored",
        ascii_only=app.options.ascii_only,
    )
    if await app.push_screen_wait(dialog):
        await app.in_store(lambda store: store.keys.confirm(actor, key.id))
        app.look_again(key.id)
        app.say(f"“{key.name}” is stored, by your word.")


async def ask_about(
    app: "Host",
    key: Key,
    dialog: "Callable[[Key, A | None, str | None], Screen[A | None]]",
    act: Callable[[Key, A], Awaitable[R]],
) -> tuple[Key, A, R] | None:
    """Ask about a key until an answer is accepted, each time about the key as it is then.

    Return it as it was decided about, the answer and what came of it; None where there was no
    answer. Raises NotAllowed.
    """
    actor = app.actor

    async def refused(refusal: KeydeckError) -> None:
        nonlocal key
        key = await as_it_is(app, actor, key, refusal)

    def asked(given: A | None, error: str | None) -> "Screen[A | None]":
        return dialog(key, given, error)

    async def acted(wanted: A) -> R:
        return await act(key, wanted)

    done = await ask_until(app, asked, acted, refused)
    return None if done is None else (key, *done)


async def as_it_is(app: "Host", actor: "Actor", key: Key, refusal: Exception) -> Key:
    """Return a key to decide about again: as it is now, where somebody else has changed it."""
    app.look_again()
    if not isinstance(refusal, ChangedMeanwhile):
        return key
    return await app.in_store(lambda store: store.keys.show(actor, key.id))


def _rescoped(key: Key, scopes: Scopes) -> str:
    if scopes < key.scopes:
        named = ", ".join(str(scope) for scope in sorted(scopes))
        left = named if len(scopes) <= FEW else f"{len(scopes)} scopes"
        return f"“{key.name}” is narrowed to {left}."
    if key.scopes - scopes:
        return f"“{key.name}” has other scopes now."
    return f"“{key.name}” may do that from the next request on."


async def _grant(app: "Host", actor: "Actor", key: Key, scopes: Scopes) -> "Done[Key]":
    return await app.in_store(
        lambda store: store.keys.rescope(actor, key.id, scopes, seen=key.revision)
    )


async def _move_expiry(
    app: "Host", actor: "Actor", key: Key, expires_at: int | None
) -> "Done[Key]":
    return await app.in_store(
        lambda store: store.keys.extend(actor, key.id, expires_at, seen=key.revision)
    )
