"""What a verifier answered, as an application has use for it. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

Headers = Sequence[tuple[bytes, bytes]]

IDENTITY = (b"x-key-id", b"x-key-name", b"x-key-scopes", b"x-workspace")
"""The headers in which a verifier names a key; from anybody else they are a claim."""
BELONGING = (b"x-key-owner", b"x-key-labels")
"""More of them, which a verifier of an earlier version does not send."""
REQUEST_ID = b"x-request-id"
PROBLEM = b"application/problem+json"

_CODE = b"x-keydeck-code"
_REFUSALS = (400, 401, 403, 429)
_LIMITS = (b"ratelimit", b"ratelimit-policy")
_HANDED_ON = (b"www-authenticate", b"retry-after", *_LIMITS)
_NOTICES = (b"sunset", b"deprecation", *_LIMITS)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose key a request carries. All is empty where the request needed none."""

    key_id: str
    key_name: str
    scopes: tuple[str, ...]
    workspace: str
    request_id: str
    headers: Headers = field(repr=False)
    """The same as headers of the request, for what stands behind."""
    owner: str = ""
    """Whom the key belongs to outside; empty where nobody said."""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    notices: Headers = field(default=(), repr=False)
    """Headers of the answer to its client: when its key ends, and how often it may be used."""

    def missing_in(self, headers: Iterable[tuple[bytes, bytes]]) -> Headers:
        """Return the notices to add to an application's answer.

        Limits are a list, to which others are added; an end that it names itself stays the one.
        """
        said = {name.lower() for name, _ in headers} - {*_LIMITS}
        return tuple(notice for notice in self.notices if notice[0] not in said)


class Refused(Exception):
    """A request that may not be served, with what its client is answered.

    401 is a key that opens nothing, 403 one that does not open this, 429 one that asked too often,
    400 a request that nobody can judge, 503 no word from a verifier: that one says nothing of the
    key.
    """

    def __init__(
        self, status: int, code: str, detail: str = "", headers: Headers = (), body: bytes = b""
    ) -> None:
        """`code` is for programs, `detail` for people; `headers` belong to the answer."""
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = (*headers, (_CODE, code.encode("ascii")), (b"cache-control", b"no-store"))
        self.body = body or _problem(status, code, detail)

    @classmethod
    def invalid(cls, detail: str) -> "Refused":
        """Return the refusal of a request that cannot be asked about."""
        return cls(400, "invalid_request", detail)

    @classmethod
    def unavailable(cls, retry_after: bytes = b"1") -> "Refused":
        """Return the refusal of whatever is not known to be allowed."""
        detail = "Keys cannot be verified at the moment. Try again."
        return cls(503, "unavailable", detail, ((b"retry-after", retry_after),))

    @property
    def content_headers(self) -> Headers:
        """All headers of the answer, with those of its body."""
        length = str(len(self.body)).encode("ascii")
        return (*self.headers, (b"content-type", PROBLEM), (b"content-length", length))

    @property
    def text_headers(self) -> list[tuple[str, str]]:
        """All headers of the answer, as text."""
        return as_text(self.content_headers)


def answered(status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> Identity:
    """Return whose key it is. Raises Refused.

    Only what a verifier alone says lets pass: 200 with a key's id, be it empty. A refusal that is
    not a verifier's is none of the key.
    """
    sent = [(name.lower(), value) for name, value in headers]
    fields = dict(sent)
    request_id = fields.get(REQUEST_ID, b"")
    if status == 200 and all(name in fields for name in IDENTITY):
        key_id, name, scopes, workspace = (fields[name].decode("latin-1") for name in IDENTITY)
        owner, labels = (fields.get(name, b"") for name in BELONGING)
        named = tuple((one, fields[one]) for one in IDENTITY)
        named += tuple((one, fields.get(one, b"")) for one in BELONGING)
        return Identity(
            unquote(key_id),
            unquote(name),
            tuple(unquote(scopes).split()),
            unquote(workspace),
            request_id.decode("latin-1"),
            (*named, (REQUEST_ID, request_id)),
            unquote(owner.decode("latin-1")),
            _labels(labels.decode("latin-1")),
            tuple((name, value) for name, value in sent if name in _NOTICES),
        )
    problem = _document(body) if fields.get(b"content-type") == PROBLEM else {}
    code = fields.get(_CODE, b"").decode("latin-1") or problem.get("code")
    if status not in _REFUSALS or not isinstance(code, str) or not code.isascii():
        raise Refused.unavailable(fields.get(b"retry-after", b"1") if status == 503 else b"1")
    told = [(name, value) for name, value in sent if name in (*_HANDED_ON, REQUEST_ID)]
    detail = problem.get("detail", "")
    raise Refused(status, code, str(detail), told, body if problem else b"")


def as_text(headers: Headers) -> list[tuple[str, str]]:
    """Return headers as text, which WSGI wants."""
    return [(name.decode("latin-1").title(), value.decode("latin-1")) for name, value in headers]


def without_claims(headers: Headers, hidden: Iterable[bytes]) -> list[tuple[bytes, bytes]]:
    """Return a request's headers but for what only a verifier says, and for these.

    `X_Key_Id` is `X-Key-Id` to some applications.
    """
    out = frozenset(hidden)
    return [
        (name, value)
        for name, value in headers
        if (plain := name.lower().replace(b"_", b"-")) not in out and not is_claim(plain)
    ]


def is_claim(name: bytes) -> bool:
    """Return whether a header, in lower case with hyphens, says whose a key is."""
    return name.startswith(b"x-key-") or name in (b"x-workspace", REQUEST_ID)


def _labels(text: str) -> dict[str, str]:
    parted = (one.partition("=") for one in text.split())
    return {name: unquote(value) for name, _, value in parted}


def _document(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _problem(status: int, code: str, detail: str) -> bytes:
    told = {"type": f"urn:keydeck:problem:{code}", "status": status, "code": code}
    return json.dumps(told | ({"detail": detail} if detail else {})).encode()
