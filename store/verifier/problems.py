"""RFC 9457 answers: the one place where a code becomes a status, a title and a challenge."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

from store.domain.request_ids import LENGTH, PREFIX
from store.domain.verdicts import Verdict
from store.errors import AmbiguousPath
from store.verifier.answers import Answer, Headers, json_answer
from store.verifier.bearer import MAX_QUERY, Flaw, challenge
from store.verifier.key_places import BEARER, KeyPlaces
from store.verifier.sanitize import kept
from store.verifier.verify import VerifyResult

PROBLEM_JSON = b"application/problem+json"
CHALLENGE = b"www-authenticate"
RETRY_AFTER_S = 1


class ProblemType(NamedTuple):
    """What all problems of one code have in common."""

    status: int
    title: str


KINDS = {
    Verdict.MISSING.value: ProblemType(401, "No API key"),
    Verdict.MALFORMED.value: ProblemType(401, "Not an API key"),
    Verdict.UNKNOWN.value: ProblemType(401, "Unknown API key"),
    Verdict.EXPIRED.value: ProblemType(401, "Expired API key"),
    Verdict.REVOKED.value: ProblemType(401, "Revoked API key"),
    Verdict.NOT_BEFORE.value: ProblemType(401, "API key not begun"),
    Verdict.STOPPED.value: ProblemType(403, "Stopped API key"),
    Verdict.PLAN.value: ProblemType(403, "Not in this plan"),
    Verdict.SCOPE.value: ProblemType(403, "Permission lacking"),
    Verdict.ROUTE.value: ProblemType(403, "No such route"),
    Verdict.NETWORK.value: ProblemType(403, "Not from this network"),
    Verdict.LIMITED.value: ProblemType(429, "Limit reached"),
    "invalid_request": ProblemType(400, "Invalid request"),
    "ambiguous_path": ProblemType(400, "Ambiguous path"),
    "forbidden": ProblemType(403, "Forbidden"),
    "invalid_signature": ProblemType(403, "Signature not valid"),
    "not_found": ProblemType(404, "Not found"),
    "method_not_allowed": ProblemType(405, "Method not allowed"),
    "request_timeout": ProblemType(408, "Request timeout"),
    "idempotency_running": ProblemType(409, "First request still running"),
    "precondition_failed": ProblemType(412, "Changed meanwhile"),
    "too_large": ProblemType(413, "Body too large"),
    "unsupported_media_type": ProblemType(415, "Unsupported media type"),
    "invalid_body": ProblemType(422, "Invalid body"),
    "idempotency_reused": ProblemType(422, "Idempotency-Key sent before with another body"),
    "rate_limited": ProblemType(429, "Too many requests"),
    "internal": ProblemType(500, "Internal error"),
    "unavailable": ProblemType(503, "Temporarily unavailable"),
}


class Refusal(NamedTuple):
    """What is said of a verdict, and the challenge to it. `{needed}` is what was asked for."""

    of_key: str
    of_connection: str
    error: str | None = "invalid_token"
    """RFC 6750 3.1; None where another credential of the workspace would do no better."""


REFUSALS = {
    Verdict.UNKNOWN: Refusal(
        "There is no such API key.", "There is no such access token for this server."
    ),
    Verdict.EXPIRED: Refusal(
        "This API key has expired. Create a new one.",
        "This connection has expired. Connect anew.",
    ),
    Verdict.REVOKED: Refusal(
        "This API key was revoked. Create a new one.",
        "This connection was revoked. Connect anew.",
    ),
    Verdict.NOT_BEFORE: Refusal(
        "This API key does not work yet. Whoever gave it to you says from when on.",
        "This connection does not work yet.",
    ),
    Verdict.STOPPED: Refusal(
        "This API key is stopped for the time being. Whoever gave it to you can let it go on.",
        "This connection is stopped for the time being. An admin can let it go on.",
        None,
    ),
    Verdict.PLAN: Refusal(
        "API keys need the Pro plan, and this workspace is not on it.",
        "Connections need the Pro plan, and this workspace is not on it.",
        None,
    ),
    Verdict.SCOPE: Refusal(
        "This API key lacks a permission. Needed: {needed}.",
        "This connection was not granted {needed}. An admin can connect it anew with it.",
        "insufficient_scope",
    ),
    Verdict.ROUTE: Refusal(
        "No route of this API names {needed}.",
        "No route of the API names {needed}. Whoever operates it adds one with keydeck routes.",
        None,
    ),
    Verdict.NETWORK: Refusal(
        "This API key is not used from this network. An admin says from which it is.",
        "This connection is not used from this network. An admin says from which it is.",
        None,
    ),
}
"""All but those that say of themselves what is wrong: no credential, one of no right shape, and one
that was used too often (`store.verifier.limit_headers`)."""

_FLAWS = {
    Flaw.MISSING: (
        Verdict.MISSING.value,
        "missing",
        "Send an API key: {places}.",
        None,
    ),
    Flaw.OTHER_SCHEME: (
        Verdict.MALFORMED.value,
        "scheme",
        "The key comes in another way here: {places}.",
        None,
    ),
    Flaw.NO_BASIC: (
        Verdict.MALFORMED.value,
        Verdict.MALFORMED.value,
        "This is not what Basic sends (RFC 7617): a user, a colon and the key, in base64.",
        None,
    ),
    Flaw.SEVERAL: (
        "invalid_request",
        "several_keys",
        "Send one Authorization header, not several.",
        "invalid_request",
    ),
    Flaw.DIFFERENT: (
        "invalid_request",
        "several_keys",
        "Send one API key, not several: {places}.",
        "invalid_request",
    ),
    Flaw.IN_QUERY: (
        "invalid_request",
        "key_in_query",
        "Send the API key in a header, never in the address, where logs keep it. "
        "If this key was real, revoke it.",
        "invalid_request",
    ),
    Flaw.LONG_QUERY: (
        "invalid_request",
        "invalid_request",
        f"The query string may have {MAX_QUERY} bytes at most.",
        None,
    ),
}


class ProblemDocument(msgspec.Struct, omit_defaults=True):
    """What is answered instead (RFC 9457). `code` is for programs, `detail` for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    required_scope: str | msgspec.UnsetType = msgspec.UNSET


class Problem(Exception):
    """A refusal on its way to the client. `detail` is for people and holds no internals."""

    def __init__(
        self,
        code: str,
        detail: str,
        headers: Headers = (),
        required_scope: str | None = None,
        outcome: str | None = None,
    ) -> None:
        """`outcome` is what the request id says, by default the code."""
        super().__init__(detail)
        self.code = code
        self.outcome = outcome or code
        self.status = KINDS[code].status
        self.request_id: bytes | None = None
        """The id the refusal was written down with, if it was."""
        self.detail = detail
        self.headers = headers
        self.required_scope = required_scope

    def answer(self, request_id: bytes) -> Answer:
        """Return it as application/problem+json."""
        made = _remembered if self.code in _IN_OUR_WORDS else _around_id
        around = made(self.code, self.status, self.detail, self.headers, self.required_scope)
        status, headers, before, after, head = around
        return Answer(status, headers, b"%s%s%s" % (before, request_id, after), head)


class _Around(NamedTuple):
    """An answer but for the request id in its body."""

    status: int
    headers: Headers
    before: bytes
    after: bytes
    head: bytes


def _around_id(
    code: str, status: int, detail: str, headers: Headers, required_scope: str | None
) -> _Around:
    content = ProblemDocument(
        type=f"urn:keydeck:problem:{code}",
        title=KINDS[code].title,
        status=status,
        detail=detail,
        code=code,
        request_id=_SOME_ID,
        required_scope=required_scope or msgspec.UNSET,
    )
    found = json_answer(content, status, headers, PROBLEM_JSON)
    # A quote inside a text is escaped, so that this is a member and nothing that is told.
    before, member, after = found.body.partition(b',"request_id":"')
    return _Around(found.status, found.headers, before + member, after[len(_SOME_ID) :], found.head)


_remembered = lru_cache(64)(_around_id)
# Theirs hold nothing that was sent, which is not remembered, and nothing that is other each time.
_IN_OUR_WORDS = frozenset(set(Verdict) - {Verdict.SCOPE, Verdict.ROUTE, Verdict.LIMITED})
_SOME_ID = PREFIX + "0" * (LENGTH - len(PREFIX))
"""As long as each of them is, so that the length of a body is known."""


def unreadable(flaw: Flaw, places: KeyPlaces = BEARER) -> Problem:
    """Return the problem of a request from which no key could be read.

    `places` are those where one may stand.
    """
    code, outcome, detail, error = _FLAWS[flaw]
    detail = detail.format(places=places.words)
    headers = _challenge(error, detail if error else None)
    return Problem(code, detail, headers, outcome=outcome)


def refused(verification: VerifyResult, needed: Sequence[str]) -> Problem:
    """Return the problem of a verdict on a key other than valid.

    `needed` is what it asked for: scopes, or a method and a path that no route names.
    """
    verdict, reason = verification.verdict, verification.reason
    if verdict in _SAYS_WHAT_WAS_NEEDED:
        return problem_of(verification, needed, _of_key, _challenge)
    detail, headers = _of_key_told(verdict, reason)
    return Problem(verdict.value, detail, headers, outcome=verification.outcome)


@lru_cache(64)
def _of_key_told(verdict: Verdict, reason: str | None) -> tuple[str, Headers]:
    # Whoever tries keys gets few answers very often, and nothing in them was sent.
    problem = problem_of(VerifyResult(verdict, reason=reason), (), _of_key, _challenge)
    return problem.detail, problem.headers


def _of_key(refusal: Refusal) -> str:
    return refusal.of_key


_SAYS_WHAT_WAS_NEEDED = (Verdict.SCOPE, Verdict.ROUTE)


def problem_of(
    verification: VerifyResult,
    needed: Sequence[str],
    worded: Callable[[Refusal], str],
    challenged: Callable[[str, str | None, str | None], Headers],
) -> Problem:
    """Return the problem of a verdict other than valid, as one sort of credential words it.

    `challenged` gives the headers for an error, its description and a scope.
    """
    verdict, detail, error = verification.verdict, verification.reason, "invalid_token"
    wanted = " ".join(needed) if verdict is Verdict.SCOPE else None
    if detail is None:
        refusal = REFUSALS[verdict]
        detail = worded(refusal).format(needed=" ".join(needed))
        error = refusal.error or ""
    described = detail if error == "invalid_token" else None
    headers = challenged(error, described, wanted) if error else ()
    return Problem(verdict.value, detail, headers, wanted, verification.outcome)


def invalid_request(detail: str) -> Problem:
    """Return the problem of a query parameter that cannot be understood."""
    return Problem("invalid_request", detail)


def ambiguous_path(method: str, error: AmbiguousPath) -> Problem:
    """Return the problem of a request to an API of the admin's own that is read in several ways."""
    return Problem("ambiguous_path", f"{method} {kept(error.path)} is refused: {error.why}.")


def invalid_body(detail: str) -> Problem:
    """Return the problem of a body that is not acceptable; `detail` names the field."""
    return Problem("invalid_body", detail)


def not_found(detail: str = "There is nothing at this address.") -> Problem:
    """Return the problem of a route or a thing that is not there."""
    return Problem("not_found", detail)


def method_not_allowed(allowed: Iterable[str]) -> Problem:
    """Return the problem of a method a route does not have, naming those it has."""
    listed = ", ".join(allowed)
    return Problem(
        "method_not_allowed",
        f"This address answers to {listed}.",
        ((b"allow", listed.encode("ascii")),),
    )


def unavailable() -> Problem:
    """Return the problem of a store that cannot be read or written now."""
    return Problem(
        "unavailable",
        "The store cannot be used at the moment. Try again.",
        ((b"retry-after", str(RETRY_AFTER_S).encode("ascii")),),
    )


def crowded() -> Problem:
    """Return the problem of a connection that is one too many."""
    return Problem(
        "unavailable",
        "There are too many connections. Try again, over fewer.",
        ((b"retry-after", str(RETRY_AFTER_S).encode("ascii")),),
    )


def request_timeout(within_s: float) -> Problem:
    """Return the problem of a body that is too slow."""
    return Problem("request_timeout", f"The body did not arrive within {within_s:g} seconds.")


def rate_limited(wait_s: int) -> Problem:
    """Return the problem of an address that asks too often."""
    return Problem(
        "rate_limited",
        f"Too many requests from your address. Try again in {wait_s} s.",
        ((b"retry-after", str(wait_s).encode("ascii")),),
    )


def invalid_signature() -> Problem:
    """Return the problem of a body that none of the known keys has signed as it came."""
    return Problem("invalid_signature", "No key that is known here has signed this body.")


def internal() -> Problem:
    """Return the problem of a defect of ours; what it was stands in the log alone."""
    return Problem("internal", "Something went wrong here. The log names it by the request id.")


def _challenge(error: str | None, description: str | None, scope: str | None = None) -> Headers:
    return ((CHALLENGE, challenge(error, description=description, scope=scope)),)
