"""Saying how often a key is used, with what that would have refused before it is done."""

from typing import TYPE_CHECKING

from console.text import limit_words
from console.verbs.change import ask_about
from console.verbs.in_force import tell
from store.domain import limits as rules
from store.domain.keys import Key

if TYPE_CHECKING:
    from console.host import Host
    from store.service.commits import Done


async def limits(app: "Host", key: Key) -> None:
    """Ask for the limits of a key and set them; refusing more than before is asked once more."""
    from console.dialogs.limits import LimitsDialog

    actor = app.actor
    found = await app.in_store(lambda store: store.limits.used(actor, key.id))
    used = limit_words.facts(found, app.store.clock.now())
    asked = await ask_about(
        app,
        key,
        lambda key, given, error: LimitsDialog(
            key, used, given, error, ascii_only=app.options.ascii_only
        ),
        lambda key, wanted: _set(app, key, wanted),
    )
    if asked is None or asked[2] is None:
        return
    key, changed, commits = asked[0], *asked[2].unpack()
    app.look_again(key.id)
    often = limit_words.limits(changed.limits) or "as often as it likes"
    await tell(app, f"“{key.name}” is used {often}.", commits)


async def _set(app: "Host", key: Key, wanted: str) -> "Done[Key] | None":
    given = rules.limits([wanted]) if wanted else ()
    if rules.takes_away(key.limits, given) and not await _sure(app, key, given):
        return None
    actor = app.actor
    return await app.in_store(
        lambda store: store.limits.set_key(actor, key.id, given, seen=key.revision)
    )


async def _sure(app: "Host", key: Key, given: rules.Limits) -> bool | None:
    from console.dialogs.confirm import ConfirmDialog

    actor, now = app.actor, app.store.clock.now()
    found = await app.in_store(lambda store: store.limits.foresee(actor, key.id, given))
    return await app.push_screen_wait(
        ConfirmDialog(
            f"Refuse what is more of “{key.name}”?",
            *limit_words.foreseen(found, now),
            verb="Refuse more",
            ascii_only=app.options.ascii_only,
        )
    )
