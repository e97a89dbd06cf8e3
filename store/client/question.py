"""What a verifier is asked about a request that reached an application. Pure.

Without scopes it is asked as Envoy asks: by the request's own method, with the path behind the
verifier's address, so that nobody need trust the application's word and the store's routes say what
is needed. The path is the one that the application routes on, encoded anew: whoever writes it in
another way is judged by how it was read, not by how it was written.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from store.client.answer import Refused

AUTHORIZE = b"/api/v1/authorize"
VERIFY = b"/api/v1/verify"

_TOLD = frozenset((b"authorization", b"user-agent"))
# RFC 9110 9.1; CONNECT asks for a tunnel and never for an application's answer.
_METHOD = re.compile(r"(?!CONNECT$)[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,32}")
_QUERY = re.compile(rb"[\x21\x22\x24-\x7e]*")
# RFC 3986 3.3: what stands in a segment as it is.
_IN_PATH = "/:@!$&'()*+,;="


@dataclass(frozen=True, slots=True)
class Request:
    """A request as an application sees it."""

    method: str
    path: bytes
    """What it is routed by: percent-decoded, with the mount point of the application."""
    query: bytes = b""
    """As it was sent."""
    headers: Sequence[tuple[bytes, bytes]] = field(default=(), repr=False)
    """Names in lower case."""
    client: str | None = None
    """The address it came from."""

    @classmethod
    def of_asgi(cls, scope: Mapping[str, Any]) -> "Request":
        """Return the request of an ASGI scope, `http` or `websocket`."""
        client = scope.get("client")
        return cls(
            scope.get("method", "GET"),
            scope["path"].encode("utf-8", "surrogateescape"),
            scope["query_string"],
            scope["headers"],
            client[0] if client else None,
        )

    @classmethod
    def of_wsgi(cls, environ: Mapping[str, Any]) -> "Request":
        """Return the request of a WSGI environment, of Django's `request.META` under WSGI too.

        Raises ValueError for what is none: under ASGI Django's is written in another way.
        """
        if "wsgi.version" not in environ:
            raise ValueError("This is no WSGI environment. Under ASGI give the scope to of_asgi.")
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        headers = [
            (name[5:].replace("_", "-").lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in environ.items()
            if name.startswith("HTTP_") and isinstance(value, str)
        ]
        return cls(
            environ["REQUEST_METHOD"],
            path.encode("latin-1"),
            environ.get("QUERY_STRING", "").encode("latin-1"),
            headers,
            environ.get("REMOTE_ADDR") or None,
        )


class Question(NamedTuple):
    """A request to the verifier. It has no body."""

    method: str
    target: bytes
    headers: list[tuple[bytes, bytes]]


def question(
    request: Request,
    *,
    scopes: Sequence[str] = (),
    key_headers: Iterable[bytes] = (),
    trusted: bool = False,
) -> Question:
    """Return what to ask about a request that needs these scopes.

    `trusted` says that the verifier was told to believe this machine (`serve --trust-proxy`): only
    then can both scopes and the request's own address be told. Raises Refused (400) for a request
    that cannot be put as a question.
    """
    if not _METHOD.fullmatch(request.method):
        raise Refused.invalid("This method is answered by no application.")
    if not request.path.startswith(b"/") or _has_dots(request.path):
        # Somebody between here and the verifier may resolve them, and ask about another address.
        raise Refused.invalid("The path must begin with / and have no segments of dots alone.")
    if not _QUERY.fullmatch(request.query):
        raise Refused.invalid("The query has characters that no address has.")
    told = _TOLD | frozenset(key_headers)
    headers = [(name, value) for name, value in request.headers if name in told]
    if request.client is not None:
        headers.append((b"x-forwarded-for", request.client.encode("latin-1", "replace")))
    uri = quote(request.path, safe=_IN_PATH).encode("ascii")
    if request.query:
        uri += b"?" + request.query
    needed = urlencode({"scope": " ".join(scopes)}).encode("ascii") if scopes else b""
    if trusted:
        headers += [(b"x-original-method", request.method.encode()), (b"x-original-uri", uri)]
        return Question("GET", AUTHORIZE + (b"?" + needed if needed else b""), headers)
    if needed:
        return Question("GET", VERIFY + b"?" + needed, headers)
    return Question(request.method, AUTHORIZE + uri, headers)


def _has_dots(path: bytes) -> bool:
    return any(segment in (b".", b"..") for segment in path.replace(b"\\", b"/").split(b"/"))
