"""What an assistant is told of where to go: the challenge, and the two documents behind it."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from console.connection_check.walk import MAX_TOLD, Walk, Wrong, ask, told
from console.outside.wire import Answer
from store.verifier import urls

_PARAMETER = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"', re.ASCII)
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "registration_endpoint")
_HAND_ON = "Let the proxy hand on WWW-Authenticate of keydeck's answer, once"


def challenged(walk: Walk) -> Wrong | None:
    """Look whether whoever comes without a token is told where to begin (RFC 9728 5.1)."""
    for method in ("POST", "GET", "HEAD"):
        answer = walk.call(method)
        if answer.status != 401:
            return Wrong(
                f"{method} of {walk.url} {told(answer)}, where POST is answered 401",
                f"Let the proxy send {walk.mcp.path} to the verifier by {method}, too: some "
                "assistants ask so first.",
            )
        wrong = _challenge(walk, method, answer)
        if wrong:
            return wrong
    return None


def _challenge(walk: Walk, method: str, answer: Answer) -> Wrong | None:
    challenges = answer.all("www-authenticate")
    if not challenges:
        return Wrong(
            f"the 401 of {method} arrives without WWW-Authenticate",
            f"{_HAND_ON}: it says where an assistant begins.",
        )
    if len(challenges) > 1:
        return Wrong(f"the 401 of {method} has {len(challenges)} WWW-Authenticate", f"{_HAND_ON}.")
    found = dict(_PARAMETER.findall(challenges[0])).get("resource_metadata", "")
    if not found:
        return Wrong(
            f"the 401 of {method} has another WWW-Authenticate than keydeck's: "
            f"{challenges[0][:MAX_TOLD]}",
            f"{_HAND_ON}: it says where an assistant begins.",
        )
    walk.resource_metadata = found
    return None


def own_address(walk: Walk) -> Wrong | None:
    """Look whether keydeck goes by the address that it was called by (RFC 9728 3.3)."""
    at = urlsplit(walk.resource_metadata)
    path = at.path.removeprefix(urls.RESOURCE)
    takes_itself_for = f"{at.scheme}://{at.netloc}{path}"
    if takes_itself_for == walk.url:
        return None
    return Wrong(
        f"keydeck takes itself for {takes_itself_for[:MAX_TOLD]}, and was called {walk.url}",
        f"Start it with `keydeck serve --public-url {walk.base}`, or give assistants the other "
        "address, if it leads here: they refuse a server that calls itself otherwise.",
    )


def resource_described(walk: Walk) -> Wrong | None:
    """Look at the document of the protected resource (RFC 9728 3)."""
    url = walk.resource_metadata
    answer, document = ask(url)
    if answer.status != 200 or "resource" not in document:
        return _not_routed(walk, url, answer, urls.RESOURCE)
    if document["resource"] != walk.url:
        return Wrong(
            f"{url} is of {str(document['resource'])[:MAX_TOLD]}, and not of {walk.url}",
            f"Let the proxy send {urlsplit(url).path} to the verifier that answers there.",
        )
    servers = document.get("authorization_servers")
    if not isinstance(servers, list) or not servers or not isinstance(servers[0], str):
        return Wrong(
            f"{url} names no authorization server",
            "Let the proxy hand on keydeck's document as it is.",
        )
    walk.issuer = servers[0]
    return None


def server_described(walk: Walk) -> Wrong | None:
    """Look at the document of the authorization server (RFC 8414 3), wherever it is looked for."""
    at = urlsplit(walk.issuer)
    origin = f"{at.scheme}://{at.netloc}"
    url = f"{origin}{urls.SERVER}{at.path}"
    answer, document = ask(url)
    if answer.status != 200 or "issuer" not in document:
        return _not_routed(walk, url, answer, urls.SERVER)
    if document["issuer"] != walk.issuer:
        return _of_another(url, document["issuer"], walk.issuer)
    elsewhere = [
        name
        for name in _ENDPOINTS
        if not str(document.get(name, "")).startswith(f"{walk.issuer}/oauth/")
    ]
    if elsewhere:
        return Wrong(
            f"{', '.join(elsewhere)} in {url} is not below {walk.issuer}",
            "Let the proxy hand on keydeck's document as it is.",
        )
    walk.server = document
    return _others(walk, (f"{origin}{urls.OPENID}{at.path}", f"{walk.issuer}{urls.OPENID}"))


def _others(walk: Walk, also: Sequence[str]) -> Wrong | None:
    """Look whether another server's document stands where some assistants look, too."""
    for url in dict.fromkeys(also):
        answer, document = ask(url)
        if answer.status == 200 and document.get("issuer") != walk.issuer:
            return _of_another(url, document.get("issuer", "nobody"), walk.issuer)
    return None


def _of_another(url: str, issuer: object, wanted: str) -> Wrong:
    return Wrong(
        f"{url} is of {str(issuer)[:MAX_TOLD]}, and not of {wanted}",
        f"Let the proxy send {urlsplit(url).path} to the verifier, or give keydeck a host of its "
        "own: what stands there is another server's.",
    )


def _not_routed(walk: Walk, url: str, answer: Answer, path: str) -> Wrong:
    if answer.status == 200:
        kind = answer.one("content-type")[:MAX_TOLD] or "nothing"
        seen = f"{url} is {kind}, and not keydeck's document"
    else:
        seen = f"{url} {told(answer)}"
    return Wrong(
        seen,
        f"Let the proxy send {path} and all below it to the verifier, as it came: it stands at the "
        f"root of {walk.mcp.authority}, before whatever path keydeck has there.",
    )
