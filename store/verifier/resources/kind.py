"""What tells one collection of things from another."""

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec
from sqlalchemy import Column, Connection, Table

from store.persistence.prepared import Row

Values = dict[str, Any]
"""Column names to values, as the table keeps them."""


class ResourceKind(Protocol):
    """A collection: its table, its JSON, its rules."""

    @property
    def name(self) -> str:
        """The resource in scopes and addresses: `events`."""
        ...

    @property
    def singular(self) -> str:
        """One of them: `event`."""
        ...

    @property
    def id_prefix(self) -> str:
        """What its ids begin with: `ev`."""
        ...

    @property
    def table(self) -> Table:
        """Where they are."""
        ...

    @property
    def order(self) -> tuple[Column[Any], ...]:
        """The order of lists, unique within a workspace."""
        ...

    @property
    def new(self) -> msgspec.json.Decoder[Any]:
        """Decodes the body of a POST."""
        ...

    @property
    def change(self) -> msgspec.json.Decoder[Any]:
        """Decodes the body of a PATCH."""
        ...

    @property
    def answers(self) -> tuple[type[msgspec.Struct], type[msgspec.Struct], type[msgspec.Struct]]:
        """The JSON of one, of what a write gives back, and of a page."""
        ...

    @property
    def statuses(self) -> tuple[str, ...]:
        """Every status one can have, the first being that of a new one."""
        ...

    @property
    def example(self) -> Values:
        """A body that makes one."""
        ...

    @property
    def defaults(self) -> Values:
        """What a new one has where the body says nothing."""
        ...

    def values(self, sent: Mapping[str, Any]) -> Values:
        """Return the fields that were sent as the table keeps them. Raises Problem (422)."""
        ...

    def check(self, connection: Connection, workspace_id: int, values: Values) -> None:
        """Raise Problem (422) unless a whole thing makes sense."""
        ...

    def read(self, row: Row) -> msgspec.Struct:
        """Return a row of the columns that the JSON of one has, in its order, as that JSON."""
        ...

    def shown(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return columns as JSON has them; only those that are given, in the same order."""
        ...


def sent(body: msgspec.Struct) -> dict[str, Any]:
    """Return the fields that a body has, by name."""
    found = {name: getattr(body, name) for name in body.__struct_fields__}
    return {name: value for name, value in found.items() if value is not msgspec.UNSET}
