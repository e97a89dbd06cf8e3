"""Who called with a key, as `--json` says it."""

from typing import Any

from store.domain.times import rfc3339
from store.domain.usage import Caller


def caller_object(caller: Caller) -> dict[str, Any]:
    """Return who called with a key as JSON has it."""
    return {
        **caller._asdict(),
        "first_at": rfc3339(caller.first_at),
        "last_at": rfc3339(caller.last_at),
    }
