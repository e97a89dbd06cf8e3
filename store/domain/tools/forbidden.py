"""What no argument may become: whatever says who calls, by which method, or through whom."""

import re

# RFC 9110 7.6.1 and 4.2.4: of one connection, or the message's own frame.
_OF_THE_CONNECTION = (
    "connection keep-alive proxy-connection te trailer transfer-encoding upgrade "
    "content-length content-type content-encoding accept accept-encoding expect host cookie"
)
# As proxies in front are told to drop them, however they are spelt.
_TELLING = re.compile(
    r"authorization|proxy-.*|x-key-.*|x-workspace|x-keydeck-.*|forwarded|x-forwarded-.*|x-original-.*"
    r"|x-real-ip|x-request-id|x-http-method.*|x-method-override|x-rewrite-.*|x-api-key|via"
)
_FREE = frozenset(("_method", "access_token", "api_key", "apikey"))
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}")


def sendable_header(name: str) -> bool:
    """Return whether an argument may become a header of that name."""
    if not _TOKEN.fullmatch(name):
        return False
    spelt = name.lower().replace("_", "-")
    return spelt not in _OF_THE_CONNECTION.split() and not _TELLING.fullmatch(spelt)


def free_name(name: str) -> bool:
    """Return whether an argument may become a field of that name, in a query or in a form.

    By some of them frameworks take another method than the one that was judged, or a credential.
    """
    return name.partition("[")[0].lower() not in _FREE
