"""What `--dry-run` tells of whom a change would have refused, as JSON has it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from console.commands.many import Evidence

if TYPE_CHECKING:
    from store.domain.foreseen import Foreseen
    from store.domain.keys import Key
    from store.domain.people import Actor
    from store.domain.scopes import Scopes
    from store.operations.store import Store


def foreseen_object(
    key_id: str, what: Mapping[str, Any], found: "Foreseen", sentence: str
) -> dict[str, Any]:
    """Return whom `what` is to be set of a key would have refused."""
    from store.domain.times import rfc3339

    return {
        "key": key_id,
        **what,
        "since": rfc3339(found.since),
        "refused": [timed(caller._asdict()) for caller in found.refused],
        "admitted": [timed(caller._asdict()) for caller in found.admitted],
        "seldom_ms": found.seldom,
        "sentence": sentence,
    }


def timed(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its instants as RFC 3339 has them."""
    from store.domain.times import rfc3339

    return {name: rfc3339(at) if name.endswith("_at") else at for name, at in row.items()}


def end_evidence(store: "Store", actor: "Actor", key: "Key", instant: int | None) -> Evidence:
    """Return whom an end of a key would cut off."""
    from console.text import restriction_words
    from store.domain.times import rfc3339_or_none, sooner

    found, now = store.restrictions.foresee_end(actor, key.id), store.clock.now()
    ends = {"expires_at": rfc3339_or_none(instant), "before": rfc3339_or_none(key.expires_at)}
    if not sooner(instant, key.expires_at):
        sentence = restriction_words.LATER
        return Evidence((sentence,), foreseen_object(key.id, ends, found.of_nobody(), sentence))
    sentence = restriction_words.cut_off(found, now)
    told = (*restriction_words.refused(found, now), sentence)
    return Evidence(told, foreseen_object(key.id, ends, found, sentence))


def scopes_evidence(store: "Store", actor: "Actor", key: "Key", wanted: "Scopes") -> Evidence:
    """Return what a key would have been refused in the last 30 days with these scopes alone."""
    from console.text import restriction_words
    from store.domain.scopes import canonical
    from store.domain.times import rfc3339

    now = store.clock.now()
    found = store.restrictions.foresee_scopes(actor, key.id, key.scopes - wanted)
    sentence = restriction_words.narrows(found, now)
    content = {
        "key": key.id,
        "removed": canonical(key.scopes - wanted).split(),
        "since": rfc3339(found.since),
        "used": [timed(use._asdict()) for use in found.used],
        "callers": [timed(caller._asdict()) for caller in found.callers],
        "seldom_ms": found.seldom,
        "sentence": sentence,
    }
    return Evidence((*restriction_words.lost(found, now), sentence), content)
