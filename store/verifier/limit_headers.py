"""Telling callers how often their key may be used: draft-ietf-httpapi-ratelimit-headers.

`RateLimit-Policy` names each limit that the key and its owner's keys are held to, `RateLimit` the
one with least left. What a whole workspace has left is told to nobody before it refuses: it is
somebody else's use.
"""

from store.domain.limits import Left, Subject, least, policy, told
from store.verifier.answers import Headers
from store.verifier.problems import Problem
from store.verifier.usage.limit_book import Tally

DESCRIBED = {
    "RateLimit-Policy": (
        'Of a key that is limited: each limit, such as `"minute";q=100;w=60` '
        "(draft-ietf-httpapi-ratelimit-headers)."
    ),
    "RateLimit": (
        'What is left of the one with least left, and for how many seconds: `"minute";r=42;t=17`.'
    ),
}
"""What the reference says of them."""

_WHOSE = {
    Subject.KEY: "This {credential} may be used",
    Subject.OWNER: "All keys of its owner together may be used",
    Subject.WORKSPACE: "All keys of its workspace together may be used",
}


def passing(tally: Tally, now: int) -> Headers:
    """Return what is told to whoever was let in."""
    shown = (one for one in tally.left if one.limit.subject is not Subject.WORKSPACE)
    return _headers(tuple(shown), now)


def limited(tally: Tally, now: int, credential: str) -> Problem:
    """Return the problem of a request beyond a limit; `credential` is `API key`, `connection`."""
    limit = least(tally.left).limit
    detail = f"{_WHOSE[limit.subject].format(credential=credential)} {limit.window.times}"
    headers = _headers(tally.left, now)
    if tally.wait_s is None:
        return Problem("limited", f"{detail}, and this counts for more: it never may.", headers)
    return Problem(
        "limited",
        f"{detail}. Try again in {tally.wait_s} s.",
        (*headers, (b"retry-after", str(tally.wait_s).encode("ascii"))),
    )


def _headers(left: tuple[Left, ...], now: int) -> Headers:
    if not left:
        return ()
    return (
        (b"ratelimit-policy", policy(tuple(one.limit for one in left)).encode("ascii")),
        (b"ratelimit", told(least(left), now).encode("ascii")),
    )
