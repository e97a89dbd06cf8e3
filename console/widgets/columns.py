"""The key table's columns: which fit a width, and what stands in each. Pure."""

from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from console.text.badges import Badge, badge
from console.text.safe import safe
from console.text.times import ago, expiry
from store.domain.key_string import shown
from store.domain.keys import Key, Note, State
from store.domain.listing import Sort
from store.domain.scopes import Scopes, short

STATE, NAME, KEY, SCOPES, EXPIRES, LAST_USED, CREATED, BY = (
    "State",
    "Name",
    "Key",
    "Scopes",
    "Expires",
    "Last used",
    "Created",
    "By",
)
SORTED_BY = {
    STATE: Sort.STATE,
    NAME: Sort.NAME,
    KEY: Sort.KEY,
    SCOPES: Sort.SCOPES,
    EXPIRES: Sort.EXPIRES,
    LAST_USED: Sort.LAST_USED,
    CREATED: Sort.CREATED,
}
_FIXED = {STATE: 15, EXPIRES: 11, LAST_USED: 12, CREATED: 12, BY: 14}
_MARGIN = 2
ROOMY = 118
"""From this width in cells on, who made a key and when has columns of its own."""


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


def layout(width: int, prefix: str, sort: Sort = Sort.STATE) -> tuple[Column, ...]:
    """Return the columns that fit a width in cells; the least telling go first.

    What the list is sorted by is among them, so that the order can be seen.
    """
    widths = {**_FIXED, KEY: len(prefix) + 8}
    order = [STATE, NAME, KEY, SCOPES, EXPIRES, LAST_USED]
    for expendable, below in ((KEY, 76), (SCOPES, 66)):
        if width < below and SORTED_BY[expendable] is not sort:
            order.remove(expendable)
    roomy = width >= ROOMY
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
    gaps = {KEY: 2 if roomy else 1, EXPIRES: 1, order[-1]: 0}
    return tuple(Column(title, widths[title], gaps.get(title, 2)) for title in order)


def fit(text: str, width: int, *, ascii_only: bool = False) -> str:
    """Return a text in exactly that many cells, shortened with `…` where it is longer."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    end = ".." if ascii_only else "…"
    return set_cell_size(set_cell_size(text, max(0, width - len(end))).rstrip() + end, width)


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
    dash = "-" if ascii_only else "–"
    dots = ".." if ascii_only else "…"
    return Cells(
        badge=look,
        texts={
            STATE: look.text(ascii_only=ascii_only),
            NAME: safe(key.name),
            KEY: shown(prefix, key.id).removesuffix("…") + dots,
            EXPIRES: dash if state is State.REVOKED else expiry(key.expires_at, now),
            LAST_USED: ago(key.last_used_at, now),
            CREATED: ago(key.created_at, now),
            BY: safe(key.created_by.partition("@")[0]),
        },
        quiet=state is not State.ACTIVE,
        soon=Note.EXPIRING in key.notes(now),
    )
