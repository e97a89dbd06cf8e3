"""Idempotency-Key: a POST that is sent again makes nothing twice.

As draft-ietf-httpapi-idempotency-key-header has it. An answer belongs to a workspace, to the key's
lineage (a successor may ask again for its predecessor) and to an operation.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import msgspec
from starlette.types import Scope

from store.persistence.repositories.idempotency import IdempotencyKeys, Once, StoredAnswer
from store.verifier.operation import Parameter
from store.verifier.problems import Problem, invalid_request
from store.verifier.sanitize import harmless

HEADER = b"idempotency-key"
LONGEST = 255
# A String of RFC 9651 (3.3.3): printable ASCII in quotes, of which \" and \\ are escaped.
_STRING = re.compile(rb'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_ESCAPED = re.compile(rb'\\(["\\])')

PARAMETER = Parameter(
    "Idempotency-Key",
    "In quotes, new for each thing that is to be made. Sent again within 24 hours with the same "
    "body, it is answered as it was the first time.",
    # Less than is taken, so that a schema can say it.
    {"type": "string", "pattern": f'^"[A-Za-z0-9_.:-]{{1,{LONGEST}}}"$'},
    "…",
    place="header",
)
PROBLEMS = ("idempotency_running", "idempotency_reused")


def sent_key(scope: Scope) -> str | None:
    """Return a request's Idempotency-Key, None where it has none. Raises Problem (400)."""
    lines = [value for name, value in scope["headers"] if name == HEADER]
    if not lines:
        return None
    found = _STRING.fullmatch(lines[0].strip(b" \t")) if len(lines) == 1 else None
    if found is None:
        raise invalid_request(
            "Send one Idempotency-Key, a text in quotes: "
            'Idempotency-Key: "8e03978e-40d5-43e8-bc93-6894a57f9324".'
        )
    return checked_key(_ESCAPED.sub(rb"\1", found[1]).decode("ascii"))


def checked_key(text: str) -> str:
    """Return an Idempotency-Key. Raises Problem (400) for one that cannot be."""
    if not 1 <= len(text) <= LONGEST:
        raise invalid_request(f"An Idempotency-Key has 1 to {LONGEST} characters.")
    if harmless(text) != text:
        raise invalid_request("An Idempotency-Key is plain text, and never an API key.")
    return text


def once(operation: str, key: str, sent: Mapping[str, Any]) -> Once:
    """Return what makes a write the same as an earlier one.

    Two bodies are the same when they say the same, in whatever order and however spaced.
    """
    return Once(
        operation, _hex(key.encode()), _hex(msgspec.json.encode(dict(sent), order="sorted"))
    )


def answered_before(kept: IdempotencyKeys, wanted: Once) -> StoredAnswer | None:
    """Return the answer of the first time, None where this is it.

    Raises Problem (422) when something else was sent then.
    """
    found = kept.find(wanted)
    if found is not None and found.fingerprint != wanted.fingerprint:
        raise Problem(
            "idempotency_reused",
            "This Idempotency-Key was sent before with another body. Send a new one.",
        )
    return found


def still_running() -> Problem:
    """Return the problem of a request whose first is not answered yet."""
    return Problem(
        "idempotency_running",
        "The first request with this Idempotency-Key is still running. Ask again in a moment.",
        ((b"retry-after", b"1"),),
    )


def _hex(content: bytes) -> str:
    return sha256(content).hexdigest()
