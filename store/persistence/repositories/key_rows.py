"""What rows of keys are to the domain, whoever read them: a column's value by its name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, Protocol

from store.domain import labels, limits
from store.domain.key_networks import from_stored
from store.domain.keys import Inherited, Key
from store.domain.names import fold
from store.domain.people import LEAK_REPORTS
from store.domain.scopes import canonical, from_canonical

Columns = Mapping[Any, Any]

_BESIDE = ("predecessor", "successor", "rotating", "still_used_at", "over_limit_at")
_OTHERWISE = ("scopes", "created_by", "revoked_by", "networks", "labels", "limits", "shared_limits")
_AS_STORED = tuple(field.name for field in fields(Key) if field.name not in (*_OTHERWISE, *_BESIDE))


class Beside(Protocol):
    """Reads what other tables tell of a workspace's keys, of all of them at once."""

    def rotations(self, ids: Sequence[str]) -> Iterable[Columns]:
        """Return the rows of `select_rotations`."""

    def refused(self, ids: Sequence[str]) -> Iterable[Columns]:
        """Return the rows of `select_refused`."""


def keys_of(rows: Sequence[Columns], beside: Beside) -> list[Key]:
    """Return the domain's keys for rows of `select_keys`, in their order."""
    ids = [row["id"] for row in rows]
    if not ids:
        return []
    predecessors: dict[str, str] = {}
    successors: dict[str, str] = {}
    rotating: set[str] = set()
    # What replaces a key is the newest that was to.
    for one in sorted(beside.rotations(ids), key=lambda one: one["id"]):
        old, new = one["predecessor_id"], one["successor_id"]
        successors[old], predecessors[new] = new, old
        if one["both_work"]:
            rotating |= {old, new}
    refused = {one["key_id"]: one for one in beside.refused(ids)}
    never: Columns = {}
    return [
        _key_of(
            row,
            predecessor=predecessors.get(row["id"]),
            successor=successors.get(row["id"]),
            rotating=row["id"] in rotating,
            still_used_at=refused.get(row["id"], never).get("still_used_at"),
            over_limit_at=refused.get(row["id"], never).get("over_limit_at"),
        )
        for row in rows
    ]


def _key_of(columns: Columns, **beside: Any) -> Key:
    """Return a key: a field is the column of its name, where nothing else is said of it."""
    networks = columns["networks"]
    return Key(
        **{name: columns[name] for name in _AS_STORED},
        **beside,
        scopes=from_canonical(columns["scopes"]),
        created_by=columns["maker"],
        revoked_by=columns["revoker"] or _nobody(columns),
        networks=None if networks is None else from_stored(networks),
        labels=labels.from_stored(columns["labels"]),
        limits=limits.from_stored(columns["limits"]),
        shared_limits=limits.shared(columns["shared_limits"], columns["owner"]),
    )


def columns_of(inherited: Inherited, key_id: str) -> dict[str, Any]:
    """Return what a row of keys holds of what a key carries and hands on."""
    carried = {field.name: getattr(inherited, field.name) for field in fields(inherited)}
    return carried | {
        "name_folded": fold(inherited.name),
        "scopes": canonical(inherited.scopes),
        "lineage": inherited.lineage or key_id,
        "networks": inherited.networks and str(inherited.networks),
        "labels": labels.to_stored(inherited.labels),
        "limits": limits.to_stored(inherited.limits),
    }


def _nobody(columns: Columns) -> str | None:
    """Return what revoked a key where nobody did; None is the operator."""
    revoked_at = columns["revoked_at"]
    reported = revoked_at is not None and revoked_at == columns["leaked_at"]
    return LEAK_REPORTS if reported else None
