"""Letting a request in: one way for every sort of credential, whatever carries it.

Authorization is in `store.domain.decision`; here a credential is read from the request, looked up
or remembered, decided about, counted, and its refusal told.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection
from starlette.types import Scope

from store.domain.credential import Credential
from store.domain.decision import AccessRequest, would_refuse
from store.domain.usage import Refusal
from store.domain.verdicts import Verdict
from store.verifier.address_leaks import AddressLeaks
from store.verifier.answers import CREDENTIAL, NOTICE
from store.verifier.bearer import Flaw, read
from store.verifier.context import WorkerContext
from store.verifier.limit_headers import limited, passing
from store.verifier.memory import Memory
from store.verifier.problems import Problem
from store.verifier.query import check_known, knows
from store.verifier.sanitize import header, kept, raw_header
from store.verifier.usage.limit_book import Tally
from store.verifier.usage.recorder import UsageRecorder
from store.verifier.verify import VerifyResult

R = TypeVar("R")
T = TypeVar("T")

ORIGINAL = "keydeck.original"
"""In a request's scope: method and path are those of a proxy's client, at an API of its own."""
Find = Callable[[str], R | None]


class Credentials(ABC, Generic[R]):
    """One sort of credential: `R` is what is read and remembered of one."""

    usage: UsageRecorder
    """Where its uses are counted."""
    called: str
    """What one is called to whoever holds it."""
    read: Callable[[Iterable[tuple[bytes, bytes]], bytes], str | Flaw] = staticmethod(read)
    """Finds what was presented in a request's headers; its query must have none."""

    @abstractmethod
    def find(self, row_id: str) -> R | None:
        """Read one by its id, another for an id that is not there. Raises StoreUnusable."""

    @abstractmethod
    def find_inside(self, connection: Connection) -> Find[R]:
        """Return the same read inside a transaction, for a verdict that holds at its commit."""

    @abstractmethod
    def verify(self, presented: str, find: Find[R], request: AccessRequest) -> VerifyResult:
        """Decide about what was presented. Raises KeyError where a pepper is not known."""

    @abstractmethod
    def recall(self, memory: Memory, presented: str) -> R | None:
        """Return what is remembered for whoever presents the same string again."""

    @abstractmethod
    def keep(self, memory: Memory, ticket: int | None, presented: str, row: R) -> None:
        """Remember one for whoever has just proven to hold it."""

    def stays_unknown(self, presented: str) -> bool:
        """Return whether what was unknown stays so until anything at all is committed."""
        return False

    @abstractmethod
    def decide(self, row: R, request: AccessRequest, now: int) -> VerifyResult:
        """Decide about one that is remembered."""

    @abstractmethod
    def unreadable(self, flaw: Flaw) -> Problem:
        """Return the problem of a request from which none could be read."""

    @abstractmethod
    def refused(self, verification: VerifyResult, needed: Sequence[str]) -> Problem:
        """Return the problem of a verdict other than valid."""

    def admitted(self, scope: Scope, credential: Credential, now: int) -> None:
        """Take note of a request that was let in."""

    def check_needed(self, credential: Credential, needed: Sequence[str]) -> None:
        """Raise Problem where what is lacking is nothing that could be granted."""

    def refusal(self, scope: Scope, found: Refusal, needed: Sequence[str]) -> Refusal:
        """Return what is kept of a refusal."""
        return found


class Authenticator(Generic[R]):
    """Lets requests in by one sort of credential."""

    def __init__(self, context: WorkerContext, credentials: Credentials[R]) -> None:
        self.context = context
        self._credentials = credentials
        self._read = credentials.read
        self._leaks = AddressLeaks(context)

    def check(self, scope: Scope) -> Credential:
        """Let a request in, whatever it wants; a refusal is counted, a use is not yet.

        Returns the credential.

        Raises Problem, or StoreUnusable when nobody can tell.
        """
        presented, request = self._presented(scope), self._asked(scope, ())
        verification = self._looked_up(presented, request)
        if verification.verdict is not Verdict.VALID or verification.credential is None:
            return self._settled(scope, verification, request)
        scope[CREDENTIAL] = verification.credential.id
        return verification.credential

    def admit(
        self,
        scope: Scope,
        needed: Sequence[str],
        known: frozenset[str] | None = None,
        unrouted: str | None = None,
        cost: int | Problem = 1,
    ) -> Credential:
        """Return the credential of a request that has these scopes, and count the verdict.

        `known` are the parameters its query may have, None where that is not looked at; `unrouted`
        is what no route names, None where one does; `cost` is what it uses of what is limited, or
        the problem with what its query says, which is told after any with the credential.
        Raises Problem with the verdict when it may not, or (400) for another parameter;
        StoreUnusable when nobody can tell.
        """
        presented, request = self._presented(scope), self._asked(scope, needed, unrouted)
        verification, tally = self._looked_up(presented, request), None
        found = verification.credential
        if found is not None and (found.limits is not None or found.shared_limits is not None):
            verification, tally = self._within_limits(scope, verification, known, cost)
        credential = self._settled(scope, verification, request, tally)
        if known is not None:
            check_known(scope["query_string"], known)
        if isinstance(cost, Problem):
            raise cost
        return credential

    async def write(
        self, scope: Scope, needed: Sequence[str], work: Callable[[Connection, Credential], T]
    ) -> T:
        """Run `work` in a write transaction in which the verdict is decided again.

        A credential that was revoked while the body arrived or while the lock was awaited writes
        nothing: Problem is raised and rolls back. Raises StoreBusy after 5 s without a turn.
        """
        presented, request = self._presented(scope), self._asked(scope, needed)

        def decided(connection: Connection) -> VerifyResult:
            return self._verified(presented, self._credentials.find_inside(connection), request)

        done = await self.context.write_if(decided, work)
        if isinstance(done, VerifyResult):
            self._settled(scope, done, request)
            raise AssertionError("a refused write is settled by a problem")
        return done

    def _asked(
        self, scope: Scope, needed: Sequence[str], unrouted: str | None = None
    ) -> AccessRequest:
        return AccessRequest(needed, self.context.clients.address(scope), unrouted)

    def _presented(self, scope: Scope) -> str:
        presented = self._read(scope["headers"], scope["query_string"])
        if isinstance(presented, Flaw):
            if presented is Flaw.IN_QUERY:
                self._leaks.report(scope, scope["path"], scope["query_string"])
            problem = self._credentials.unreadable(presented)
            if presented in (Flaw.MISSING, Flaw.OTHER_SCHEME):
                self.context.counters.verdict(Verdict(problem.code))
            raise problem
        return presented

    def _looked_up(self, presented: str, request: AccessRequest) -> VerifyResult:
        credentials, memory = self._credentials, self.context.memory
        if memory is None:
            return self._verified(presented, credentials.find, request)
        remembered = credentials.recall(memory, presented)
        if remembered is not None:
            return credentials.decide(remembered, request, self.context.clock.now())
        unmoved = memory.unmoved()
        if memory.is_unknown(unmoved, presented):
            return VerifyResult(Verdict.UNKNOWN)
        ticket, reading = memory.ticket(), _Reading(credentials.find)
        verification = self._verified(presented, reading, request)
        if verification.credential is not None and reading.found is not None:
            credentials.keep(memory, ticket, presented, reading.found)
        elif verification.verdict is Verdict.UNKNOWN and credentials.stays_unknown(presented):
            memory.keep_unknown(unmoved, presented)
        return verification

    def _verified(self, presented: str, find: Find[R], request: AccessRequest) -> VerifyResult:
        return self.context.with_peppers(self._credentials.verify, presented, find, request)

    def _settled(
        self,
        scope: Scope,
        verification: VerifyResult,
        request: AccessRequest,
        tally: Tally | None = None,
    ) -> Credential:
        """Count a verdict; return the credential of one that is valid, else raise its Problem."""
        verdict, credential = verification.verdict, verification.credential
        context, credentials = self.context, self._credentials
        needed, address, unrouted = request.needed, request.address, request.unrouted
        if verdict is Verdict.SCOPE and credential is not None:
            credentials.check_needed(credential, needed)
        context.counters.verdict(verdict)
        if credential is None:
            raise credentials.refused(verification, needed)
        scope[CREDENTIAL] = credential.id
        now, agent = context.clock.now(), raw_header(scope, b"user-agent")
        credentials.usage.record(credential, verdict, now, address, needed, agent)
        if verdict is Verdict.VALID:
            if credential.networks is not None:
                self._observe(scope, credential, request, now)
            credentials.admitted(scope, credential, now)
            if tally is not None:
                if tally.exceeded:
                    self._observed(scope, credential, Verdict.LIMITED, request, now)
                scope[NOTICE] = (*scope.get(NOTICE, ()), *passing(tally, now))
            return credential
        if tally is not None and verdict is Verdict.LIMITED:
            problem = limited(tally, now, credentials.called)
        else:
            told = needed if verdict is not Verdict.ROUTE or unrouted is None else (unrouted,)
            problem = credentials.refused(verification, told)
        # Made now, so that the row and the id tell of the same instant.
        problem.request_id = context.request_ids.make(verdict.value, now)
        found = refusal_of(scope, verdict, now, address, problem.request_id)
        credentials.usage.refuse(credential, credentials.refusal(scope, found, needed))
        raise problem

    def _within_limits(
        self,
        scope: Scope,
        verification: VerifyResult,
        known: frozenset[str] | None,
        cost: int | Problem,
    ) -> tuple[VerifyResult, Tally | None]:
        """Take what a request costs of its credential's limits, or refuse it.

        What is refused for anything else uses nothing.
        """
        credential = verification.credential
        if verification.verdict is not Verdict.VALID or credential is None:
            return verification, None
        misread = known is not None and not knows(scope["query_string"], known)
        if misread or isinstance(cost, Problem):
            return verification, None
        tally = self.context.limits.take(credential, cost, self.context.clock.now())
        if not tally.passed:
            verification = verification._replace(verdict=Verdict.LIMITED)
        return verification, tally

    def _observe(
        self, scope: Scope, credential: Credential, request: AccessRequest, now: int
    ) -> None:
        """Count whom something only observed would have refused; it refuses nobody."""
        verdict = would_refuse(credential, request, now)
        if verdict is not None:
            self._observed(scope, credential, verdict, request, now)

    def _observed(
        self,
        scope: Scope,
        credential: Credential,
        verdict: Verdict,
        request: AccessRequest,
        now: int,
    ) -> None:
        who = request.address, raw_header(scope, b"user-agent")
        what = scope["method"], scope["path"]
        self._credentials.usage.observe(credential, verdict, now, who, what)


class _Reading(Generic[R]):
    """A read that can be told afterwards what it found."""

    def __init__(self, find: Find[R]) -> None:
        self._find = find
        self.found: R | None = None

    def __call__(self, row_id: str) -> R | None:
        self.found = self._find(row_id)
        return self.found


def refusal_of(
    scope: Scope, verdict: Verdict, now: int, address: str | None, request_id: bytes
) -> Refusal:
    """Return what is kept of a request that was refused, with all that came from outside harmless.

    `now` is when, `request_id` what it was answered under.
    """
    return Refusal(
        at=now,
        verdict=verdict,
        address=address,
        user_agent=header(scope, b"user-agent"),
        method=kept(scope["method"]),
        path=kept(scope["path"]),
        request_id=request_id.decode("ascii"),
    )


AnyAuthenticator = Authenticator[Any]
"""One of whatever sort: what stands behind it looks at the credential alone."""
