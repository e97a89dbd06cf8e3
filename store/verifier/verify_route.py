"""The route /verify: is this key good, and good for this?"""

from functools import lru_cache
from typing import Literal

import msgspec
from starlette.types import Scope

from store.domain.key_string import SHORTEST_KEY
from store.domain.labels import LONGEST_OWNER_TOLD, LONGEST_TOLD, from_stored
from store.domain.limits import MOST_COST
from store.domain.times import rfc3339_or_none
from store.verifier.answers import Answer, Headers, header_value, json_answer
from store.verifier.authenticator import AnyAuthenticator
from store.verifier.bearer import MAX_QUERY
from store.verifier.operation import Instant, Operation, Parameter
from store.verifier.problems import Problem, invalid_request
from store.verifier.query import parameters, single

_SCOPE = "^[a-z][a-z0-9_-]*:(read|write)$"


class Verification(msgspec.Struct):
    """A key that is good, and good for what was asked."""

    valid: Literal[True]
    key_id: str
    name: str
    workspace: str
    scopes: list[str]
    expires_at: Instant | None
    owner: str | None
    labels: dict[str, str]


IDENTITY = {
    "X-Key-Id": "The key's id.",
    "X-Key-Name": "Its name; percent-encoded UTF-8 where it is not ASCII.",
    "X-Workspace": "The workspace's slug.",
    "X-Key-Scopes": "Its scopes, separated by blanks.",
    "X-Key-Owner": (
        "Whom it belongs to outside, as the name is written; empty where nobody said. "
        f"{LONGEST_OWNER_TOLD} bytes at the most."
    ),
    "X-Key-Labels": (
        "Its labels, name=value, sorted and separated by blanks; values percent-encoded UTF-8. "
        f"{LONGEST_TOLD:,} bytes at the most."
    ),
}
"""The headers that say whose a key is, and what they hold."""
SCOPE = Parameter(
    "scope",
    "Repeats, or holds several separated by blanks; all are needed.",
    {"type": "array", "items": {"type": "string", "pattern": _SCOPE}},
    "events:read",
)

COST = Parameter(
    "cost",
    f"What the request uses of what is limited; 1 where it is not said, {MOST_COST:,} at the most.",
    {"type": "integer", "minimum": 1, "maximum": MOST_COST},
    "5",
)

OPERATION = Operation(
    summary="Verify a key",
    description=(
        "Is this key good, and does it have every scope that is asked for? Meant for a proxy or a "
        "service in front of your own API: 200 lets the request pass, 401 and 403 carry the "
        "challenge to send back, 429 when to come again."
    ),
    answer=Verification,
    answered="The key is good. What it is stands in the headers too, for proxies.",
    headers=IDENTITY,
    scopes=(),
    parameters=(SCOPE, COST),
    problems=("invalid_request", "scope"),
)


_KNOWN = OPERATION.known


class VerifyRoute:
    """Answers for an API of somebody else's, mostly to the proxy in front of it."""

    def __init__(self, keys: AnyAuthenticator) -> None:
        self._keys = keys

    def get(self, scope: Scope) -> Answer:
        """Answer who a key is, in JSON and in headers, when it has every scope that is asked for.

        `scope` repeats or holds several, separated by blanks.
        """
        query = scope["query_string"]
        needed, cost = asked(query)
        key = self._keys.admit(scope, needed, _KNOWN, cost=cost)
        return _answer(
            key.id, key.name, key.workspace, key.scopes, key.owner, key.labels, key.expires_at
        )


def asked(query: bytes) -> tuple[tuple[str, ...], int | Problem]:
    """Return the scopes a query string asks for, and what it says that a request uses.

    What is wrong with it, a Problem (400), takes the place of the latter: a credential comes first.
    """
    scopes: tuple[str, ...] = ()
    try:
        scopes = _asked_for(query)
        return scopes, _cost_of(query)
    except Problem as problem:
        return scopes, problem


def _asked_for(query: bytes) -> tuple[str, ...]:
    if not query or len(query) > MAX_QUERY:
        # Too long a one is refused before anything is made of it.
        return ()
    return (_short_asked if len(query) < SHORTEST_KEY else _asked)(query)


def _cost_of(query: bytes) -> int:
    if not query or len(query) > MAX_QUERY:
        return 1
    return (_short_cost if len(query) < SHORTEST_KEY else _cost)(query)


def _cost(query: bytes) -> int:
    given = single(parameters(query), "cost")
    if given is None:
        return 1
    if not (given.isascii() and given.isdecimal() and len(given) < 9):
        raise invalid_request("cost is a whole number, such as 5.")
    if not 1 <= int(given) <= MOST_COST:
        raise invalid_request(f"cost is from 1 to {MOST_COST:,}.")
    return int(given)


def _asked(query: bytes) -> tuple[str, ...]:
    asked: list[str] = []
    for value in parameters(query).get("scope", ()):
        # An empty one is asked for as it is, and refused as unknown: a proxy whose variable was
        # not set must not find every key good enough.
        asked.extend(value.split() or [value])
    return tuple(dict.fromkeys(asked))


_short_asked = lru_cache(1024)(_asked)
_short_cost = lru_cache(1024)(_cost)


@lru_cache(4096)
def _answer(
    key_id: str,
    name: str,
    workspace: str,
    scopes: str,
    owner: str | None,
    labels: str | None,
    expires_at: int | None,
) -> Answer:
    # A function of the row that was decided about, so nothing here can go stale.
    content = Verification(
        valid=True,
        key_id=key_id,
        name=name,
        workspace=workspace,
        scopes=scopes.split(" "),
        expires_at=rfc3339_or_none(expires_at),
        owner=owner,
        labels=dict(from_stored(labels)),
    )
    return json_answer(content, headers=identity(key_id, name, workspace, scopes, owner, labels))


def identity(
    key_id: str,
    name: str,
    workspace: str,
    scopes: str,
    owner: str | None = None,
    labels: str | None = None,
) -> Headers:
    """Return the headers of IDENTITY, each of them there, with a key's values."""
    plain = (key_id, name, workspace, scopes, owner or "")
    # Labels are encoded as they are kept.
    values = (*map(header_value, plain), (labels or "").encode("ascii"))
    names = (name.lower().encode("ascii") for name in IDENTITY)
    return tuple(zip(names, values, strict=True))
