"""What a request would be answered, told without one: by the verifier's own endpoints and rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.routing import compile_path

from store.domain.decision import AccessRequest, decide
from store.domain.keys import Key
from store.domain.limits import Used
from store.domain.routes.route import Route
from store.domain.verdicts import Verdict
from store.errors import AmbiguousPath, NoSuchAddress
from store.verifier.api_keys import check_scopes
from store.verifier.context import WorkerContext
from store.verifier.endpoints import BESIDE, Places, endpoints
from store.verifier.problems import Problem, ambiguous_path, invalid_request
from store.verifier.query import check_known
from store.verifier.routes import Routes
from store.verifier.verify_route import asked


@dataclass(frozen=True, slots=True)
class DryRunResult:
    """What a request with a key would get."""

    verdict: Verdict
    path: str
    """The address in the table of endpoints, with `{id}` for what varies."""
    needed: tuple[str, ...] | None
    """The scopes it needs; None where no key is needed at all."""
    route: Route | None = None
    """The route of the admin's own API that decides."""
    cost: int = 1
    """What it uses of what is limited."""


def foresee(
    context: WorkerContext,
    key: Key,
    method: str,
    address: str,
    caller: str | None = None,
    left: Sequence[Used] = (),
    cost: int | None = None,
) -> DryRunResult:
    """Return the verdict on a request that carries a key; the verifier is not asked.

    `address` is a path, or a whole URL, with its query: of the admin's own API where a route names
    it, or the verifier itself has nothing there; else of the verifier. `caller` is the address it
    would come from, None where that is not to matter; `left` is how much of its limits is used,
    `cost` what the proxy says that a request to the admin's own API uses: 1 where it says nothing.
    Raises NoSuchAddress for what would be answered 404 or 405 whatever the key, Problem for an
    address that cannot be understood, or StoreUnusable.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        raise invalid_request("That is no address. Write a path: /api/v1/events.") from None
    table = endpoints(context)
    path = _matching(table, parts.path)
    operations = table[path].operations if path is not None else {}
    method = method.upper()
    routed = _by_route(
        context, key, method, parts.path, caller, left, cost or 1, served=path is not None
    )
    if routed is not None:
        return routed
    operation = operations.get("GET" if method == "HEAD" else method)
    if path is None or operation is None:
        raise NoSuchAddress(method, parts.path, tuple(operations))
    if parts.fragment:
        raise invalid_request("An address that is asked has no #.")
    if cost is not None:
        raise invalid_request("What a request here costs is in its address: /api/v1/verify?cost=5.")
    query = parts.query.encode("utf-8", "replace")
    if operation.scopes is None:
        check_known(query, operation.known)
        return DryRunResult(Verdict.VALID, path, None)
    scopes, used = asked(query)
    needed = operation.scopes or scopes
    row = context.lookup.key(key.id)
    assert row is not None  # noqa: S101 - keys are never deleted
    request = AccessRequest(needed, caller, anywhere=caller is None)
    verdict = decide(row, request, context.clock.now())
    if verdict is Verdict.SCOPE:
        check_scopes(context.lookup, row, needed)
    if verdict is Verdict.VALID:
        check_known(query, operation.known)
        if isinstance(used, Problem):
            raise used
        verdict = _within(left, used)
    return DryRunResult(verdict, path, needed, cost=1 if isinstance(used, Problem) else used)


def _by_route(
    context: WorkerContext,
    key: Key,
    method: str,
    path: str,
    caller: str | None,
    left: Sequence[Used],
    cost: int,
    *,
    served: bool,
) -> DryRunResult | None:
    """Return what the routes say, None where the verifier's own address is meant."""
    table = Routes(context.lookup, None).table()
    if table is None:
        return None
    try:
        route = table.match(method, path).route
    except AmbiguousPath as error:
        if served:
            return None
        raise ambiguous_path(method, error) from None
    if route is None and served:
        return None
    if route is not None and route.public:
        return DryRunResult(Verdict.VALID, path, None, route)
    needed = () if route is None else route.needed
    row = context.lookup.key(key.id)
    assert row is not None  # noqa: S101 - keys are never deleted
    unrouted = path if route is None else None
    request = AccessRequest(needed, caller, unrouted, anywhere=caller is None)
    verdict = decide(row, request, context.clock.now())
    if verdict is Verdict.VALID:
        verdict = _within(left, cost)
    return DryRunResult(verdict, path, needed, route, cost)


def _within(left: Sequence[Used], cost: int) -> Verdict:
    """Return the verdict on what may be let in but for its limits; nothing is used by asking."""
    return Verdict.VALID if all(one.allows(cost) for one in left) else Verdict.LIMITED


def _matching(table: Places, path: str) -> str | None:
    path = BESIDE.get(path, path)
    if path in table:
        return path
    return next((template for template in table if compile_path(template)[0].fullmatch(path)), None)
