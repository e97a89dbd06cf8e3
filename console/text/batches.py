"""What is said of several keys at once. Pure."""

from collections import Counter
from collections.abc import Sequence

from console.text.key_words import RECENT
from console.text.times import expiry
from store.domain.keys import Key, State
from store.domain.scopes import Scopes

SHOWN = 20


def titled(verb: str, keys: Sequence[Key]) -> str:
    """Return a dialog's heading: `Revoke “Zapier”`, `Revoke 5 keys`."""
    return f"{verb} “{keys[0].name}”" if len(keys) == 1 else f"{verb} {counted(len(keys))}"


def counted(number: int) -> str:
    """Return a number of keys: `1 key`, `5 keys`."""
    return "1 key" if number == 1 else f"{number:,} keys"


def listed_names(keys: Sequence[Key]) -> str:
    """Return the names of keys, the first ones when there are many: `Shop, Zapier (2 keys)`."""
    shown = Counter(key.name for key in keys[:SHOWN])
    more = max(0, len(keys) - SHOWN)
    names = [name if number == 1 else f"{name} ({number} keys)" for name, number in shown.items()]
    return ", ".join(names) + (f" and {more:,} more" if more else "")


def in_use(keys: Sequence[Key], now: int) -> str:
    """Return how many keys were used in the last hour, and which."""
    used = [
        key
        for key in keys
        if key.last_used_at is not None
        and now - key.last_used_at < RECENT
        and key.state(now) is State.ACTIVE
    ]
    if not used:
        return "None of them was used in the last hour."
    verb = "was" if len(used) == 1 else "were"
    return f"{len(used):,} {verb} used in the last hour: {listed_names(used)}."


def left_out(hidden: int) -> str:
    """Return what becomes of marked keys that the filter hides; empty where there are none."""
    if not hidden:
        return ""
    noun, verb = ("key", "is") if hidden == 1 else ("keys", "are")
    return f"{hidden:,} marked {noun} {verb} hidden by the filter and left alone."


def changeable(key: Key, now: int) -> bool:
    """Return whether a key is one of those that are meant: an expired one is over already."""
    return key.state(now) is State.ACTIVE


def lifeless(number: int) -> str:
    """Return what becomes of marked keys that cannot be changed any more; empty for none."""
    if not number:
        return ""
    noun, verb = ("key", "is") if number == 1 else ("keys", "are")
    return f"{number:,} marked {noun} {verb} expired or revoked and left out."


def ending_sooner(keys: Sequence[Key], expires_at: int | None, now: int) -> list[Key]:
    """Return those of some keys that would end sooner at an instant; None is never."""
    if expires_at is None:
        return []
    return [
        key
        for key in keys
        if (key.expires_at is None or expires_at < key.expires_at)
        and key.state(now) is State.ACTIVE
    ]


def sooner(keys: Sequence[Key], expires_at: int | None, now: int) -> str:
    """Return which keys would end sooner at an instant, of one by how much; empty for none."""
    earlier = ending_sooner(keys, expires_at, now)
    if not earlier or expires_at is None:
        return ""
    names = listed_names(earlier)
    if len(earlier) > 1:
        return f"This lets {names} end sooner."
    if earlier[0].expires_at is None:
        return f"This lets {names} end, which never expires now."
    by = expiry(earlier[0].expires_at, expires_at).removeprefix("in ")
    return f"This lets {names} end {by} sooner."


def gains_and_losses(keys: Sequence[Key], wanted: Scopes) -> list[tuple[str, str]]:
    """Return what granting exactly that changes: sign and words, `("+", "events:read 4 keys")`."""
    every = sorted(wanted.union(*(key.scopes for key in keys)))
    changes = []
    for scope in every:
        sign = "+" if scope in wanted else "-"
        number = sum((scope in key.scopes) != (scope in wanted) for key in keys)
        if number:
            changes.append((sign, f"{scope} {counted(number)}"))
    return changes


def ended(*, done: int, failed: int, of: int) -> str:
    """Return how work on several keys ended: how many of them were done, and what stays marked."""
    words = f"{done:,} of {of:,} done."
    if done + failed < of:
        words += f" Stopped: {of - done - failed:,} were not begun and stay marked."
    if failed:
        words += f" {failed:,} could not be done and {'stays' if failed == 1 else 'stay'} marked."
    return words
