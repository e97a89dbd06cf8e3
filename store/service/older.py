"""The older key that rotating a successor ends, and whether that would cut somebody off."""

from store.domain.key_string import shown
from store.domain.keys import Key
from store.domain.rotation import quiet_window
from store.errors import OlderKeyInUse
from store.persistence.unit import Unit
from store.service.rotation_progress import GAPS_OVER


def check_out_of_use(unit: Unit, prefix: str, older: Key) -> None:
    """Raise OlderKeyInUse unless a key was silent for as long as a rotation's rule asks."""
    used = older.last_used_at
    gap = unit.usage.usual_gap(older.workspace_id, older.id, unit.now - GAPS_OVER)
    if used is None or used <= unit.now - quiet_window(gap):
        return
    callers = unit.usage.callers(older.workspace_id, (older.id,)).get(older.id, ())
    by = "somebody"
    if callers:
        agent = callers[0].user_agent
        by = f"{callers[0].address or by}{f' ({agent})' if agent else ''}"
    raise OlderKeyInUse(older.name, shown(prefix, older.id), by, used, older.expires_at)
