"""The newest entry of the audit, and what has become of one: for whoever watches over set-backs.

Each is a few looks into indexes. On a standby, which may lag behind, there is no newest entry.
"""

from collections.abc import Callable, Sequence

from store.domain.audit.actions import Action
from store.persistence.high_water import Found, SeenEntry, Trace, trace
from store.persistence.migrations.timeline import TIMELINE
from store.persistence.prepared import Row, Statement, statement

_NEWEST = "SELECT workspace_id, seq, mac, {} AS history FROM audit ORDER BY id DESC LIMIT 1"

NEWEST = Statement(
    _NEWEST.format("''"),
    _NEWEST.format(f"CASE WHEN pg_is_in_recovery() THEN NULL ELSE {TIMELINE} END"),
)
"""In the order in which `seen` takes it."""

# A restore has its entry in every workspace, about that workspace: in the first, which every copy
# has, an index finds it among the few that are. One whose store could not be read waits for its
# operator instead: it was not set back past keydeck, and nothing is served from it.
FOUND = statement(f"""
SELECT (SELECT mac FROM audit WHERE workspace_id = {{}} AND seq = {{}}),
       (SELECT min(seq) FROM audit WHERE workspace_id = {{}}),
       coalesce(
           (SELECT max(r.revision) FROM audit r JOIN workspaces w ON w.slug = r.subject
            WHERE w.id = (SELECT min(id) FROM workspaces) AND r.workspace_id = w.id
              AND r.action = '{Action.STORE_RESTORED.value}'
              AND r.revision > {{}}),
           (SELECT restored_at FROM settings))
""")  # noqa: S608


def seen(newest: Sequence[object], revision: int) -> SeenEntry | None:
    """Return the newest entry of a store at a revision, None where there is none to go by."""
    match newest:
        case (int() as workspace_id, int() as seq, bytes() as mac, str() as history):
            return SeenEntry(workspace_id, seq, mac.hex(), revision, history)
    return None


def wanted(entry: SeenEntry) -> tuple[int, ...]:
    """Return the parameters of `FOUND` for an entry."""
    return entry.workspace_id, entry.seq, entry.workspace_id, entry.revision


def traced(entry: SeenEntry | None, first: Callable[..., Row | None]) -> Trace:
    """Return what has become of an entry, if any; `first` reads the first row of a statement."""
    if entry is None:
        return Trace.THERE
    return trace(entry, Found(*(first(FOUND, *wanted(entry)) or (None, None, None))))
