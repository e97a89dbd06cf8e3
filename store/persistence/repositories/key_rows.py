"""What a row of keys is to the domain, whoever read it: a column's value by its name."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from store.domain import labels, limits
from store.domain.key_networks import from_stored
from store.domain.keys import Inherited, Key
from store.domain.names import fold
from store.domain.people import LEAK_REPORTS
from store.domain.scopes import canonical, from_canonical

_OTHERWISE = (
    "scopes",
    "created_by",
    "revoked_by",
    "rotating",
    "networks",
    "labels",
    "limits",
    "shared_limits",
)
_AS_STORED = tuple(field.name for field in fields(Key) if field.name not in _OTHERWISE)


def key_of(columns: Mapping[Any, Any]) -> Key:
    """Return the domain's key for a row of `select_keys`: a field is the column of its name."""
    networks = columns["networks"]
    return Key(
        **{name: columns[name] for name in _AS_STORED},
        scopes=from_canonical(columns["scopes"]),
        created_by=columns["maker"],
        revoked_by=columns["revoker"] or _nobody(columns),
        rotating=bool(columns["rotating"]),
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


def _nobody(columns: Mapping[Any, Any]) -> str | None:
    """Return what revoked a key where nobody did; None is the operator."""
    revoked_at = columns["revoked_at"]
    reported = revoked_at is not None and revoked_at == columns["leaked_at"]
    return LEAK_REPORTS if reported else None
