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
how = click.option(
    "--enforce/--observe",
    "enforce",
    default=None,
    help="Refuse what is more, or only count it. [default: --enforce]",
)


def wanted(
    given: Sequence[str], quotas: Sequence[str], enforce: bool | None, before: "Limits" = ()
) -> "Limits":
    """Return the limits that are asked for, nothing for `none`; without any those of `before`.

    One that is written `100/1m?` is observed, unless all are to be enforced. Raises Invalid.
    """
    from store.domain.limits import limits, observed

    if [*given, *quotas] == [NONE]:
        return ()
    found = limits([*given, *quotas]) if given or quotas else before
    if not found:
        # Says what is wrong, and what to write.
        return limits(())
    return found if enforce is None else observed(found, enforced=enforce)


def said(limits: "Limits") -> str:
    """Return what is used, and what becomes of what is more: `used 10 times a day; …`."""
    from console.text.limit_words import limits as in_words

    if not limits:
        return "used without a limit"
    refused = any(window.enforced for window in limits)
    return f"used {in_words(limits)}{'; what is more is refused' if refused else ''}"


def used_object(used: "Used") -> dict[str, Any]:
    """Return how much is used of a limit as JSON has it."""
    from store.domain.times import rfc3339

    return {
        "of": used.limit.subject.value,
        "limit": str(used.limit.window),
        "enforced": used.limit.window.enforced,
        "used": used.used,
        "remaining": used.left.remaining,
        "until": rfc3339(used.ends_at),
    }
