"""Where an assistant may be sent back to with its code, and whom that address names.

An address is compared as it was registered, character by character: every laxer rule has sent a
code to somebody else. On this very machine its port alone may be another: a program takes the one
that is free (RFC 8252 7.3), and whoever can listen there could as well have listened on the other.
"""

import re
from urllib.parse import urlencode, urlsplit, urlunsplit

from store.errors import Invalid

MOST = 10
LONGEST = 500
LOOPBACK = ("127.0.0.1", "[::1]", "localhost")
"""What this very machine is called in an address."""
CHECK_CALLBACK = "http://127.0.0.1/keydeck-connections-check"
"""Whoever registers with this address alone looks whether it can be done, and asks no more."""
LOOPBACK_HOST = "|".join(map(re.escape, LOOPBACK))
"""The same as a pattern."""
# What an address may consist of (RFC 3986), less the quotes, which nobody needs in one.
_PLAIN = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$&()*+,;=%-]+", re.ASCII)
_NETLOC = re.compile(r"([A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?", re.ASCII)
_ON_THIS_MACHINE = re.compile(
    rf"http://(?P<host>{LOOPBACK_HOST})(?::[0-9]{{1,5}})?(?P<rest>(?:[/?].*)?)", re.ASCII
)
# RFC 8252 7.1: a program's own scheme is a domain name of its maker, turned round. Without the dot
# it may be anything an operating system opens: ms-msdt, search-ms, shell, smb, javascript.
_OF_A_DOMAIN = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)+", re.ASCII)
# Those of the systems themselves have dots, too.
_OF_A_SYSTEM = ("microsoft.windows.", "com.apple.")
# Assistants and editors that chose a plain word before anybody told them not to.
PROGRAMS = frozenset(
    {
        "antigravity",
        "chatgpt",
        "cherrystudio",
        "claude",
        "claude-dev",
        "cline",
        "code-oss",
        "codex",
        "continue",
        "copilot",
        "cursor",
        "cursor-nightly",
        "devin",
        "goose",
        "insomnia",
        "jan",
        "jetbrains",
        "kiro",
        "librechat",
        "lmstudio",
        "msty",
        "obsidian",
        "opencode",
        "perplexity",
        "pieces",
        "postman",
        "raycast",
        "roo-cline",
        "theia",
        "trae",
        "void",
        "vscode",
        "vscode-insiders",
        "vscodium",
        "warp",
        "warppreview",
        "windsurf",
        "windsurf-next",
        "zed",
        "zencoder",
    }
)


def checked_redirect(uri: str) -> str:
    """Return a redirect address as it was given.

    It is https, http on this very machine (RFC 8252 7.3), or a program's own scheme: one with a dot
    (7.1), or of PROGRAMS. It has no fragment and no user. Raises Invalid for any other.
    """
    if len(uri) > LONGEST or not _PLAIN.fullmatch(uri):
        raise _unfit(f"has more than {LONGEST} characters, or one that no address has")
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        raise _unfit("is not an address") from None
    if not _may_be_opened(uri.partition(":")[0]):
        raise _unfit(
            "has a scheme that no redirect may have: use https, or a domain of yours turned round, "
            "as in com.example.app (RFC 8252 7.1)"
        )
    if "@" in parts.netloc or not (parts.netloc or parts.path):
        raise _unfit("names a user, or nothing at all")
    if parts.scheme == "http" and _host(parts.netloc) not in LOOPBACK:
        raise _unfit("is http, which only this very machine may be reached by: use https")
    if parts.scheme in ("http", "https") and not _NETLOC.fullmatch(parts.netloc):
        raise _unfit("names no host that there could be")
    return uri


def same_redirect(registered: str, presented: str) -> bool:
    """Return whether an address is the registered one, but for its port on this very machine.

    `localhost` counts although RFC 8252 8.3 advises against it: programs send it.
    """
    if registered == presented:
        return True
    one, other = _ON_THIS_MACHINE.fullmatch(registered), _ON_THIS_MACHINE.fullmatch(presented)
    if one is None or other is None or not may_lead(presented):
        return False
    return (one["host"], one["rest"]) == (other["host"], other["rest"])


def may_lead(uri: str) -> bool:
    """Return whether `checked_redirect` lets an address through."""
    try:
        checked_redirect(uri)
    except Invalid:
        return False
    return True


def _may_be_opened(scheme: str) -> bool:
    return (
        scheme in ("http", "https")
        or scheme in PROGRAMS
        or bool(_OF_A_DOMAIN.fullmatch(scheme) and not scheme.startswith(_OF_A_SYSTEM))
    )


def redirect_host(uri: str) -> str:
    """Return whom a redirect address leads to, as people are told: a host, or a program's scheme.

    A port is named where there is one: on one machine it is all that tells programs apart.
    """
    parts = urlsplit(uri)
    return parts.netloc if parts.scheme in ("http", "https") else f"{parts.scheme}:"


def is_of_a_program(uri: str) -> bool:
    """Return whether an address leads to a program on the machine that opens it."""
    parts = urlsplit(uri)
    return parts.scheme not in ("http", "https") or _host(parts.netloc) in LOOPBACK


def with_parameters(uri: str, **parameters: str | None) -> str:
    """Return an address with parameters added to its query; those that are None are left out."""
    parts = urlsplit(uri)
    added = urlencode({name: value for name, value in parameters.items() if value is not None})
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, added)))))


def _host(netloc: str) -> str:
    return netloc if netloc.endswith("]") else netloc.rpartition(":")[0] or netloc


def _unfit(why: str) -> Invalid:
    return Invalid("redirect_uris", f"A redirect address {why}.")
