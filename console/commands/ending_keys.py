"""What is asked before a key, a part of it or a rotation ends, with its traffic in view.

Each returns what the verb is then to act on: a name may mean another key by the time it is
answered, and a key may have been changed.
"""

from typing import TYPE_CHECKING

from console.commands.ending import ask, asks
from console.commands.line import Line

if TYPE_CHECKING:
    from store.domain.people import Actor
    from store.domain.scopes import Scopes
    from store.operations.store import Store
    from store.service.keys import Details


def ask_to_revoke(line: Line, store: "Store", actor: "Actor", reference: str) -> str:
    """Ask before a key is revoked, and return its id.

    Raises NotAgreed, AlreadyRevoked or what finding a key does.
    """
    if not asks(line):
        return reference
    from console.text import ending_words
    from store.domain.key_string import shown
    from store.domain.keys import State
    from store.errors import AlreadyRevoked

    details, now = _details(store, actor, reference), store.clock.now()
    key = details.key
    if key.revoked_at is not None:
        raise AlreadyRevoked(key.name, key.revoked_at, key.revoked_by)
    successor = store.keys.details(actor, key.successor).key if key.successor else None
    ask(
        line,
        f"Revoke “{key.name}” for good?",
        *ending_words.key(details, successor, now, store.prefix),
        name=key.name if key.state(now) is State.ACTIVE else None,
        start=shown(store.prefix, key.id).removesuffix("…"),
    )
    return key.id


def ask_to_narrow(
    line: Line, store: "Store", actor: "Actor", reference: str, wanted: "Scopes | None"
) -> tuple[str, int | None]:
    """Ask before a key loses scopes, None for those it does not need; return its id and revision.

    Raises NotAgreed or what finding a key does.
    """
    if not asks(line):
        return reference, None
    from console.text import ending_words, restriction_words

    details, now = _details(store, actor, reference), store.clock.now()
    key, unneeded = details.key, details.unneeded
    removed = unneeded.unused if wanted is None and unneeded else key.scopes - (wanted or set())
    if removed and key.scopes - removed and _active(store, details):
        sentences = ending_words.narrowed(details, removed, now, store.prefix)
        lost = store.restrictions.foresee_scopes(actor, key.id, removed)
        sentences += (restriction_words.narrows(lost, now),)
        ask(line, f"Take that from “{key.name}”?", *sentences)
    return key.id, key.revision


def ask_to_shorten(
    line: Line, store: "Store", actor: "Actor", reference: str, ends: int | None
) -> tuple[str, int | None]:
    """Ask before a key ends sooner than it would have; return its id and revision.

    Raises NotAgreed or what finding a key does.
    """
    if not asks(line):
        return reference, None
    from console.text import ending_words, restriction_words
    from store.domain.times import sooner

    details, now = _details(store, actor, reference), store.clock.now()
    key = details.key
    if ends is not None and ends > now and sooner(ends, key.expires_at) and _active(store, details):
        sentences = ending_words.sooner(details, key.expires_at, ends, now, store.prefix)
        cut = store.restrictions.foresee_end(actor, key.id)
        sentences += (*restriction_words.refused(cut, now), restriction_words.cut_off(cut, now))
        ask(line, f"Let “{key.name}” end sooner?", *sentences)
    return key.id, key.revision


def ask_to_rotate(
    line: Line,
    store: "Store",
    actor: "Actor",
    reference: str,
    overlap_ms: int | None,
    *,
    end_older: bool,
) -> tuple[str, bool]:
    """Ask before a rotation ends a key at once, or sooner than anybody could exchange it.

    Returns its id, and whether an older key may be ended. Raises NotAgreed or what finding does.
    """
    if not asks(line):
        return reference, end_older
    from console.text import ending_words
    from console.text.key_words import RECENT
    from store.domain.key_string import shown

    details, now = _details(store, actor, reference), store.clock.now()
    key = details.key
    if not _active(store, details):
        return key.id, end_older
    if key.rotating and key.predecessor is not None and not end_older:
        older = store.keys.details(actor, key.predecessor)
        start = shown(store.prefix, key.predecessor)
        used = older.key.last_used_at is not None
        sentences = ending_words.older(older, now, store.prefix)
        ask(
            line,
            f"{start} stops at once when its successor is rotated. Rotate it?",
            *sentences,
            name=key.name if used else None,
            start=start.removesuffix("…"),
        )
        end_older = True
    elif overlap_ms is not None and overlap_ms < RECENT and key.last_used_at is not None:
        ends = now + overlap_ms
        sentences = ending_words.sooner(details, key.expires_at, ends, now, store.prefix)
        ask(line, f"Rotate “{key.name}”, and let it end so soon?", *sentences)
    return key.id, end_older


def _active(store: "Store", details: "Details") -> bool:
    from store.domain.keys import State

    return details.key.state(store.clock.now()) is State.ACTIVE


def _details(store: "Store", actor: "Actor", reference: str) -> "Details":
    return store.keys.details(actor, store.keys.find_to_revoke(actor, reference).id)
