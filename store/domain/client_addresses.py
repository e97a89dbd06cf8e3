"""The address that is an assistant's id, and whom it names."""

import re
from urllib.parse import urlsplit

from store.errors import Invalid

LONGEST = 300
_SCHEME = "https://"
# One way to write each host: whoever reads it has to know whom it names. The last label has a
# letter, so it is no number by which a resolver would mean an address (0x7f.1, 2130706433).
_HOST = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+"
    r"(?=[a-z0-9-]*[a-z])(?!0x)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?",
    re.ASCII,
)
_PORT = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
# RFC 3986 3.3 and 3.4, less what a shell or a page would take for something of its own.
_PATH = re.compile(r"/(?:[A-Za-z0-9._~:@,=+-]|%[0-9A-Fa-f]{2}|/)+", re.ASCII)
_QUERY = re.compile(r"(?:[A-Za-z0-9._~:@,=+/-]|%[0-9A-Fa-f]{2})*", re.ASCII)
_DOTS = re.compile(r"(?:\.|%2e){1,2}", re.ASCII | re.IGNORECASE)


def is_address(client_id: str) -> bool:
    """Return whether an assistant's id is meant as an address; ids given here never are."""
    return "://" in client_id


def checked_address(text: str) -> str:
    """Return an id that is an address, as it was given: it is compared character by character.

    Section 3 of the draft: https, a host, a path; no user, no fragment, no `.` or `..` in the path.
    Beyond that: a name of the public DNS in lower case and no IP address, no port that https has
    anyway, and a path other than `/`. Raises Invalid.
    """
    if len(text) > LONGEST or not text.isascii() or not text.isprintable():
        raise _unfit(f"has more than {LONGEST} characters, or one that no address has")
    if not text.startswith(_SCHEME):
        raise _unfit("does not begin with https://")
    authority, slash, rest = text.removeprefix(_SCHEME).partition("/")
    if "#" in text:
        raise _unfit("has a fragment")
    if "@" in authority or "\\" in text:
        raise _unfit("names a user")
    host, colon, port = authority.partition(":")
    if not _HOST.fullmatch(host):
        raise _unfit("names no host of the public DNS, in lower case")
    if colon and (not _PORT.fullmatch(port) or int(port) > 65535 or port == "443"):
        raise _unfit("has a port that it needs not, or that is none")
    path, _, query = f"{slash}{rest}".partition("?")
    if not _PATH.fullmatch(path) or not _QUERY.fullmatch(query):
        raise _unfit("has no path, or a character in it that none needs")
    if any(_DOTS.fullmatch(segment) for segment in path.split("/")):
        raise _unfit("has . or .. in its path")
    return text


def host_of(client_id: str) -> str | None:
    """Return whom an id names: the host of its address, None for an id that is none."""
    try:
        return urlsplit(checked_address(client_id)).netloc
    except Invalid:
        return None


def _unfit(why: str) -> Invalid:
    return Invalid(
        "client_id",
        f"This address {why}. An assistant's id is written https://example.com/client.json.",
    )
