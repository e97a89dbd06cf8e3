"""Names for a shell to complete, for whoever can read the store's files, without a sign-in."""

from collections.abc import Iterator

from store.domain.key_string import ID_LENGTH
from store.domain.keys import Key
from store.domain.people import Person, Workspace
from store.operations.store import Store
from store.service import belonging

MOST = 50
"""That are offered at once."""


def keys_begun(store: Store, workspace: str | None, begun: str) -> list[Key]:
    """Return active keys whose name, or whose id as it is shown, begins so.

    Raises NoSuchWorkspace.
    """
    workspace_id = store.operator.workspace(workspace).id
    start = f"{store.prefix}_"
    with store.transactions.reading() as unit:
        if begun.startswith(start) and len(begun) <= len(start) + ID_LENGTH:
            return unit.keys.starting_with(workspace_id, begun.removeprefix(start), MOST)
        names = unit.keys.beginning(workspace_id, begun, MOST)
        return [
            key for name in names for key in unit.keys.named(workspace_id, name, active_only=True)
        ][:MOST]


def owners_begun(store: Store, workspace: str | None, begun: str) -> list[str]:
    """Return whom keys belong to outside that begins so. Raises NoSuchWorkspace."""
    workspace_id = store.operator.workspace(workspace).id
    with store.transactions.reading() as unit:
        return unit.belonging.owners(workspace_id, begun, MOST)


def labels_begun(store: Store, workspace: str | None, begun: str) -> list[str]:
    """Return labels that keys have and that begin so, as `name=value`. Raises NoSuchWorkspace."""
    workspace_id = store.operator.workspace(workspace).id
    with store.transactions.reading() as unit:
        return belonging.labels_begun(unit, workspace_id, begun)


def workspaces_begun(store: Store, begun: str) -> Iterator[Workspace]:
    """Yield the store's workspaces whose slug begins so."""
    with store.transactions.reading() as unit:
        for workspace in unit.workspaces.all():
            if workspace.slug.startswith(begun):
                yield workspace


def people_begun(store: Store, workspace: str | None, begun: str) -> Iterator[Person]:
    """Yield the workspace's people whose e-mail begins so. Raises NoSuchWorkspace."""
    workspace_id = store.operator.workspace(workspace).id
    with store.transactions.reading() as unit:
        for person in unit.people.each(workspace_id):
            if person.email.casefold().startswith(begun.casefold()):
                yield person
