"""What no argument may become: whatever says who calls, by which method, or through whom.

Of headers nobody knows all that some API believes. So few are asked for that say nothing of whoever
sends them, and others where the operator names them; what is known to tell cannot be named.
"""

import re

# RFC 9110 7.6.1 and 4.2.4: of one connection, or the message's own frame.
_OF_THE_CONNECTION = (
    "connection keep-alive proxy-connection te trailer transfer-encoding upgrade "
    "content-length content-type content-encoding accept accept-encoding expect host cookie"
)
# As proxies in front are told to drop them, however they are spelt: where a document names one, it
# is what its API believes of whoever stands in front of it, and that is not the assistant.
_TELLING = re.compile(
    r"(?:x-)?(?:"
    # keydeck's own, and proxies'.
    r"key-.*|workspace|keydeck-.*|request-id|real-ip|forwarded(?:-.*)?|via|proxy.*|proxyuser-.*"
    r"|original-.*|rewrite-.*|envoy-.*|accel-.*|sendfile.*|url-scheme|front-end-https|early-data"
    r"|client-ip|cluster-client-ip|true-client-ip|remote-(?:ip|addr)|cf-.*|fastly-.*|azure-.*"
    # Who it is, as proxies that sign people in tell it.
    r"|authorization|(?:auth|authenticated|webauth|remote|consumer|credential|impersonate)(?:-.*)?"
    r"|user|user-?(?:id|name|email|info|login|groups?|roles?)|email|groups?|roles?|principal"
    r"|(?:ssl|tls|arr)-.*|client-?(?:cert.*|[si]-dn.*|verify|subject.*|dn|cn)"
    r"|ms-(?:client-principal|token).*|goog-(?:authenticated|iap)-.*|amzn-(?:oidc|mtls)-.*"
    r"|(?:authentik|authelia|tailscale|pomerium|oidc|saml|shib|vouch|hasura|jwt)-.*"
    # What opens something.
    r"|api-?(?:key|token)|session(?:-.*)?|(?:.*-)?(?:secret|password|jwt|assertion)"
    r"|(?:.*-)?(?:access|auth|bearer|csrf|id|job|private|refresh|security|vault|xsrf)-?token"
    # By which method it counts.
    r"|http-method.*|method-override"
    r")|origin|referer"
)
USUAL_HEADERS = (
    "Accept-Language Idempotency-Key If-Match If-Modified-Since If-None-Match If-Range "
    "If-Unmodified-Since Prefer Range"
)
"""Those that are asked for where a document has them: RFC 9110, RFC 7240, and the draft of HTTPAPI.

None of them says who sends it.
"""
_METHOD = "_method"
_FREE = frozenset((_METHOD, "access_token", "api_key", "apikey"))
_UNDERSCORES = re.compile(r"[\s.\-\[]")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}")


def sendable_header(name: str) -> bool:
    """Return whether an argument may become a header of that name, where it is asked for."""
    if not _TOKEN.fullmatch(name):
        return False
    spelt = as_read(name)
    return spelt not in _OF_THE_CONNECTION.split() and not _TELLING.fullmatch(spelt)


def as_read(header: str) -> str:
    """Return a header's name as everybody reads it: servers have one for `-` and `_`."""
    return header.lower().replace("_", "-")


def free_name(name: str) -> bool:
    """Return whether an argument may become a field of that name, in a query or in a form.

    By some of them frameworks take another method than the one that was judged, or a credential.
    """
    return not _FREE.intersection(_read(name))


def overrides_method(name: str) -> bool:
    """Return whether a field of JSON by that name says by which method the request counts."""
    return _METHOD in _read(name)


def _read(name: str) -> tuple[str, str]:
    """Return how a name is read, with what stands in brackets behind it or without.

    PHP drops blanks in front and all from a NUL on, has `_` for blanks and dots, and for a bracket
    that nothing closes. Whoever reads names to the letter is not harmed.
    """
    kept = name.partition("\0")[0].strip().lower()
    return _UNDERSCORES.sub("_", kept.partition("[")[0]), _UNDERSCORES.sub("_", kept)
