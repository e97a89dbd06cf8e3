"""The way to an approval: registration, the page, the exchange. What is begun is taken back.

A registration cannot be: `CHECK_CALLBACK` marks it, and one that is older than an hour is
forgotten when the next comes.
"""

import base64
import hashlib
import json
import re
import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlencode, urlsplit

from console.connection_check.walk import (
    FORM,
    JSON,
    MAX_TOLD,
    Walk,
    Wrong,
    ask,
    content,
    is_keydecks,
    told,
)
from console.outside.wire import Answer
from store.domain.redirects import CHECK_CALLBACK
from store.verifier import urls

NAME = "keydeck connections check"
_TOKEN = re.compile(rb'name="token" value="([0-9a-f]+)"')


def registered(walk: Walk) -> Wrong | None:
    """Register as an assistant does (RFC 7591)."""
    url = str(walk.server["registration_endpoint"])
    asked = {
        "client_name": NAME,
        "redirect_uris": [CHECK_CALLBACK],
        "token_endpoint_auth_method": "none",
    }
    answer, document = ask(url, "POST", JSON, json.dumps(asked).encode())
    if answer.status == 201 and document.get("client_id"):
        walk.client_id = str(document["client_id"])
        return None
    if answer.status == 429:
        return Wrong(
            f"{url} {told(answer)}: too many have registered from this network in an hour",
            "Look again later. Behind a proxy all are one network, unless `keydeck serve` names it "
            "with --trust-proxy.",
        )
    return _not_let_through(url, answer, document.get("error_description"))


def page_opens(walk: Walk) -> Wrong | None:
    """Open the page of an approval as a browser does, and press “Do not connect” there."""
    begin = f"{walk.server['authorization_endpoint']}?{_wanted(walk)}"
    url = begin.partition("?")[0]
    sent, _ = ask(begin)
    page = sent.one("location")
    if sent.status != 303 or not page:
        return _not_let_through(url, sent, None)
    if not page.startswith(f"{walk.issuer}{urls.APPROVE}?"):
        return Wrong(
            f"{url} sends a browser to {page[:MAX_TOLD]}",
            "Let the proxy hand on Location of keydeck's answer as it is.",
        )
    cookie = _cookie(sent, urlsplit(page).path)
    if isinstance(cookie, Wrong):
        return cookie
    shown, _ = ask(page, headers=(("Cookie", cookie),))
    token = _TOKEN.search(shown.body)
    if shown.status != 200 or not token:
        if shown.status == 403 and is_keydecks(shown):
            return Wrong(
                "the cookie of a browser does not reach the verifier",
                f"Let the proxy hand on Cookie to {urls.APPROVE} as it came.",
            )
        return _not_let_through(page.partition("?")[0], shown, None)
    form = urlencode({"token": token[1].decode("ascii"), "do": "deny"}).encode()
    denied, _ = ask(page, "POST", (*FORM, ("Cookie", cookie)), form)
    if denied.status != 200:
        return _not_let_through(page.partition("?")[0], denied, None)
    policies = len(shown.all("content-security-policy"))
    if policies != 1:
        return Wrong(
            f"the page of an approval has {policies} Content-Security-Policy",
            f"Let the proxy hand on that header of {urls.APPROVE} as it came, and add none: "
            "another takes the page's style away, and what it sees of the console.",
        )
    return None


def _wanted(walk: Walk) -> str:
    proof = hashlib.sha256(secrets.token_bytes(32)).digest()
    return urlencode(
        {
            "response_type": "code",
            "client_id": walk.client_id,
            "redirect_uri": CHECK_CALLBACK,
            "code_challenge": base64.urlsafe_b64encode(proof).rstrip(b"=").decode("ascii"),
            "code_challenge_method": "S256",
            "resource": walk.url,
        }
    )


def _cookie(sent: Answer, path: str) -> str | Wrong:
    """Return the cookie that a browser would bring to the page, as it would."""
    try:
        found = SimpleCookie(sent.one("set-cookie"))
    except CookieError:
        found = SimpleCookie()
    kept = next((one for name, one in found.items() if "keydeck_ask_" in name), None)
    if kept is None:
        return Wrong(
            "the cookie of a browser does not arrive",
            "Let the proxy hand on Set-Cookie of keydeck's answer as it is.",
        )
    below = kept["path"] or "/"
    if not path.startswith(below):
        return Wrong(
            f"the cookie of a browser is for {below[:MAX_TOLD]}, and its page is {path}",
            "Let the proxy leave the path of cookies as it is.",
        )
    return f"{kept.key}={kept.value}"


def exchange_refuses(walk: Walk) -> Wrong | None:
    """Look whether the refusal of a code reaches a program as such (RFC 6749 5.2)."""
    url = str(walk.server["token_endpoint"])
    asked = {
        "grant_type": "authorization_code",
        "code": "keydeck-check",
        "client_id": walk.client_id,
        "redirect_uri": CHECK_CALLBACK,
        "code_verifier": "keydeck-check" * 4,
        "resource": walk.url,
    }
    answer, document = ask(url, "POST", FORM, urlencode(asked).encode())
    if answer.status == 400 and document.get("error") == "invalid_grant":
        return None
    if answer.status == 400 and not document:
        return Wrong(
            f"{url} is answered 400 with a page in place of keydeck's JSON",
            "Let the proxy hand on the body of an error as it is: with nginx, no "
            "proxy_intercept_errors there.",
        )
    return _not_let_through(url, answer, document.get("error_description"))


def _not_let_through(url: str, answer: Answer, said: object) -> Wrong:
    path = urlsplit(url).path
    said = said or content(answer).get("detail")
    if is_keydecks(answer) or isinstance(said, str):
        return Wrong(
            f"{url} {told(answer)}",
            str(said)[:MAX_TOLD] if said else "Look at what `keydeck serve` says.",
        )
    return Wrong(
        f"{url} {told(answer)}",
        f"Let the proxy send {path} to the verifier as it came, by GET and POST.",
    )
