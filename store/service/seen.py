"""Whether a key is still what somebody saw when they decided to change it."""

from store.domain.audit.entry import in_full
from store.domain.keys import Key
from store.errors import ChangedMeanwhile
from store.persistence.unit import Unit

MOST_TOLD = 3


def check_as_seen(unit: Unit, key: Key, seen: int | None) -> None:
    """Raise ChangedMeanwhile, naming the changes, unless a key has the revision it was seen at.

    None was not seen by anybody, as on the command line: whatever it is now is meant.
    """
    if seen is None or key.revision == seen:
        return
    newest = unit.audit.newest(key.workspace_id, limit=MOST_TOLD, subject=key.id)
    since = [entry for entry in newest if entry.revision > seen] or newest[:1]
    raise ChangedMeanwhile(key.name, tuple(in_full(entry) for entry in since))
