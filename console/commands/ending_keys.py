"""What is asked before a key, or a part of it, ends."""

from typing import TYPE_CHECKING

from console.commands.ending import ask
from console.commands.line import Line

if TYPE_CHECKING:
    from store.opening import Store
    from store.people import Actor


def ask_to_revoke(line: Line, store: "Store", actor: "Actor", reference: str) -> str:
    """Ask before a key is revoked, and return its id: a name may mean another one by then.

    Raises NotAgreed, AlreadyRevoked or what finding a key does.
    """
    from console.text import ending_words
    from store.errors import AlreadyRevoked
    from store.keys import State
    from store.secrets import shown

    key = store.keys.find_to_revoke(actor, reference)
    if key.revoked_at is not None:
        raise AlreadyRevoked(key.name, key.revoked_at, key.revoked_by)
    details, now = store.keys.details(actor, key.id), store.clock.now()
    heir = details.key.successor
    successor = store.keys.details(actor, heir).key if heir is not None else None
    ask(
        line,
        f"Revoke “{key.name}” for good?",
        *ending_words.key(details, successor, now, store.prefix),
        name=key.name if key.state(now) is State.ACTIVE else None,
        start=shown(store.prefix, key.id).removesuffix("…"),
    )
    return key.id
