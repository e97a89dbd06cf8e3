"""Whether the address leads to keydeck, whole: names, certificates, a path, both ways' headers."""

import socket
import ssl
from dataclasses import replace

from console.connection_check.walk import MAX_TOLD, Walk, Wrong, content, is_keydecks, told
from console.outside.wire import Answer, NoAnswer, reason
from store.verifier.body import MAX_BODY

LONGEST = MAX_BODY
"""Bytes of the longest message that the verifier takes."""
STRANGER = "https://keydeck-check.invalid"
"""An origin that nobody has (RFC 6761 6.4)."""
NO_TOKEN = "keydeck-check"  # noqa: S105
"""What is sent as a token, and is none."""


def _addresses(walk: Walk) -> list[str]:
    """Return the addresses that the host's name leads to, none where it leads nowhere."""
    try:
        found = socket.getaddrinfo(walk.mcp.host, walk.mcp.port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def _nameless(host: str) -> Wrong:
    return Wrong(
        f"the name {host} leads to no address",
        "Give it a record in the DNS, or write the name that has one.",
    )


def reached(walk: Walk) -> Wrong | None:
    """Look whether each address of the host is answered, and with a certificate that is good."""
    host = walk.mcp.host
    addresses = _addresses(walk)
    if not addresses:
        return _nameless(host)
    answered, refused, late = [], "", []
    for at in addresses:
        try:
            replace(walk.mcp, at=at).connected().close()
        except ssl.SSLError as error:
            return _without_trust(walk, error)
        except TimeoutError as error:
            refused = reason(error)
            late.append(at)
        except OSError as error:
            refused = reason(error)
        else:
            answered.append(at)
    if not answered:
        return Wrong(
            f"{walk.mcp.authority} cannot be reached: {refused}",
            "Start `keydeck serve`, or the proxy in front of it, and let the firewall pass it.",
        )
    if late:
        return Wrong(
            f"of the addresses of {host} nobody answers at {', '.join(late)}",
            "Take it out of the DNS, or let it be answered: some assistants wait there first.",
        )
    return None


def _without_trust(walk: Walk, error: ssl.SSLError) -> Wrong:
    if isinstance(error, ssl.SSLCertVerificationError):
        return Wrong(
            f"its certificate is not trusted: {error.verify_message}".rstrip("."),
            f"Serve a certificate for {walk.mcp.host}, with its whole chain, from an authority "
            "that clients know.",
        )
    return Wrong(
        f"no TLS is spoken at {walk.mcp.authority}",
        "Write http://, or give the port at which the proxy speaks TLS.",
    )


def is_there(walk: Walk) -> Wrong | None:
    """Look whether keydeck is at the path, and asks for a token."""
    answer = walk.call()
    if answer.status in (301, 302, 303, 307, 308):
        there = answer.one("location")[:MAX_TOLD]
        return Wrong(
            f"{walk.url} sends on to {there}",
            f"Give assistants {there}: they hand no token and no POST from one address to the "
            "next.",
        )
    if is_keydecks(answer) and answer.status == 401:
        return None
    seen = f"{walk.url} {told(answer)}"
    return Wrong(seen, _known(walk, answer) if is_keydecks(answer) else _unknown(walk, answer))


def _known(walk: Walk, answer: Answer) -> str:
    if answer.status == 404:
        base = walk.mcp.path.removesuffix("/mcp")
        if base:
            return (
                f"The proxy hands on the path as it came: let it take {base} away, and start "
                f"`keydeck serve` with --public-url {walk.base}."
            )
        return "Let the proxy hand on /mcp as /mcp."
    if answer.status >= 500:
        return "Look at what `keydeck serve` and `keydeck store check` say."
    detail = content(answer).get("detail")
    return str(detail)[:MAX_TOLD] if detail else "Look at what `keydeck serve` says."


def _unknown(walk: Walk, answer: Answer) -> str:
    path = walk.mcp.path
    if not walk.mcp.tls and answer.status == 400 and b"https" in answer.body.lower():
        return "TLS is spoken there: write https://."
    if answer.status in (401, 403, 407):
        return (
            f"Let {path}, /oauth/ and /.well-known/ pass what stands before keydeck: an assistant "
            "has no other sign-in than keydeck's."
        )
    if answer.status in (500, 502, 503, 504):
        return f"Start `keydeck serve`, and look where the proxy sends {path}."
    return f"Let the proxy send {path} to the verifier, by every method."


def same_everywhere(walk: Walk) -> Wrong | None:
    """Look whether each address of the host leads to keydeck: a name may have several."""
    addresses = _addresses(walk)
    if not addresses:
        return _nameless(walk.mcp.host)
    for at in addresses:
        one = replace(walk, mcp=replace(walk.mcp, at=at))
        try:
            answer = one.call()
        except NoAnswer:
            continue  # Nobody listens there, and the next is tried.
        if not is_keydecks(answer):
            return Wrong(
                f"{walk.mcp.host} is {at}, too, and there {walk.mcp.path} {told(answer)}",
                f"Give assistants an address that is keydeck's alone, or end what listens at {at}.",
            )
    return None


def slash(walk: Walk) -> Wrong | None:
    """Look whether /mcp/ is /mcp."""
    answer = walk.call(below="/")
    if is_keydecks(answer) and answer.status == 401:
        return None
    return Wrong(
        f"{walk.url}/ {told(answer)}",
        f"Let the proxy send {walk.mcp.path}/ to the verifier as well: some assistants add a slash "
        "to what they are given.",
    )


def token_arrives(walk: Walk) -> Wrong | None:
    """Look whether the verifier sees what an assistant says in Authorization."""
    answer = walk.call(headers=(("Authorization", f"Bearer {NO_TOKEN}"),))
    code = content(answer).get("code")
    if is_keydecks(answer) and answer.status == 401 and code != "missing":
        return None
    if is_keydecks(answer) and code == "missing":
        return Wrong(
            "Authorization does not reach the verifier",
            "Let the proxy hand on Authorization as it came: an assistant's token is in it.",
        )
    return Wrong(
        f"{walk.url} {told(answer)} where a token is presented",
        "Let nothing before keydeck judge Authorization: an assistant's token is keydeck's.",
    )


def origin_arrives(walk: Walk) -> Wrong | None:
    """Look whether the verifier sees from which page something comes."""
    answer = walk.call(headers=(("Origin", STRANGER),))
    if is_keydecks(answer) and answer.status == 403:
        return None
    return Wrong(
        f"{walk.url} {told(answer)} where a page of a foreign origin calls",
        "Let the proxy hand on Origin as it came, and answer nothing itself: by it keydeck refuses "
        "pages that rebound a name to it.",
    )


def long_arrives(walk: Walk) -> Wrong | None:
    """Look whether a message as long as the verifier takes them gets that far."""
    body = b'{"jsonrpc":"2.0","id":1,"method":"%s"}' % (b"x" * (LONGEST - 64))
    answer = walk.call(body=body)
    if is_keydecks(answer) and answer.status == 401:
        return None
    return Wrong(
        f"a message of {len(body)} bytes {told(answer)}",
        f"Let the proxy take {LONGEST // 1024} KiB: what an assistant writes may be as long.",
    )


def in_secret(walk: Walk) -> Wrong | None:
    """Look whether tokens cross a network in clear text (OAuth 2.1 1.5)."""
    if walk.mcp.tls or walk.on_this_machine:
        return None
    return Wrong(
        f"{walk.url} is not encrypted, and not on this machine",
        "Put a proxy that speaks TLS in front, and start `keydeck serve` with --public-url "
        f"https://{walk.mcp.host}: whoever is on the way reads the tokens, and many assistants "
        "refuse such an address.",
    )
