"""What a row of `keydeck keys list` says."""

from typing import TYPE_CHECKING

from console.commands.listing import Row
from console.text.times import NOTHING

if TYPE_CHECKING:
    from store.domain.keys import Key


def row(key: "Key", prefix: str, now: int) -> Row:
    """Return a key's cells, one for each column there is."""
    from console.text.badges import badge
    from console.text.times import ago, day, expiry
    from store.domain.key_string import shown
    from store.domain.labels import in_words
    from store.domain.scopes import short

    return (
        badge(key, now),
        key.name,
        shown(prefix, key.id).removesuffix("…"),
        " ".join(short(key.scopes)),
        NOTHING if key.revoked_at is not None else expiry(key.expires_at, now),
        ago(key.last_used_at, now),
        day(key.created_at),
        key.created_by,
        f"{prefix}_{key.id}",
        key.owner or NOTHING,
        in_words(key.labels) or NOTHING,
        key.remark or NOTHING,
    )
