"""What a document says of its assistant, as far as it is believed."""

import json
from collections.abc import Sequence
from typing import Any, TypeGuard

from store.domain.client_addresses import checked_address, host_of
from store.domain.connections import Client
from store.domain.names import checked_name
from store.domain.redirects import MOST, checked_redirect
from store.errors import Invalid

LONGEST = 5 * 1024
"""Bytes of a document that are read (its "Maximum Response Size")."""
_SHARED = ("client_secret", "client_secret_expires_at")
_PRIVATE = frozenset({"d", "k", "p", "q", "dp", "dq", "qi", "oth"})
"""What only a private or shared JSON Web Key has (RFC 7518 6.2.2, 6.3.2, 6.4)."""


def read_document(content: bytes, client_id: str, now: int) -> Client:
    """Return the assistant that a document found at an address describes.

    Its `client_id` is the address, character by character; it can do without a secret; each of its
    redirect addresses could be registered. Raises Invalid.
    """
    address = checked_address(client_id)
    if len(content) > LONGEST:
        raise _unfit(f"has more than {LONGEST} bytes")
    said = _decoded(content)
    if said.get("client_id") != address:
        raise _unfit("is another's: its client_id is not the address it was found at")
    _check_public(said)
    _check_grant(said)
    redirects = said.get("redirect_uris")
    if not _texts(redirects) or not 1 <= len(redirects) <= MOST:
        raise _unfit(f"needs 1 to {MOST} redirect_uris")
    name = said.get("client_name") or host_of(address)
    if not isinstance(name, str):
        raise _unfit("has a client_name that is no text")
    checked = tuple(checked_redirect(uri) for uri in redirects)
    return Client(address, checked_name(name, "client_name"), checked, now)


def _decoded(content: bytes) -> dict[str, Any]:
    try:
        said = json.loads(content.decode("utf-8"), object_pairs_hook=_object)
    except (ValueError, RecursionError):
        raise _unfit("is no JSON in UTF-8, or says something twice") from None
    if not isinstance(said, dict):
        raise _unfit("is no JSON object")
    return said


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    # Of two values others may believe the other one.
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _check_public(said: dict[str, Any]) -> None:
    if any(name in said for name in _SHARED):
        raise _unfit("holds a secret, which nobody can share in public")
    keys = said.get("jwks")
    held = keys.get("keys") if isinstance(keys, dict) else None
    for key in held if isinstance(held, list) else ():
        if isinstance(key, dict) and not _PRIVATE.isdisjoint(key):
            raise _unfit("holds a private key")
    # Some that would rather prove who they are can do without.
    method = said.get("token_endpoint_auth_method", "none")
    also = said.get("token_endpoint_auth_methods_supported", ())
    if method != "none" and not (_texts(also) and "none" in also):
        raise _unfit('does not have "none" as its token_endpoint_auth_method')


def _check_grant(said: dict[str, Any]) -> None:
    for name, needed in (("grant_types", "authorization_code"), ("response_types", "code")):
        if name in said and (not _texts(said[name]) or needed not in said[name]):
            raise _unfit(f"does not have {needed} among its {name}")


def _texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _unfit(why: str) -> Invalid:
    return Invalid("document", f"The document {why}. Nothing was added.")
