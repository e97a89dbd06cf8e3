"""The cookie that opens a request's page, in the browser that brought it and nowhere else."""

from starlette.types import Scope

from store.domain.connections import ASK_LIFETIME
from store.domain.key_string import Secret
from store.verifier.urls import Urls

# Approved at its last moment, a request waits as long again for its browser; one whose page stands
# open for longer is still told that it is over.
KEPT_S = 3 * ASK_LIFETIME // 1000


def name(where: Urls, ask_id: str) -> str:
    """Return the name of a request's cookie.

    `__Host-` (RFC 6265bis 4.1.3.2): neither a site beside this one nor one without TLS can have
    set it.
    """
    return f"{'__Host-' if where.secure else ''}keydeck_ask_{ask_id}"


def set_header(where: Urls, ask_id: str, browser: Secret) -> tuple[bytes, bytes]:
    """Return the header that gives a browser its secret."""
    place = "/; Secure" if where.secure else f"{where.base}/oauth"
    cookie = (
        f"{name(where, ask_id)}={browser.reveal()}; Path={place}; "
        f"Max-Age={KEPT_S}; HttpOnly; SameSite=Lax"
    )
    return b"set-cookie", cookie.encode("ascii")


def secret(scope: Scope, where: Urls, ask_id: str) -> Secret | None:
    """Return what a browser was given for a request, None where it has nothing."""
    wanted = name(where, ask_id)
    for header, value in scope["headers"]:
        if header == b"cookie":
            for pair in value.decode("latin-1").split(";"):
                key, _, text = pair.strip().partition("=")
                if key == wanted and text.isascii():
                    return Secret(text) if text else None
    return None
