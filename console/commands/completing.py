"""What the shell completes: names of keys, scopes, people and workspaces, from the store itself.

No password is asked for: whoever can read the store's files and its pepper may see names, which are
no secrets to them. Where it cannot be opened, nothing is offered and nothing is said.
"""

import re
from collections.abc import Callable, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from console.commands.line import Line

if TYPE_CHECKING:
    from store.operations.store import Store

MOST = 50
PATIENCE_MS = 200
"""How long a store that is busy is waited for: somebody has pressed a key."""
_LABEL = re.compile(r"[a-z][\w.-]*=[\w.@:+-]+")
_PLAIN = re.compile(r"\w[\w.@:+-]*")
"""What no shell takes apart or runs, and no command takes for an option."""

Offered = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _from_store(
    find: "Callable[[Store, str | None, str], Iterable[tuple[str, str]]]",
) -> Offered:
    def complete(
        context: click.Context, _: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        line = Line()
        given: dict[str, Any] = {}
        at: click.Context | None = context
        while at is not None:
            given = {**{name: value for name, value in at.params.items() if value}, **given}
            at = at.parent
        before = context.find_object(Line)
        if before is None or before.guest is not None:
            return []
        line.given_address = before.given_address
        line.url, line.workspace = given.get("url"), given.get("workspace")
        try:
            from store.operations.open import open_store

            store = open_store(line.address, patience_ms=PATIENCE_MS)
            try:
                found = list(islice(find(store, line.slug, incomplete), MOST))
            finally:
                store.close()
        except Exception:
            return []
        return [CompletionItem(value, help=told or None) for value, told in found]

    return complete


def _keys(store: "Store", slug: str | None, begun: str) -> Iterable[tuple[str, str]]:
    from store.operations.completion import keys_begun

    for key in keys_begun(store, slug, begun):
        whole = f"{store.prefix}_{key.id}"
        # One of a rotation, and a name that a shell would take apart, is told by its id.
        alone = _PLAIN.fullmatch(key.name) and not key.rotating
        yield (key.name, "") if alone and key.name.startswith(begun) else (whole, key.name)


def _scopes(store: "Store", _: str | None, begun: str) -> Iterable[tuple[str, str]]:
    for resource in store.operator.resources():
        for scope in resource.scopes:
            if str(scope).startswith(begun):
                yield str(scope), resource.title


def _people(store: "Store", slug: str | None, begun: str) -> Iterable[tuple[str, str]]:
    from store.operations.completion import people_begun

    # bash puts what is offered on the line as it is: an e-mail may hold what it would run.
    return (
        (person.email, person.name)
        for person in people_begun(store, slug, begun)
        if _PLAIN.fullmatch(person.email)
    )


def _workspaces(store: "Store", _: str | None, begun: str) -> Iterable[tuple[str, str]]:
    from store.operations.completion import workspaces_begun

    return ((one.slug, one.name) for one in workspaces_begun(store, begun))


def _owners(store: "Store", slug: str | None, begun: str) -> Iterable[tuple[str, str]]:
    from store.operations.completion import owners_begun

    return ((one, "") for one in owners_begun(store, slug, begun) if _PLAIN.fullmatch(one))


def _labels(store: "Store", slug: str | None, begun: str) -> Iterable[tuple[str, str]]:
    from store.operations.completion import labels_begun

    return ((one, "") for one in labels_begun(store, slug, begun) if _LABEL.fullmatch(one))


keys, scopes, people, workspaces, owners, labels = (
    _from_store(find) for find in (_keys, _scopes, _people, _workspaces, _owners, _labels)
)


def keys_or(others: Offered) -> Offered:
    """Return what completes a key, or with --filter, where none is named, what else comes first."""

    def complete(
        context: click.Context, parameter: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        offered = others if context.params.get("text") is not None else keys
        return offered(context, parameter, incomplete)

    return complete
