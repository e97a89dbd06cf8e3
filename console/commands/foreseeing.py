"""What `--dry-run` tells of whom a change would have refused, as JSON has it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from store.service.restricting import Foreseen


def foreseen_object(
    key_id: str, what: Mapping[str, Any], found: "Foreseen", sentence: str
) -> dict[str, Any]:
    """Return whom `what` is to be set of a key would have refused."""
    from store.domain.times import rfc3339

    return {
        "key": key_id,
        **what,
        "since": rfc3339(found.since),
        "refused": [timed(caller._asdict()) for caller in found.refused],
        "admitted": [timed(caller._asdict()) for caller in found.admitted],
        "seldom_ms": found.seldom,
        "sentence": sentence,
    }


def timed(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its instants as RFC 3339 has them."""
    from store.domain.times import rfc3339

    return {name: rfc3339(at) if name.endswith("_at") else at for name, at in row.items()}
