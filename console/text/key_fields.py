"""What is told of a key: as a row of the table, as facts beside it, as JSON. Pure.

A column of keys that people are to see stands in this file, and nowhere else.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from console.text.badges import Badge, badge
from console.text.safe import safe
from console.text.times import NOTHING, ago, expiry
from store.domain.key_networks import KeyNetworks
from store.domain.key_string import shown
from store.domain.keys import Key, Note, State
from store.domain.labels import in_words
from store.domain.listing import Sort
from store.domain.scopes import Scopes, short
from store.domain.times import rfc3339_or_none

if TYPE_CHECKING:
    from store.service.keys import Details

STATE, NAME, KEY, SCOPES, EXPIRES, LAST_USED, CREATED, BY, OWNER = (
    "State",
    "Name",
    "Key",
    "Scopes",
    "Expires",
    "Last used",
    "Created",
    "By",
    "Owner",
)
SORTED_BY = {
    STATE: Sort.STATE,
    NAME: Sort.NAME,
    KEY: Sort.KEY,
    SCOPES: Sort.SCOPES,
    EXPIRES: Sort.EXPIRES,
    LAST_USED: Sort.LAST_USED,
    CREATED: Sort.CREATED,
    OWNER: Sort.OWNER,
}
_FIXED = {STATE: 15, EXPIRES: 11, LAST_USED: 12, CREATED: 12, BY: 14, OWNER: 18}
_MARGIN = 2
ROOMY = 118
"""From this width in cells on, who made a key and when has columns of its own."""
_NARROW = 76
_OWNED = 100
"""From this width in cells on, owners have a column; sorted by them they have the first one."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title and its width in cells, gap included."""

    title: str
    width: int
    gap: int = 2

    @property
    def room(self) -> int:
        """Return the cells a text has."""
        return max(0, self.width - self.gap)


def layout(
    width: int, prefix: str, sort: Sort = Sort.STATE, *, owned: bool = False
) -> tuple[Column, ...]:
    """Return the columns that fit a width in cells; the least telling go first.

    What the list is sorted by is among them, so that the order can be seen. Owners are where any
    key is `owned`, first where the list is sorted by them: they head what belongs together.
    """
    widths = {**_FIXED, KEY: len(prefix) + 8}
    by_owner = sort is Sort.OWNER
    taken = widths[OWNER] if by_owner else 0
    order = [STATE, NAME, KEY, SCOPES, EXPIRES, LAST_USED]
    for expendable, below in ((KEY, 76), (SCOPES, 66)):
        if width - taken < below and SORTED_BY[expendable] is not sort:
            order.remove(expendable)
    if by_owner:
        order.insert(0, OWNER)
        if width < _NARROW:
            order.remove(EXPIRES)
    elif owned and width >= _OWNED:
        order.insert(order.index(NAME) + 1, OWNER)
        taken = widths[OWNER]
    roomy = width - taken >= ROOMY
    if roomy:
        widths[KEY] += 1
        order += [CREATED, BY]
    elif sort is Sort.CREATED:
        order[-1] = CREATED
    # The last column needs no gap, and narrow lines have a name for every cell.
    widths[order[-1]] -= 2
    spare = max(8, width - _MARGIN - sum(widths.get(title, 0) for title in order))
    if SCOPES in order:
        widths[SCOPES] = min(48, spare // 2)
        spare -= widths[SCOPES]
    widths[NAME] = min(48, spare)
    gaps = {STATE: 1, KEY: 2 if roomy else 1, EXPIRES: 1, order[-1]: 0}
    return tuple(Column(title, widths[title], gaps.get(title, 2)) for title in order)


def fit_scopes(scopes: Scopes, width: int) -> str:
    """Return as many scopes as fit, and how many more resources there are: `events:rw +1`."""
    parts = short(scopes)
    for kept in range(len(parts), 0, -1):
        rest = f" +{len(parts) - kept}" if kept < len(parts) else ""
        text = " ".join(parts[:kept]) + rest
        if cell_len(text) <= width:
            return text
    return f"{len(parts)} resources" if len(parts) > 1 else parts[0]


@dataclass(frozen=True, slots=True)
class Cells:
    """What one row says, column by column, and the tones it says it in."""

    badge: Badge
    texts: dict[str, str]
    quiet: bool
    """Whether the key no longer works: drawn dim."""
    soon: bool
    """Whether its expiry is near."""


def cells(key: Key, now: int, prefix: str, *, ascii_only: bool) -> Cells:
    """Return what a key's row says at an instant."""
    look = badge(key, now)
    state = key.state(now)
    dots = ".." if ascii_only else "…"
    return Cells(
        badge=look,
        texts={
            STATE: look.text(ascii_only=ascii_only),
            NAME: safe(key.name),
            KEY: shown(prefix, key.id).removesuffix("…") + dots,
            EXPIRES: NOTHING if state is State.REVOKED else expiry(key.expires_at, now),
            LAST_USED: ago(key.last_used_at, now),
            CREATED: ago(key.created_at, now),
            BY: safe(key.created_by.partition("@")[0]),
            OWNER: NOTHING if key.owner is None else safe(key.owner),
        },
        quiet=state is not State.ACTIVE,
        soon=Note.EXPIRING in key.notes(now),
    )


def facts(details: "Details", now: int) -> list[tuple[str, str]]:
    """Return what a key's details say of it line by line, empty where there is nothing to say."""
    # With the use cases comes SQLAlchemy, which the first frame does without.
    from console.text import key_words, limit_words, restriction_words, stop_words
    from console.text.sentences import when

    key = details.key
    every = key.rotate_every_days
    return [
        ("Starts", when(key.not_before, now) if not key.begun(now) and key.not_before else ""),
        ("Expires", key_words.ends(key, now)),
        ("Because", key.revoke_reason or ""),
        ("Stopped", "; ".join(stop_words.facts(details.stops, now))),
        ("For", key.owner or ""),
        ("Labels", in_words(key.labels)),
        ("Remark", key.remark or ""),
        ("Chain", restriction_words.chain(key, details.chain)),
        ("Rotate", f"every {every} d" if every else ""),
        ("Held by", key_words.held_by(details)),
        ("From", restriction_words.networks(key.networks)),
        ("Limits", limit_words.facts(details.limits, now)),
        ("Observed", restriction_words.observed(details.observed, now)),
        ("Foreign", key_words.brought(details)),
    ]


def key_object(key: Key, now: int) -> dict[str, Any]:
    """Return a key as JSON has it at an instant; times are RFC 3339 UTC, null where none."""
    return {
        "id": key.id,
        "name": key.name,
        "state": key.state(now).value,
        "notes": [note.value for note in key.notes(now)],
        "scopes": [str(scope) for scope in sorted(key.scopes)],
        "created_at": rfc3339_or_none(key.created_at),
        "created_by": key.created_by,
        "not_before": rfc3339_or_none(key.not_before),
        "expires_at": rfc3339_or_none(key.expires_at),
        "revoked_at": rfc3339_or_none(key.revoked_at),
        "last_used_at": rfc3339_or_none(key.last_used_at),
        "rotate_every_days": key.rotate_every_days,
        "predecessor": key.predecessor,
        "successor": key.successor,
        "lineage": key.lineage,
        "networks": networks_object(key.networks),
        "limits": [str(window) for window in key.limits],
        "shared_limits": [
            {"of": limit.subject.value, "limit": str(limit.window)} for limit in key.shared_limits
        ],
        "owner": key.owner,
        "labels": dict(key.labels),
        "remark": key.remark,
    }


def networks_object(networks: KeyNetworks | None) -> dict[str, Any] | None:
    """Return networks of a key or a connection as JSON has them; null for anywhere."""
    if networks is None:
        return None
    return {"ranges": list(networks.ranges), "enforced": networks.enforced}
