"""How much some of a workspace's keys are used: for whoever is about to refuse them all."""

from collections.abc import Sequence
from dataclasses import dataclass

from store.domain.keys import Key, State
from store.domain.times import DAY
from store.persistence.unit import Unit

MOST_NAMED = 3
"""Keys in use that are named."""


@dataclass(frozen=True, slots=True)
class InUse:
    """How much active keys are used."""

    active: int
    used: int
    """How many of them were used in the last day; where there are more, of those looked at."""
    latest: tuple[tuple[Key, str | None], ...]
    """The last ones that were, the latest first, and the addresses they were used from."""
    more: bool = False
    """Whether there are more active keys than are told: looking at them stopped at a bound."""


def of_workspace(unit: Unit, workspace_id: int) -> InUse:
    """Return how much all the active keys of a workspace are used."""
    used, latest = unit.usage.used_since(workspace_id, unit.now - DAY, unit.now, MOST_NAMED)
    keys = unit.keys.some(workspace_id, tuple(latest))
    return InUse(
        unit.pages.active(workspace_id),
        used,
        tuple((keys[key_id], address) for key_id, address in latest.items()),
    )


def together(parts: Sequence[InUse]) -> InUse:
    """Return how much keys are used that were looked at in parts, none of them in two."""
    latest = [one for part in parts for one in part.latest]
    latest.sort(key=lambda one: -(one[0].last_used_at or 0))
    return InUse(
        sum(part.active for part in parts),
        sum(part.used for part in parts),
        tuple(latest[:MOST_NAMED]),
        more=any(part.more for part in parts),
    )


def of_keys(unit: Unit, workspace_id: int, keys: Sequence[Key], most: int) -> InUse:
    """Return how much those of some keys are used that are active, and count `most` of them."""
    active = [key for key in keys if key.state(unit.now) is State.ACTIVE]
    used = sorted(
        (
            (key.last_used_at, key.id, key)
            for key in active
            if key.last_used_at is not None and key.last_used_at > unit.now - DAY
        ),
        reverse=True,
    )
    latest = [key for _, _, key in used[:MOST_NAMED]]
    callers = unit.usage.callers(workspace_id, [key.id for key in latest])
    by = {key_id: found[0].address for key_id, found in callers.items() if found}
    return InUse(
        min(len(active), most),
        len(used),
        tuple((key, by.get(key.id)) for key in latest),
        more=len(active) > most,
    )
