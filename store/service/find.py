"""Which key a reference means: an id, a shown prefix or a name, looked up in that order."""

from store.domain.key_string import ID_LENGTH, SHOWN_ID_LENGTH, parse, shown
from store.domain.keys import Key
from store.errors import AmbiguousKey, MalformedKey, NoSuchKey
from store.persistence.unit import Unit


def find_key(
    unit: Unit, workspace_id: int, prefix: str, reference: str, *, verb: bool = False
) -> Key:
    """Return the workspace's key that a reference means.

    A reference is the id (with or without the key prefix), the start of it as shown
    (`jw_4fQ2x…`, five characters or more), a name, or a whole key string, of which only the id is
    used. For a `verb` a name means an active key.
    Raises NoSuchKey, or AmbiguousKey naming the candidates.
    """
    return _only(candidates(unit, workspace_id, prefix, reference, verb=verb), reference, prefix)


def candidates(
    unit: Unit, workspace_id: int, prefix: str, reference: str, *, verb: bool = False
) -> list[Key]:
    """Return every key a reference may mean, one at least. Raises NoSuchKey."""
    reference = reference.strip()
    key_id = _full_key(reference, prefix)
    if key_id is not None:
        # The reference is a secret: it must not come back in an error.
        key = unit.keys.get(workspace_id, key_id)
        if key is None:
            raise NoSuchKey(shown(prefix, key_id))
        return [key]
    start = reference.removeprefix(f"{prefix}_").removesuffix("…").removesuffix("...")
    if len(start) == ID_LENGTH:
        key = unit.keys.get(workspace_id, start)
        if key is not None:
            return [key]
    if reference.startswith(f"{prefix}_") and SHOWN_ID_LENGTH <= len(start) <= ID_LENGTH:
        found = unit.keys.starting_with(workspace_id, start)
        if found:
            return found
    found = unit.keys.named(workspace_id, reference, active_only=True)
    if not found:
        # Beyond the active ones a name is history: good for looking, and for a clear refusal.
        found = unit.keys.named(workspace_id, reference, active_only=False)
        if verb:
            found = found[:1]
    if not found:
        raise NoSuchKey(_masked(reference, prefix))
    return found


def _full_key(reference: str, prefix: str) -> str | None:
    try:
        return parse(reference, prefix)
    except MalformedKey:
        return None


def _masked(reference: str, prefix: str) -> str:
    # A key with a typing error still holds most of a secret.
    longest = len(prefix) + 1 + ID_LENGTH
    if reference.startswith(f"{prefix}_") and len(reference) > longest:
        return reference[: len(prefix) + 1 + SHOWN_ID_LENGTH] + "…"
    return reference


def _only(found: list[Key], reference: str, prefix: str) -> Key:
    if len(found) == 1:
        return found[0]
    named = tuple(f"{prefix}_{key.id} ({key.name})" for key in found)
    raise AmbiguousKey(reference.strip(), named)
