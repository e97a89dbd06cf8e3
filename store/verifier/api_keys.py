"""API keys as credentials of the REST API."""

from collections.abc import Sequence

from sqlalchemy import Connection
from starlette.types import Scope

from store.domain.credential import Credential
from store.domain.decision import AccessRequest, grants
from store.domain.key_string import parse
from store.domain.scopes import scope as scope_of
from store.domain.usage import ASKED, Refusal
from store.domain.verdicts import Verdict
from store.errors import Invalid, MalformedKey, NoSuchAction
from store.persistence.repositories.credentials import key_inside
from store.verifier.answers import NOTICE
from store.verifier.authenticator import ORIGINAL, Authenticator, Credentials
from store.verifier.bearer import Flaw
from store.verifier.context import WorkerContext
from store.verifier.foreign_keys import ForeignKeys
from store.verifier.lookup.reader import Lookup
from store.verifier.memory import Memory
from store.verifier.notices import Notices
from store.verifier.problems import CHALLENGE, Problem, invalid_request, refused, unreadable
from store.verifier.sanitize import kept
from store.verifier.verify import FindKey, VerifyResult, of_key, verify

_ASKING = ("/verify", "/authorize")


class ApiKeys(Credentials[Credential]):
    """Keys, by the worker's own lookup."""

    called = "API key"

    def __init__(self, context: WorkerContext) -> None:
        self._context = context
        self._lookup = context.lookup
        self._notices = Notices(context.lookup.rotated_at)
        self.usage = context.usage
        self._foreign = ForeignKeys(context)
        self._places = context.key_places
        self.read = context.key_places.read

    def find(self, row_id: str) -> Credential | None:
        """Read a key; see `Lookup.key`."""
        return self._lookup.key(row_id)

    def find_inside(self, connection: Connection) -> FindKey:
        """Return the read of a key inside a transaction."""
        return key_inside(connection)

    def verify(self, presented: str, find: FindKey, request: AccessRequest) -> VerifyResult:
        """Decide about a key that was presented."""
        found = verify(
            presented,
            prefix=self._lookup.prefix,
            find=find,
            peppers=self._context.peppers,
            request=request,
            clock=self._context.clock,
        )
        if found.verdict is Verdict.MALFORMED and self._foreign.may_be(presented):
            return self._foreign.verify(presented, find, request)
        return found

    def recall(self, memory: Memory, presented: str) -> Credential | None:
        """Return the key that is remembered for whoever presents the same string again."""
        found = memory.key(presented, self._lookup.prefix)
        if found is None and self._lookup.has_foreign and self._foreign.may_be(presented):
            return memory.foreign_key(presented)
        return found

    def keep(self, memory: Memory, ticket: int | None, presented: str, row: Credential) -> None:
        """Remember a key."""
        if presented.startswith(f"{self._lookup.prefix}_"):
            memory.keep_key(ticket, presented, row)
        else:
            memory.keep_foreign_key(ticket, presented, row)

    def stays_unknown(self, presented: str) -> bool:
        """Return whether a string has the form of our own keys: what others look like may change.

        That is known as it was a second ago, and a key of theirs would be good by then.
        """
        try:
            parse(presented, self._lookup.prefix)
        except MalformedKey:
            return False
        return True

    def decide(self, row: Credential, request: AccessRequest, now: int) -> VerifyResult:
        """Decide about a key that is remembered."""
        return of_key(row, request, now)

    def unreadable(self, flaw: Flaw) -> Problem:
        """Return the problem of a request from which no key could be read."""
        return self._challenged(unreadable(flaw, self._places))

    def refused(self, verification: VerifyResult, needed: Sequence[str]) -> Problem:
        """Return the problem of a verdict other than valid."""
        return self._challenged(refused(verification, needed))

    def _challenged(self, problem: Problem) -> Problem:
        """Return a problem whose challenge names each place where a key may stand."""
        if problem.status == 401 and self._places.challenges:
            problem.headers = tuple(
                (name, value + self._places.challenges if name == CHALLENGE else value)
                for name, value in problem.headers
            )
        return problem

    def admitted(self, scope: Scope, credential: Credential, now: int) -> None:
        """Tell an integration with its answer when its key will end."""
        if credential.expires_at is not None:
            scope[NOTICE] = self._notices.of(credential, now)

    def check_needed(self, credential: Credential, needed: Sequence[str]) -> None:
        """Raise Problem (400) for a scope that the catalogue does not know."""
        check_scopes(self._lookup, credential, needed)

    def refusal(self, scope: Scope, found: Refusal, needed: Sequence[str]) -> Refusal:
        """Return what is kept of a refusal."""
        asks = ORIGINAL in scope or found.path.endswith(_ASKING)
        if found.verdict is not Verdict.SCOPE or not asks:
            return found
        # What was needed no address tells: all of it, or none where it is too long.
        path = found.path + ASKED + "+".join(needed)
        return found._replace(path=path) if kept(path) == path else found


def key_authenticator(context: WorkerContext) -> Authenticator[Credential]:
    """Return what lets requests in by API keys."""
    return Authenticator(context, ApiKeys(context))


def check_scopes(lookup: Lookup, credential: Credential, needed: Sequence[str]) -> None:
    """Raise Problem (400) for a scope that is not granted and that the catalogue does not know."""
    for text in needed:
        # A scope that is granted is known: one in use is not taken out of the catalogue.
        if grants(credential.scopes, [text]):
            continue
        try:
            wanted = scope_of(text)
        except Invalid:
            raise invalid_request(
                "A scope is written resource:action, such as invoices:read."
            ) from None
        actions = lookup.actions(wanted.resource)
        if not actions:
            raise invalid_request("A scope names a resource that is not in the catalogue.")
        if wanted.action not in actions:
            raise invalid_request(str(NoSuchAction(wanted.resource, wanted.action, actions)))
