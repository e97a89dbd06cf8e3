"""What a proxy asks about: the request that it holds back until it has been judged.

A proxy says it in one of two ways. Envoy's `ext_authz` asks with the client's own method and puts
the client's path behind the address of the authorizer. The others send headers, of which two pairs
are in use: `X-Forwarded-Method` and `X-Forwarded-Uri` (Caddy, Traefik), `X-Original-Method` and
`X-Original-URI` (nginx). Headers can be sent by anybody, so they count from a named proxy alone;
and a client may send the pair that its proxy does not write, so two that differ are refused, as is
a pair of which half is missing, or one that is there twice. None of it is ever passed over.
"""

import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from starlette.types import Scope

from store.domain.key_string import SHORTEST_KEY
from store.verifier.bearer import KEY_SHAPED, MAX_QUERY
from store.verifier.problems import invalid_request

MAX_URI = MAX_QUERY
"""Bytes of an original path with its query."""

_PAIRS = (
    (b"x-forwarded-method", b"x-forwarded-uri"),
    (b"x-original-method", b"x-original-uri"),
)
TELLING = {
    b"x-forwarded-method": "X-Forwarded-Method",
    b"x-forwarded-uri": "X-Forwarded-Uri",
    b"x-original-method": "X-Original-Method",
    b"x-original-uri": "X-Original-URI",
}
"""What says it, and how people write that."""
# RFC 9110 5.6.2 and 9.1.
_METHOD = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,32}")
# A path and a query as they are sent (RFC 9112 3.2.1): visible ASCII without a fragment.
_URI = re.compile(rb"/[\x21\x22\x24-\x7e]*")


class OriginalRequest(NamedTuple):
    """The request of a proxy's client."""

    method: str
    path: str
    """As it was sent: nothing is decoded."""
    query: bytes

    def holds_key(self) -> bool:
        """Return whether its path or its query holds what looks like an API key.

        Whatever it is called there, logs and histories all along the way have kept it.
        """
        if len(self.path) + len(self.query) < SHORTEST_KEY:
            return False
        uri = unquote_to_bytes(self.path.encode("ascii") + b"?" + self.query)
        return KEY_SHAPED.search(uri) is not None


def original_request(scope: Scope, below: bytes, *, trusted: bool) -> OriginalRequest | None:
    """Return what is asked about, None where whoever asks says nothing of it.

    `below` is the path behind the authorizer's own, as it was sent; `trusted` says whether the peer
    is a named proxy, which must say it. Raises Problem (400).
    """
    headers = _headers(scope)
    if headers and not trusted:
        raise invalid_request(
            f"{TELLING[next(iter(headers))]} counts from a proxy that is named with --trust-proxy, "
            "and this request comes from none."
        )
    told = [pair for pair in (_pair(headers, *names) for names in _PAIRS) if pair]
    if below:
        uri = below + b"?" + scope["query_string"] if scope["query_string"] else below
        told.append((scope["method"].encode("ascii"), uri))
    if not told:
        if not trusted:
            return None
        raise invalid_request(
            "The proxy must say what it is asked for, in X-Forwarded-Method and X-Forwarded-Uri "
            "(or X-Original-Method and X-Original-URI)."
        )
    if len(set(told)) > 1:
        raise invalid_request("It is said in two ways what was asked for, and they differ.")
    return _read(*told[0])


def _headers(scope: Scope) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in TELLING:
            if name in found:
                raise invalid_request(f"{TELLING[name]} is sent more than once.")
            found[name] = value
    return found


def _pair(headers: dict[bytes, bytes], method: bytes, uri: bytes) -> tuple[bytes, bytes] | None:
    if method not in headers and uri not in headers:
        return None
    for name, other in ((method, uri), (uri, method)):
        if name not in headers:
            raise invalid_request(f"{TELLING[other]} is sent without {TELLING[name]}.")
    return headers[method], headers[uri]


def _read(method: bytes, uri: bytes) -> OriginalRequest:
    if not _METHOD.fullmatch(method):
        raise invalid_request("The original method is none.")
    if len(uri) > MAX_URI:
        raise invalid_request(f"The original address may have {MAX_URI} bytes at most.")
    if not _URI.fullmatch(uri):
        raise invalid_request("The original address is no path with a query, such as /invoices/7.")
    path, _, query = uri.partition(b"?")
    return OriginalRequest(method.decode("ascii"), path.decode("ascii"), query)
