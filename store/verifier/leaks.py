"""The route /leaks: a key was found where it should not be. No key is needed to say so."""

import hashlib
from typing import Literal

import msgspec
from starlette.types import Receive, Scope

from store.domain.decision import NOTHING
from store.domain.key_string import Secret, parse
from store.domain.leaks.policy import LeakPolicy
from store.domain.verdicts import Verdict
from store.errors import MalformedKey
from store.service.leaks import Reported
from store.verifier.answers import Answer, json_answer
from store.verifier.body import JSON, decoded, read_body
from store.verifier.context import WorkerContext
from store.verifier.headers import combined
from store.verifier.operation import Operation
from store.verifier.problems import invalid_signature, not_found, rate_limited, unavailable
from store.verifier.query import check_known
from store.verifier.rate_limit import Limit
from store.verifier.sanitize import kept
from store.verifier.signatures import IDENTIFIER, SIGNATURE
from store.verifier.verify import verify

A_MINUTE = 30
"""Requests from one address; whoever signs well has no limit."""


class Leak(msgspec.Struct):
    """A key that was found, and where."""

    token: str
    type: str = ""
    url: str = ""
    source: str = ""


class Feedback(msgspec.Struct):
    """Whether what was found is a key of this store, dead or alive."""

    token_hash: str
    token_type: str
    label: Literal["true_positive", "false_positive"]


OPERATION = Operation(
    summary="Report leaked keys",
    description=(
        "In the format of GitHub's secret scanning partners. Whoever sends a whole key has proven "
        "that it is out: its admins see that, or it is revoked at once, as the operator chose. "
        "With `Github-Public-Key-Identifier` and `Github-Public-Key-Signature` (ECDSA P-256 with "
        "SHA-256 over the body, base64) of a key that is known here the answer says which are "
        "keys of this store, each by its SHA-256. Without them it is an empty list, whatever was "
        "sent."
    ),
    answer=list[Feedback],
    answered="Taken.",
    body=list[Leak],
    media_types=(JSON,),
    example=[
        {
            "token": f"jw_{'0' * 12}_{'0' * 49}",
            "type": "keydeck_key",
            "url": "https://github.com/octocat/Hello-World/blob/main/config.py",
            "source": "content",
        }
    ],
    problems=(
        "invalid_request",
        "not_found",
        "rate_limited",
        "invalid_signature",
        "request_timeout",
        "too_large",
        "unsupported_media_type",
        "invalid_body",
        "internal",
        "unavailable",
    ),
)

_leaks = msgspec.json.Decoder(list[Leak])


class Leaks:
    """Takes reports; what becomes of them is up to the store's policy."""

    def __init__(self, context: WorkerContext) -> None:
        self._context = context
        self._limit = Limit(A_MINUTE)

    async def post(self, scope: Scope, receive: Receive) -> Answer:
        """Take a list of keys that were found. The answer is given before they are looked at."""
        if self._context.lookup.leak_policy() == LeakPolicy.OFF:
            raise not_found("Reports of leaked keys are not taken here.")
        check_known(scope["query_string"], OPERATION.known)
        address = self._context.clients.address(scope)
        if wait_s := self._limit.wait_s(address):
            raise rate_limited(wait_s)
        body = await read_body(scope, receive)
        signed = self._signed(scope, body)
        if signed:
            self._limit.forgive(address)
        leaks = decoded(body, _leaks)
        by = "GitHub" if signed else address or "an unknown address"
        # Of what is no key, or is there twice, the store need not hear.
        found = {leak.token: leak for leak in leaks if self._shaped(leak.token)}
        reports = [
            Reported(Secret(leak.token), by, kept(leak.url), kept(leak.source))
            for leak in found.values()
        ]
        if not self._context.intake.add(self._context.transactions(), reports):
            raise unavailable()
        return json_answer([self._feedback(leak) for leak in leaks] if signed else [])

    def _shaped(self, token: str) -> bool:
        try:
            parse(token, self._context.lookup.prefix)
        except MalformedKey:
            return False
        return True

    def _signed(self, scope: Scope, body: bytes) -> bool:
        headers = combined(scope)
        identifier, signature = headers.get(IDENTIFIER), headers.get(SIGNATURE)
        if identifier is None and signature is None:
            return False
        if not self._context.signatures.fit(body, identifier or b"", signature or b""):
            raise invalid_signature()
        return True

    def _feedback(self, leak: Leak) -> Feedback:
        context = self._context
        found = verify(
            leak.token,
            prefix=context.lookup.prefix,
            find=context.lookup.key,
            peppers=context.peppers,
            request=NOTHING,
            clock=context.clock,
        )
        ours = found.verdict not in (Verdict.MALFORMED, Verdict.UNKNOWN)
        return Feedback(
            hashlib.sha256(leak.token.encode()).hexdigest(),
            leak.type,
            "true_positive" if ours else "false_positive",
        )
