"""Addresses of the web as everybody writes them, and whether two are one."""

from ipaddress import IPv6Address
from urllib.parse import urlsplit


def canonical(url: str) -> str | None:
    """Return an http or https address as everybody writes it, None for what is none.

    Scheme and host are in small letters, a port that the scheme has anyway is left out (RFC 3986
    6.2.3), and so is a slash at the end; an address of IPv6 is written short (RFC 5952), as
    browsers write it. One with a user, a query or a fragment is none.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    if usual is None or not parts.hostname or port == 0:
        return None
    if "@" in parts.netloc or set(url) & set("?#"):
        return None
    host = parts.hostname
    if ":" in host:
        if "%" in host:
            return None  # Of one machine's own network card, which no browser takes.
        try:
            host = f"[{IPv6Address(host)}]"
        except ValueError:
            return None
    where = host if port in (None, usual) else f"{host}:{port}"
    return f"{parts.scheme}://{where}{parts.path.rstrip('/')}"


def same_address(one: str, other: str) -> bool:
    """Return whether two addresses are one, however they are written.

    What is no http or https address is the same as itself alone, letter by letter.
    """
    if one == other:
        return True
    written = canonical(one)
    return written is not None and written == canonical(other)
