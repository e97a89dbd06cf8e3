"""Access tokens as credentials of the MCP server: each opens a connection, which is seen as a key.

The same read path as keys, and the same counts.
"""

from collections.abc import Sequence

from sqlalchemy import Connection
from starlette.types import Scope

from store.domain.credential import AccessToken
from store.domain.decision import AccessRequest
from store.domain.usage import ASKED, Refusal
from store.domain.verdicts import Verdict
from store.persistence.repositories.credentials import access_token_inside
from store.verifier.authenticator import ORIGINAL, Credentials
from store.verifier.bearer import Flaw, challenge
from store.verifier.context import WorkerContext
from store.verifier.mcp.caller import TOOL
from store.verifier.memory import Memory
from store.verifier.problems import Problem, problem_of, unreadable
from store.verifier.requestable_scopes import RequestableScopes
from store.verifier.sanitize import kept
from store.verifier.urls import Urls
from store.verifier.verify import FindToken, VerifyResult, of_token, verify_token

_HOUR_OVER = "This access token has expired. Refresh it."


class AccessTokens(Credentials[AccessToken]):
    """Tokens that were given for this server."""

    called = "connection"

    def __init__(self, context: WorkerContext, where: Urls, requestable: RequestableScopes) -> None:
        self._context = context
        self._requestable = requestable
        self._where = where
        self.usage = context.connection_usage

    def find(self, row_id: str) -> AccessToken | None:
        """Read a token; see `Lookup.token`."""
        return self._context.lookup.token(row_id)

    def find_inside(self, connection: Connection) -> FindToken:
        """Return the read of a token inside a transaction."""
        return access_token_inside(connection)

    def verify(self, presented: str, find: FindToken, request: AccessRequest) -> VerifyResult:
        """Decide about a token that was presented."""
        return verify_token(
            presented,
            find=find,
            peppers=self._context.peppers,
            request=request,
            resource=self._where.resource,
            clock=self._context.clock,
        )

    def recall(self, memory: Memory, presented: str) -> AccessToken | None:
        """Return the token that is remembered for whoever presents the same string again."""
        return memory.token(presented)

    def keep(self, memory: Memory, ticket: int | None, presented: str, row: AccessToken) -> None:
        """Remember a token."""
        memory.keep_token(ticket, presented, row)

    def decide(self, row: AccessToken, request: AccessRequest, now: int) -> VerifyResult:
        """Decide about a token that is remembered."""
        return of_token(row, request, self._where.resource, now)

    def unreadable(self, flaw: Flaw) -> Problem:
        """Return the problem of a request without a token; it says where to ask for approval."""
        problem = unreadable(flaw)
        if flaw not in (Flaw.MISSING, Flaw.OTHER_SCHEME):
            return problem
        detail = f"Connect first: {self._where.resource_metadata} says how."
        return Problem(
            problem.code, detail, self._challenge(None, None, self._requestable.told() or None)
        )

    def refused(self, verification: VerifyResult, needed: Sequence[str]) -> Problem:
        """Return the problem of a verdict other than valid."""
        if verification.verdict is Verdict.EXPIRED and verification.credential is None:
            verification = verification._replace(reason=_HOUR_OVER)
        return problem_of(
            verification, needed, lambda refusal: refusal.of_connection, self._challenge
        )

    def refusal(self, scope: Scope, found: Refusal, needed: Sequence[str]) -> Refusal:
        """Return a refusal with the tool that was called, and what that takes."""
        if TOOL not in scope:
            return found
        # A request to the admin's own API says by its route what it needs.
        asks = "" if ORIGINAL in scope or not needed else f"{ASKED}{'+'.join(needed)}"
        return found._replace(tool=kept(scope[TOOL]), path=f"{found.path}{asks}")

    def _challenge(
        self, error: str | None, description: str | None, scope: str | None = None
    ) -> tuple[tuple[bytes, bytes], ...]:
        value = challenge(error, description=description, scope=scope)
        where = f', resource_metadata="{self._where.resource_metadata}"'
        return ((b"www-authenticate", value + where.encode("ascii")),)
