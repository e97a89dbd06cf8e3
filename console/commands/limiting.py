"""What commands are told of limits, and how these are told as JSON."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from store.domain.limits import Limits, Used

NONE = "none"

windows = click.argument("given", nargs=-1, metavar="[REQUESTS/LENGTH... | none]")
quota = click.option(
    "--quota", "quotas", multiple=True, metavar="REQUESTS/LENGTH", help="Such as 50000/month."
)


def wanted(given: Sequence[str], quotas: Sequence[str]) -> "Limits":
    """Return the limits that are asked for, nothing for `none`. Raises Invalid."""
    from store.domain.limits import limits

    return () if [*given, *quotas] == [NONE] else limits([*given, *quotas])


def used_object(used: "Used") -> dict[str, Any]:
    """Return how much is used of a limit as JSON has it."""
    from store.domain.times import rfc3339

    return {
        "of": used.limit.subject.value,
        "limit": str(used.limit.window),
        "used": used.used,
        "remaining": used.left.remaining,
        "until": rfc3339(used.ends_at),
    }
