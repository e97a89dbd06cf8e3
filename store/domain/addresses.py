"""Addresses of the web as everybody writes them, and whether two are one."""

import re
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import unquote, urlsplit

_NAME = re.compile(r"(?:[a-z0-9_-]+\.)*[a-z0-9_-]+\.?", re.ASCII)
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+", re.ASCII)
# What browsers send as it is, less the semicolon, which ends the path of a cookie.
_PATH = re.compile(r"(?:/(?:[A-Za-z0-9._~!$&'()*+,=:@-]|%[0-9A-Fa-f]{2})+)*", re.ASCII)
_DOTS = (".", "..")


def canonical(url: str) -> str | None:
    """Return an http or https address as everybody writes it, None for what is none.

    Scheme and host are in small letters, a port that the scheme has anyway is left out (RFC 3986
    6.2.3), and so is a slash at the end; an address of IPv4 has four numbers, one of IPv6 is short
    (RFC 5952), as browsers write them. One with a user, a query or a fragment is none, and one
    whose path they would read as another.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    host, path = _host(parts.hostname or ""), parts.path.rstrip("/")
    if usual is None or host is None or port == 0:
        return None
    if "@" in parts.netloc or set(url) & set("?#"):
        return None
    if not _PATH.fullmatch(path) or any(unquote(one) in _DOTS for one in path.split("/")):
        return None
    where = host if port in (None, usual) else f"{host}:{port}"
    return f"{parts.scheme}://{where}{path}"


def same_address(one: str, other: str) -> bool:
    """Return whether two addresses are one, however they are written.

    What is no http or https address is the same as itself alone, letter by letter.
    """
    if one == other:
        return True
    written = canonical(one)
    return written is not None and written == canonical(other)


def _host(name: str) -> str | None:
    """Return a host in small letters as browsers write it (WHATWG URL 3.5), None for none."""
    if ":" in name:
        return _of_ipv6(name)
    if not _NAME.fullmatch(name):
        return None
    numbers = name.removesuffix(".").split(".")
    return _of_ipv4(numbers) if _NUMBER.fullmatch(numbers[-1]) else name


def _of_ipv4(numbers: list[str]) -> str | None:
    """Return an address of which the last number may stand for several, each to base 8, 10, 16."""
    try:
        *first, last = (_number(one) for one in numbers)
        value = last
        for place, number in enumerate(first):
            value += number << 8 * (3 - place)
        fits = len(first) < 4 and last < 256 ** (4 - len(first)) and all(n < 256 for n in first)
        return str(IPv4Address(value)) if fits else None
    except ValueError:
        return None


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    if text.startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8 if text.startswith("0") else 10)


def _of_ipv6(name: str) -> str | None:
    if "%" in name:
        return None  # Of one machine's own network card, which no browser takes.
    try:
        found = IPv6Address(name)
    except ValueError:
        return None
    # Pythons differ in how they write one of IPv4; browsers do not.
    mapped = found.ipv4_mapped
    if mapped is None:
        return f"[{found}]"
    high, low = divmod(int(mapped), 1 << 16)
    return f"[::ffff:{high:x}:{low:x}]"
