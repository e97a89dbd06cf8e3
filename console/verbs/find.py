"""Going to the key that a pasted text names: by any part of it, even the whole leaked key."""

from typing import TYPE_CHECKING

from console.text.pasted import key_id, words
from store.errors import NotFound
from store.filtering import About, Term
from store.listing import KeyQuery, Sort
from store.secrets import Secret

if TYPE_CHECKING:
    from console.app import KeydeckApp
    from console.screens.workspace import WorkspaceScreen

MOST_WORDS = 20
"""More words than any name has; the rest of a page that was pasted is left out."""


async def find(app: "KeydeckApp", screen: "WorkspaceScreen", pasted: Secret) -> None:
    """Go to the key with the id in the text, or to what its words find.

    Nothing of the text is shown unless it finds something: it may be anybody's secret.
    """
    prefix, text = app.store.prefix, pasted.reveal()
    found = key_id(text, prefix)
    if found is not None:
        try:
            key = await app.in_store(lambda store: store.keys.show(app.actor, f"{prefix}_{found}"))
        except NotFound:
            app.say(f"No key of this workspace has the id {prefix}_{found}.")
        else:
            await screen.go_to_key(key.id)
        return
    sought = words(text, prefix)[:MOST_WORDS]
    query = KeyQuery(tuple(Term(About.WORD, word) for word in sought), Sort.NAME)
    page = await app.in_store(lambda store: store.keys.page(app.actor, query, limit=2))
    if not sought or not page.keys:
        app.say("No key has what was pasted in its id, its name or a holder's.")
    elif len(page.keys) == 1:
        await screen.go_to_key(page.keys[0].id)
    else:
        await screen.filter_keys(" ".join(f'"{word}"' for word in sought))
