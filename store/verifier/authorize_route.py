"""The route /authorize and all below it: a proxy asks before it lets a request pass.

Whatever proxy it is: each method is answered and no body is looked at, for some ask with their
client's own. What is let pass is 200 without a body, since most proxies read none, and a proxy that
leaves a body unread cannot use the connection again. Every header that names the key is there in
each 200, empty where there is no key, for a header that is absent is one that the client may send.
"""

from functools import lru_cache
from typing import NamedTuple

from starlette.types import Receive, Scope, Send

from store.domain.key_string import SHORTEST_KEY
from store.domain.routes.route import Route
from store.domain.routes.table import RouteTable
from store.errors import AmbiguousPath
from store.verifier.address_leaks import AddressLeaks
from store.verifier.answers import (
    CREDENTIAL,
    NOTICE,
    ORIGINAL_REQUEST,
    Answer,
    bare_answer,
    send_answer,
)
from store.verifier.authenticator import ORIGINAL, AnyAuthenticator
from store.verifier.bearer import MAX_QUERY, Flaw, holds_key, read
from store.verifier.context import WorkerContext
from store.verifier.endpoint import Endpoint
from store.verifier.operation import Operation, Parameter
from store.verifier.original_request import OriginalRequest, original_request
from store.verifier.problems import Problem, ambiguous_path, invalid_request, unreadable
from store.verifier.query import check_known, parameters, single
from store.verifier.routes import Routes
from store.verifier.sanitize import kept
from store.verifier.verify_route import COST, IDENTITY, SCOPE, asked, identity

PATH = "/api/v1/authorize"
MAX_DRAINED = 64 * 1024
"""Bytes of a body that are read and dropped, so that the connection can be used again."""

OPERATION = Operation(
    summary="Let a proxy ask whether a request may pass",
    description=(
        "For nginx `auth_request`, Caddy `forward_auth`, Traefik `forwardAuth`, HAProxy and Envoy "
        "`ext_authz`, in front of your own API: exactly 200 lets the request pass. It answers each "
        "method, here and at every address below it, and looks at no body. What the client asked "
        "for is read from `X-Forwarded-Method` and `X-Forwarded-Uri` or `X-Original-Method` and "
        "`X-Original-URI` of a proxy that was named with `--trust-proxy`, or, for Envoy's "
        "`path_prefix`, from the method and what stands behind this address; the parameters are "
        "then the client's, and none of them counts. Refusals tell it, and a key that stands in "
        "that address is refused and reported as leaked. Where the store has routes (`keydeck "
        "routes`), they say what each request takes, unless `scope` does: what none of them names "
        "is 403, and a path that can be read in several ways is 400."
    ),
    answer=None,
    answered="It may pass.",
    headers=IDENTITY,
    refusal_headers={
        "X-Keydeck-Code": "The problem's code, for proxies that read no body.",
        "X-Keydeck-Status": "The status that was meant, where `deny` has made 403 of it.",
    },
    scopes=(),
    parameters=(
        SCOPE,
        COST,
        Parameter(
            "deny",
            "`nginx` answers 403 where it would be neither 401 nor 403, since nginx makes 500 of "
            "anything else.",
            {"type": "string", "enum": ["nginx"]},
            "nginx",
        ),
        Parameter(
            "preflight",
            "`pass` lets a CORS preflight pass, which never has a key.",
            {"type": "string", "enum": ["pass"]},
            "pass",
        ),
    ),
    problems=("invalid_request", "ambiguous_path", "scope", "route"),
)

_KNOWN = OPERATION.known
_DENIED = (401, 403)
_BELOW = f"{PATH}/".encode("ascii")


class Parameters(NamedTuple):
    """What the query of the proxy's own request says."""

    scopes: tuple[str, ...] = ()
    preflights_pass: bool = False
    cost: int | Problem = 1
    """What it uses of what is limited, or what is wrong with the query."""


class AuthorizeRoute:
    """Answers for an API of somebody else's to the proxy in front of it."""

    def __init__(self, keys: AnyAuthenticator, context: WorkerContext) -> None:
        self._keys = keys
        self._leaks = AddressLeaks(context)
        self._places = context.key_places
        self._routes = Routes(context.lookup, context.memory)
        self._is_proxy = lru_cache(256)(context.clients.is_proxy)

    def judge(self, scope: Scope) -> Answer:
        """Answer whether a request may pass, and whose key it carries. Raises Problem."""
        below = _below(scope)
        query = b"" if below else scope["query_string"]
        # The query is the proxy's own, or nobody's: the client's must not say what is needed.
        judged = {**scope, "query_string": query}
        if query and len(query) <= MAX_QUERY and holds_key(query):
            # Reported and refused before anything else is wrong with the request.
            self._keys.check(judged)
        client = scope["client"]
        trusted = self._is_proxy(client[0] if client is not None else None)
        original = original_request(scope, below, trusted=trusted)
        wanted = _parameters(query)
        if original is not None:
            if wanted.preflights_pass and self._is_preflight(scope, original):
                _check(query, wanted)
                return _answer("", "", "", "")
            if self._leaks.holds_key(scope, original):
                raise unreadable(Flaw.IN_QUERY)
            judged |= {"method": original.method, "path": original.path, ORIGINAL: True}
            scope[ORIGINAL_REQUEST] = f"{original.method} {original.path}"
        needed, unrouted = wanted.scopes, None
        if not needed and (table := self._routes.table()) is not None:
            route = _route(table, original)
            if route is not None and route.public and self._is_bare(scope, query):
                _check(query, wanted)
                return _answer("", "", "", "")
            if route is not None:
                needed = route.needed
            elif original is not None:
                unrouted = kept(f"{original.method} {original.path}")
        try:
            key = self._keys.admit(judged, needed, _KNOWN, unrouted, wanted.cost)
        finally:
            for noted in (NOTICE, CREDENTIAL):
                if noted in judged:
                    scope[noted] = judged[noted]
        return _answer(key.id, key.name, key.workspace, key.scopes, key.owner, key.labels)

    def _is_bare(self, scope: Scope, query: bytes) -> bool:
        """Return whether a request has no credential, nor anything wrong with it."""
        headers = scope["headers"]
        return not self._places.any_in(headers) and read(headers, query) is Flaw.MISSING

    def _is_preflight(self, scope: Scope, original: OriginalRequest) -> bool:
        """Return whether it is a CORS preflight (Fetch standard, 4.8), and has no credential."""
        if original.method != "OPTIONS" or self._places.any_in(scope["headers"]):
            return False
        sent = [name for name, _ in scope["headers"]]
        return sent.count(b"origin") == sent.count(b"access-control-request-method") == 1


class AuthorizeEndpoint(Endpoint):
    """Answers each method at once, whatever its body holds."""

    any_method = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request as ASGI has it."""
        answer, request_id = await self.answered(scope)
        await _drained(scope, receive)
        await send_answer(send, answer, request_id, scope.get(NOTICE, ()))

    def _completed(self, scope: Scope, problem: Problem) -> None:
        more = [(b"x-keydeck-code", problem.code.encode("ascii"))]
        if problem.status not in _DENIED and _denies(scope):
            more.append((b"x-keydeck-status", str(problem.status).encode("ascii")))
            problem.status = 403
        problem.headers = (*problem.headers, *more)


async def _drained(scope: Scope, receive: Receive) -> None:
    """Read what was sent and drop it, unless it is long or its sender waits to be asked for it."""
    if any(name == b"expect" for name, _ in scope["headers"]):
        return
    left = MAX_DRAINED
    while left > 0:
        message = await receive()
        if message["type"] != "http.request" or not message.get("more_body", False):
            return
        left -= len(message.get("body", b""))


def _route(table: RouteTable, original: OriginalRequest | None) -> Route | None:
    """Return the route that decides, None where none does. Raises Problem (400)."""
    if original is None:
        raise invalid_request(
            "There are routes, and nothing says which request this is about: name the proxy with "
            "--trust-proxy, or ask for a scope."
        )
    try:
        return table.match(original.method, original.path).route
    except AmbiguousPath as error:
        raise ambiguous_path(original.method, error) from None


def _below(scope: Scope) -> bytes:
    """Return what stands behind the address, as it was sent; the address itself may be encoded."""
    sent: bytes = scope["raw_path"]
    return sent[len(PATH) :] if sent.startswith(_BELOW) else b""


def _denies(scope: Scope) -> bool:
    if _below(scope):
        return False
    try:
        return parameters(scope["query_string"]).get("deny") == ["nginx"]
    except Problem:
        return False


def _check(query: bytes, wanted: Parameters) -> None:
    """Raise Problem (400) where a query that asks without a credential makes no sense."""
    check_known(query, _KNOWN)
    if isinstance(wanted.cost, Problem):
        raise wanted.cost


def _parameters(query: bytes) -> Parameters:
    """Return what a query asks for."""
    if not query or len(query) > MAX_QUERY:
        # Too long a one is refused before anything is made of it.
        return Parameters()
    scopes, cost = asked(query)
    try:
        preflights = (_short_read if len(query) < SHORTEST_KEY else _read)(query)
    except Problem as problem:
        return Parameters(scopes, cost=problem)
    return Parameters(scopes, preflights, cost)


def _read(query: bytes) -> bool:
    """Return whether preflights pass. Raises Problem (400)."""
    given = parameters(query)
    for name, only in (("deny", "nginx"), ("preflight", "pass")):
        if single(given, name) not in (None, only):
            raise invalid_request(f"{name} can be {only}, or is left out.")
    return "preflight" in given


_short_read = lru_cache(1024)(_read)


@lru_cache(4096)
def _answer(
    key_id: str,
    name: str,
    workspace: str,
    scopes: str,
    owner: str | None = None,
    labels: str | None = None,
) -> Answer:
    return bare_answer(identity(key_id, name, workspace, scopes, owner, labels))
