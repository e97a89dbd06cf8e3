"""Letting a connection in: its access token on the same read path as keys, with the same counts."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection
from starlette.types import Scope

from store.credential import Credential
from store.repositories.credentials import access_token_inside
from store.verdicts import Verdict
from store.verifier.bearer import Flaw, challenge, read
from store.verifier.door import Door, refusal
from store.verifier.foreign import raw_header
from store.verifier.leasing.memory import Reading
from store.verifier.oauth.addresses import Addresses
from store.verifier.problems import Problem, unreadable
from store.verifier.verify import FindToken, Verification, of_token, verify_token

T = TypeVar("T")

REQUEST_ID = "keydeck.request_id"
"""Where a request's scope keeps the id of its answer, where it has one before it is sent."""

_SAID = {
    Verdict.UNKNOWN: "There is no such access token for this server.",
    Verdict.EXPIRED: "This connection has expired. Connect anew.",
    Verdict.REVOKED: "This connection was revoked. Connect anew.",
}
_HOUR_OVER = "This access token has expired. Refresh it."


class Access:
    """Decides about the access token of a request to the MCP server."""

    def __init__(self, door: Door, where: Addresses) -> None:
        self._door = door
        self._where = where

    def check(self, scope: Scope) -> None:
        """Let a request in, whatever it wants; a refusal is counted, a use is not yet.

        Raises Problem, with the challenge that tells a client where to ask for approval.
        """
        verification = self._looked_up(self._presented(scope), ())
        if verification.verdict is not Verdict.VALID:
            self._settled(scope, verification, ())

    def admit(self, scope: Scope, needed: Sequence[str]) -> Credential:
        """Return the connection of a request that may do what needs these scopes, and count it.

        A connection is a key here: id, workspace, scopes. Raises Problem.
        """
        verification = self._looked_up(self._presented(scope), needed)
        return self._settled(scope, verification, needed)

    async def write(
        self, scope: Scope, needed: Sequence[str], work: Callable[[Connection, Credential], T]
    ) -> T:
        """Run `work` in a write transaction in which the verdict is decided, as `Door.write` does.

        Raises Problem or StoreBusy.
        """
        presented = self._presented(scope)

        def decided(connection: Connection) -> Verification:
            return self._verify(presented, access_token_inside(connection), needed)

        done = await self._door.write_if(decided, work)
        if isinstance(done, Verification):
            self._settled(scope, done, needed)
            raise AssertionError("a refused write is settled by a problem")
        return done

    def _presented(self, scope: Scope) -> str:
        presented = read(scope["headers"], scope["query_string"])
        if isinstance(presented, Flaw):
            problem = unreadable(presented)
            if presented in (Flaw.MISSING, Flaw.OTHER_SCHEME):
                self._door.counters.verdict(Verdict(problem.code))
                detail = f"Connect first: {self._where.resource_metadata} says how."
                raise Problem(problem.code, detail, self._challenge(None, None))
            raise problem
        return presented

    def _looked_up(self, presented: str, needed: Sequence[str]) -> Verification:
        door, memory = self._door, self._door.memory
        if memory is None:
            return self._verify(presented, door.lookup.token, needed)
        row = memory.token(presented)
        if row is not None:
            return of_token(row, needed, self._where.resource, door.clock.now())
        ticket, reading = memory.ticket(), Reading(door.lookup.token)
        verification = self._verify(presented, reading, needed)
        if verification.credential is not None and reading.found is not None:
            memory.keep_token(ticket, presented, reading.found)
        return verification

    def _verify(self, presented: str, find: FindToken, needed: Sequence[str]) -> Verification:
        return self._door.with_peppers(
            lambda: verify_token(
                presented,
                find=find,
                peppers=self._door.peppers,
                needed=needed,
                resource=self._where.resource,
                clock=self._door.clock,
            )
        )

    def _settled(
        self, scope: Scope, verification: Verification, needed: Sequence[str]
    ) -> Credential:
        verdict, connection = verification.verdict, verification.credential
        self._door.counters.verdict(verdict)
        if connection is None:
            raise self._problem(verification, needed)
        now, address = self._door.clock.now(), self._door.clients.address(scope)
        agent = raw_header(scope, b"user-agent")
        usage = self._door.connection_usage
        usage.record(connection, verdict, now, address, needed, agent)
        if verdict is Verdict.VALID:
            return connection
        request_id = self._door.request_ids.make(verdict.value, now)
        usage.refuse(connection, refusal(scope, verdict, now, address, request_id))
        problem = self._problem(verification, needed)
        problem.request_id = request_id
        raise problem

    def _problem(self, verification: Verification, needed: Sequence[str]) -> Problem:
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


class Caller:
    """One request to the MCP server, as a tool sees it."""

    def __init__(self, access: Access, scope: Scope) -> None:
        self._access = access
        self._scope = scope

    def admit(self, needed: Sequence[str] = ()) -> Credential:
        """Return the connection, where it has these scopes. Raises Problem."""
        return self._access.admit(self._scope, needed)

    async def write(
        self, needed: Sequence[str], work: Callable[[Connection, Credential], T], /
    ) -> T:
        """Run `work` in a write transaction. Raises Problem or StoreBusy."""
        return await self._access.write(self._scope, needed, work)

    def name_answer(self, request_id: bytes) -> None:
        """Let the answer be named by an id that a refusal or a defect was written down with."""
        self._scope[REQUEST_ID] = request_id
