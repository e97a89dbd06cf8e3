"""Going to the key that a pasted text names: by any part of it, even the whole leaked key."""

from typing import TYPE_CHECKING

from console.text.pasted import key_ids, request_id, words
from console.text.sentences import listed
from console.verbs.show import why
from store.domain.filtering import About, Term
from store.domain.key_string import Secret, shown
from store.domain.keys import Key
from store.domain.listing import KeyQuery, Sort

if TYPE_CHECKING:
    from console.host import Host
    from store.domain.people import Actor
    from store.operations.store import Store

MOST_KEYS = 20
"""More than anybody chooses from; the rest of a log that was pasted is left out."""
MOST_WORDS = 20
"""More words than any name has; the rest of a page that was pasted is left out."""


async def find(app: "Host", pasted: Secret) -> None:
    """Go to the key with the id in the text, one of several, or to what its words find.

    A request id is explained.
    Nothing of the text is shown unless it finds something: it may be anybody's secret.
    """
    actor, prefix, text = app.actor, app.store.prefix, pasted.reveal()
    # What was said of the paste before is no answer to this one.
    app.clear_notifications()
    if (asked := request_id(text)) is not None:
        await why(app, asked)
        return
    if found := key_ids(text, prefix)[:MOST_KEYS]:
        keys = await app.in_store(lambda store: _named(store, actor, found))
        if keys and (chosen := await _one(app, keys)) is not None:
            await app.go_to_key(chosen.id)
        elif not keys:
            ids = listed([f"{prefix}_{key_id}" for key_id in found])
            app.say(f"No key of this workspace has the id {ids}.")
        return
    sought = words(text, prefix)[:MOST_WORDS]
    query = KeyQuery(tuple(Term(About.WORD, word) for word in sought), Sort.NAME)
    page = await app.in_store(lambda store: store.keys.page(actor, query, limit=2))
    if not sought or not page.keys:
        app.say("No key has what was pasted in its id, its name or a holder's.")
    elif len(page.keys) == 1:
        await app.go_to_key(page.keys[0].id)
    else:
        await app.filter_keys(" ".join(f'"{word}"' for word in sought))


def _named(store: "Store", actor: "Actor", ids: list[str]) -> list[Key]:
    """Return the keys of the workspace among some ids, in their order."""
    found = {key.id: key for key in store.keys.picked(actor, KeyQuery(), ids)}
    return [found[key_id] for key_id in ids if key_id in found]


async def _one(app: "Host", keys: list[Key]) -> Key | None:
    """Return the key that is meant, None where nobody says: a line of a log may hold several."""
    from console.dialogs.choose import ChooseDialog
    from console.text.badges import badge

    if len(keys) == 1:
        return keys[0]
    now = app.store.clock.now()
    names = [
        (key.name, f"{shown(app.store.prefix, key.id)}  {badge(key, now).word.lower()}")
        for key in keys
    ]
    title = f"{len(keys)} keys of this workspace were pasted"
    dialog = ChooseDialog(title, names, ascii_only=app.options.ascii_only)
    chosen = await app.push_screen_wait(dialog)
    return None if chosen is None else keys[chosen]
