"""WhyService: why a request was refused, and what one with a key would get now."""

from dataclasses import dataclass

from store.domain.connections import Connection
from store.domain.decision import NOTHING, decide
from store.domain.keys import Key
from store.domain.limits import Used
from store.domain.people import Actor, Workspace
from store.domain.request_ids import PREFIX, PURPOSE, Told, read
from store.domain.routes.route import Route
from store.domain.routes.table import RouteTable
from store.domain.stops import Stop
from store.domain.trace import Passage, trace
from store.domain.usage import Refusal
from store.domain.verdicts import ANSWERED, Verdict
from store.errors import InvalidInput, NoSuchKey, NoSuchRequest, RefusedByRule
from store.persistence.unit import Unit
from store.service.key_access import find_key
from store.service.limiting import used_of
from store.service.stops import holding
from store.service.transactions import Needs, Transactions, check_standing, looked_at


@dataclass(frozen=True, slots=True)
class Whose:
    """The key a decision was about, as it is now."""

    workspace: Workspace
    key: Key
    times: int
    """How often the key was refused with the same verdict, as long as counts are kept."""
    latest: tuple[Refusal, ...]
    """Its latest refusals, whatever the verdict, newest first."""
    stops: tuple[Stop, ...] = ()
    """What it is stopped by now."""
    names: tuple[tuple[int, str], ...] = ()
    """What else it was called, each name until an instant, the first one first."""
    names_since: int = 0
    """From when on they are known: what was called otherwise before stands in an archive."""
    limits: tuple[Used, ...] = ()
    """Every limit it is held to, with how much is used now."""

    def called_at(self, at: int) -> str | None:
        """Return the key's name at an instant; None before names are known."""
        if at < self.names_since:
            return None
        return next((name for until, name in self.names if at < until), self.key.name)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was decided about a request, or would be now."""

    outcome: str
    """One of `store.domain.verdicts.OUTCOMES`."""
    at: int
    steps: tuple[Passage, ...]
    """Empty where the outcome was not about a key."""
    request_id: str | None
    """None for what a request would get now."""
    refusal: Refusal | None
    """Who asked for what; None where the id is all that is left of the request."""
    whose: Whose | None
    connection: Connection | None = None
    """The connection it was about, where it was none of a key."""
    route: Route | None = None
    """The route that decides about such a request now, if one does."""


class WhyService:
    """Explains decisions to a workspace's admins."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def explain(self, actor: Actor, reference: str) -> Explanation:
        """Return the decision on the request with an id, or on one that came with a key now.

        Any admin or viewer may ask, on any plan. What is of no workspace they look at is told from
        the request id alone. Raises NotAllowed, or NotFound for what is neither id.
        """
        reference = reference.strip()
        decoded = read(reference, self._transactions.peppers.derive_all(PURPOSE))
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "ask why a request was refused")
            if decoded is not None:
                return self._of_request(unit, actor, reference, decoded)
            try:
                return self._of_key(unit, actor, reference)
            except NoSuchKey:
                # Where keys begin so too it may be a mistyped one, which is not to be repeated.
                if not reference.startswith(PREFIX) or f"{self._transactions.prefix}_" == PREFIX:
                    raise
        raise NoSuchRequest(reference)

    def key(self, actor: Actor, reference: str) -> Key:
        """Return the key a reference means, on any plan. Raises NotAllowed or NotFound."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "ask what a key may do")
            return find_key(unit, actor.workspace_id, self._transactions.prefix, reference)

    def _of_request(self, unit: Unit, actor: Actor, request_id: str, decoded: Told) -> Explanation:
        refusal, whose, connection = None, None, None
        for workspace in (membership.workspace for membership in looked_at(unit, actor)):
            found = unit.usage.refused(workspace.id, decoded.at, request_id)
            if found is not None:
                key_id, refusal = found
                key = find_key(unit, workspace.id, self._transactions.prefix, key_id)
                whose = _whose(unit, workspace, key, decoded.outcome)
                break
            found = unit.connection_usage.refused(workspace.id, decoded.at, request_id)
            if found is not None:
                connection_id, refusal = found
                connection = unit.connections.get(workspace.id, connection_id)
                break
        steps = trace(decoded.outcome)
        route = _route(unit, refusal) if refusal is not None else None
        return Explanation(
            decoded.outcome, decoded.at, steps, request_id, refusal, whose, connection, route
        )

    def _of_key(self, unit: Unit, actor: Actor, reference: str) -> Explanation:
        workspace = unit.workspaces.by_id(actor.workspace_id)
        key = find_key(unit, workspace.id, self._transactions.prefix, reference)
        credential = unit.keys.credential(workspace.id, key.id)
        verdict = decide(credential, NOTHING, unit.now)
        if verdict is Verdict.VALID and any(not one.allows(1) for one in used_of(unit, key)):
            verdict = Verdict.LIMITED
        outcome = ANSWERED if verdict is Verdict.VALID else verdict.value
        whose = _whose(unit, workspace, key, outcome)
        return Explanation(outcome, unit.now, trace(outcome), None, None, whose)


def _route(unit: Unit, refusal: Refusal) -> Route | None:
    """Return the route of a request that was refused, as routes are now."""
    if refusal.verdict not in (Verdict.SCOPE, Verdict.ROUTE):
        return None
    try:
        found = RouteTable(unit.routes.all()).match(refusal.method, refusal.path.partition("?")[0])
    except (InvalidInput, RefusedByRule):
        return None
    return found.route


def _whose(unit: Unit, workspace: Workspace, key: Key, outcome: str) -> Whose:
    traffic = unit.usage.traffic(workspace.id, key.id, 0)
    times = 0 if outcome == ANSWERED else traffic.by_verdict.get(Verdict(outcome), 0)
    latest = unit.usage.refusals(workspace.id, key.id)
    names = tuple(unit.audit.former_names(workspace.id, key.id))
    since = unit.audit.kept_since(workspace.id) or 0
    stops, limits = holding(unit, key), used_of(unit, key)
    return Whose(workspace, key, times, latest, stops, names, since, limits)
