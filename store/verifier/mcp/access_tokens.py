"""Access tokens as credentials of the MCP server: each opens a connection, which is seen as a key.

The same read path as keys, and the same counts.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from store.domain.credential import AccessToken
from store.domain.verdicts import Verdict
from store.persistence.repositories.credentials import access_token_inside
from store.verifier.authenticator import Credentials
from store.verifier.bearer import Flaw, challenge
from store.verifier.context import WorkerContext
from store.verifier.memory import Memory
from store.verifier.problems import Problem, unreadable
from store.verifier.urls import Urls
from store.verifier.verify import FindToken, VerifyResult, of_token, verify_token

_SAID = {
    Verdict.UNKNOWN: "There is no such access token for this server.",
    Verdict.EXPIRED: "This connection has expired. Connect anew.",
    Verdict.REVOKED: "This connection was revoked. Connect anew.",
}
_HOUR_OVER = "This access token has expired. Refresh it."


class AccessTokens(Credentials[AccessToken]):
    """Tokens that were given for this server."""

    def __init__(self, context: WorkerContext, where: Urls) -> None:
        self._context = context
        self._where = where
        self.usage = context.connection_usage

    def find(self, row_id: str) -> AccessToken | None:
        """Read a token; see `Lookup.token`."""
        return self._context.lookup.token(row_id)

    def find_inside(self, connection: Connection) -> FindToken:
        """Return the read of a token inside a transaction."""
        return access_token_inside(connection)

    def verify(self, presented: str, find: FindToken, needed: Sequence[str]) -> VerifyResult:
        """Decide about a token that was presented."""
        return verify_token(
            presented,
            find=find,
            peppers=self._context.peppers,
            needed=needed,
            resource=self._where.resource,
            clock=self._context.clock,
        )

    def recall(self, memory: Memory, presented: str) -> AccessToken | None:
        """Return the token that is remembered for whoever presents the same string again."""
        return memory.token(presented)

    def keep(self, memory: Memory, ticket: int | None, presented: str, row: AccessToken) -> None:
        """Remember a token."""
        memory.keep_token(ticket, presented, row)

    def decide(self, row: AccessToken, needed: Sequence[str], now: int) -> VerifyResult:
        """Decide about a token that is remembered."""
        return of_token(row, needed, self._where.resource, now)

    def unreadable(self, flaw: Flaw) -> Problem:
        """Return the problem of a request without a token; it says where to ask for approval."""
        problem = unreadable(flaw)
        if flaw not in (Flaw.MISSING, Flaw.OTHER_SCHEME):
            return problem
        detail = f"Connect first: {self._where.resource_metadata} says how."
        return Problem(problem.code, detail, self._challenge(None, None))

    def refused(self, verification: VerifyResult, needed: Sequence[str]) -> Problem:
        """Return the problem of a verdict other than valid."""
        verdict = verification.verdict
        if verdict is Verdict.PLAN:
            return Problem(
                verdict.value, "Connections need the Pro plan, and this workspace is not on it."
            )
        if verdict is Verdict.SCOPE:
            wanted = " ".join(needed)
            return Problem(
                verdict.value,
                f"This connection was not granted {wanted}. An admin can connect it anew with it.",
                self._challenge("insufficient_scope", None, wanted),
                wanted,
            )
        said = verification.reason or _SAID[verdict]
        if verdict is Verdict.EXPIRED and verification.credential is None:
            said = _HOUR_OVER
        return Problem(verdict.value, said, self._challenge("invalid_token", said))

    def _challenge(
        self, error: str | None, description: str | None, scope: str | None = None
    ) -> tuple[tuple[bytes, bytes], ...]:
        said = challenge(error, description=description, scope=scope)
        where = f', resource_metadata="{self._where.resource_metadata}"'
        return ((b"www-authenticate", said + where.encode("ascii")),)
